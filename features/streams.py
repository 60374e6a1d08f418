"""The streams that several families share."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from features.stream import Stream, Tables, days_since_same


def _order_days(tables: Tables) -> ir.Table:
    """Return one event per customer and day with orders: the unit of all purchase rhythm.

    Columns: customer_id, occurred_at (midnight UTC), orders, amount, gap_days (since the order day
    before; NULL on the first).
    """
    days = (
        tables["orders"]
        .mutate(occurred_at=_.ordered_at.truncate("D"))
        .group_by("customer_id", "occurred_at")
        .agg(orders=_.count(), amount=_.amount.sum())
    )
    return days.mutate(gap_days=days_since_same(days))


def _orders(tables: Tables) -> ir.Table:
    """Return one event per order: customer_id, occurred_at, amount, discount, channel."""
    return tables["orders"].select(
        "customer_id", "amount", "channel", occurred_at=_.ordered_at,
        discount=_.discount.fill_null(0),
    )  # fmt: skip


def _interactions(tables: Tables) -> ir.Table:
    """Return one event per interaction: customer_id, occurred_at, kind, points."""
    return tables["interactions"].select("customer_id", "occurred_at", "kind", "points")


ORDER_DAYS = Stream("order_days", ("orders",), _order_days)
ORDERS = Stream("orders", ("orders",), _orders)
INTERACTIONS = Stream("interactions", ("interactions",), _interactions)
