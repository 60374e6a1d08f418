"""The streams that several families share."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from features.stream import Stream, Tables, days_since_same

# Of a scale from 1 to 5, as `tickets.satisfaction` is declared.
_BAD = 2


def _order_days(tables: Tables) -> ir.Table:
    """Return one event per customer and day with orders: the unit of all purchase rhythm.

    Columns: customer_id, occurred_at (midnight UTC), orders, amount, discount, gap_days (since the
    order day before; NULL on the first).
    """
    days = (
        tables["orders"]
        .mutate(occurred_at=_.ordered_at.truncate("D"))
        .group_by("customer_id", "occurred_at")
        .agg(orders=_.count(), amount=_.amount.sum(), discount=_.discount.sum().fill_null(0))
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


def _tickets(tables: Tables) -> ir.Table:
    """Return one event per ticket: customer_id, occurred_at, closed_at, topic, satisfaction.

    `ended_badly` says that it was not solved, or judged bad; `topic_gap_days` is since the last one
    of the same topic.
    """
    tickets = tables["tickets"].select(
        "customer_id", "closed_at", "topic", "satisfaction", occurred_at=_.opened_at,
        ended_badly=((_.satisfaction <= _BAD) | ~_.solved).fill_null(False),
    )  # fmt: skip
    gap = days_since_same(tickets, "topic")
    return tickets.mutate(topic_gap_days=tickets.topic.notnull().ifelse(gap, None))


ORDER_DAYS = Stream("order_days", ("orders",), _order_days)
ORDERS = Stream("orders", ("orders",), _orders)
INTERACTIONS = Stream(
    "interactions", ("interactions", "orders"), _interactions, is_beside_last_order=True
)
TICKETS = Stream(
    "tickets", ("tickets", "orders"), _tickets,
    known_later={"closed_at": ("satisfaction", "ended_badly")}, is_beside_last_order=True,
)  # fmt: skip
