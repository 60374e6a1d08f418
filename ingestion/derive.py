"""Derives what a source does not say: order ids, interaction ids, the list of customers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import BATCH_COLUMNS
from contracts.tables import CUSTOMERS


def derive_order_ids(orders: ir.Table, *, currency: str) -> ir.Table:
    """Return `orders` with a currency in every row and an `order_id`.

    Without an id in the source, the rows of one customer at one time are one order: their money
    is added up, and the id is made of both.
    """
    orders = orders.mutate(currency=_.currency.fill_null(currency))
    if "order_id" in orders.columns:
        return orders
    money = {name: _[name].sum() for name in ("amount", "discount", "margin")}
    same = {name: _[name].max() for name in ("currency", "channel", *BATCH_COLUMNS)}
    merged = orders.group_by("customer_id", "ordered_at").agg(**money, **same)
    money_types = {name: orders.schema()[name] for name in money}
    return merged.cast(money_types).mutate(
        order_id=_.customer_id + "@" + _.ordered_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    )


def derive_interaction_ids(interactions: ir.Table) -> ir.Table:
    """Return `interactions` with an `interaction_id` made of the row; equal rows are numbered."""
    if "interaction_id" in interactions.columns:
        return interactions
    parts = ["customer_id", "occurred_at", "kind", "channel", "campaign_id"]
    repeat = ibis.row_number().over(group_by=parts, order_by="batch_id")
    numbered = interactions.mutate(repeat=repeat)
    texts = [numbered[part].cast("string").fill_null("") for part in (*parts, "repeat")]
    return numbered.mutate(interaction_id=ibis.literal("|").join(texts)).drop("repeat")


def derive_customers(orders: ir.Table) -> ir.Table:
    """Return the canonical table `customers` of everyone who ever ordered.

    `created_at` is the first order; attributes are NULL.
    """
    seen = orders.group_by("customer_id").agg(
        created_at=_.ordered_at.min(), ingested_at=_.ingested_at.min(), batch_id=_.batch_id.min()
    )
    absent = {
        column.name: ibis.null(column.type)
        for column in CUSTOMERS.columns
        if column.name not in seen.columns
    }
    return seen.mutate(**absent).select(
        *(column.name for column in CUSTOMERS.columns), *BATCH_COLUMNS
    )
