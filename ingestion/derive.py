"""Derives what a source does not say: order ids, and the list of customers."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from contracts.schema import BATCH_COLUMNS, MONEY, TEXT
from contracts.tables import CUSTOMERS
from ingestion.faults import is_rejected


def derive_order_ids(orders: ir.Table) -> ir.Table:
    """Return mapped `orders` with an `order_id`.

    Without an id in the source, the rows of one customer at one time in one file are one order:
    their money is added up, and the id is made of both. Rows that are rejected stay as they are.
    """
    if "order_id" in orders.columns:
        return orders
    same = ["_file", "customer_id", "ordered_at"]
    summed = [name for name, type_ in orders.schema().items() if type_ == dt.dtype(MONEY)]
    others = [name for name in orders.columns if name not in (*same, *summed)]
    merged = (
        orders.filter(~is_rejected(orders))
        .group_by(same)
        .agg(
            **{name: _[name].sum().cast(MONEY) for name in summed},
            **{name: _[name].min() if name == "_row" else _[name].max() for name in others},
        )
        .select(orders.columns)
    )
    named = _.customer_id.cast(TEXT) + "@" + _.ordered_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    rejected = orders.filter(is_rejected(orders)).mutate(order_id=ibis.null(TEXT))
    return ibis.union(merged.mutate(order_id=named), rejected)


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
