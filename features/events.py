"""The streams of events that families aggregate, derived from canonical tables.

Every stream has `customer_id` and `occurred_at`. What a stream derives for an event (the gap
before it, its number) looks back only, so it holds at every later snapshot date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
from ibis import _


@dataclass(frozen=True)
class Stream:
    """How a stream is made, and the canonical tables it needs."""

    tables: tuple[str, ...]
    build: Callable[[Mapping[str, ir.Table]], ir.Table]


def known_by(table: ir.Table, known_at: datetime | None) -> ir.Table:
    """Return the rows that had been ingested by `known_at`, a time with zone; all for None."""
    if known_at is None:
        return table
    return table.filter(
        _.ingested_at <= ibis.literal(known_at.astimezone(UTC).replace(tzinfo=None))
    )


def order_days(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return one event per customer and day with orders: the unit of all purchase rhythm.

    Columns: customer_id, occurred_at (midnight UTC), orders, amount, day_number (1 is the first
    day with an order), gap_days (since the order day before; NULL on the first).
    """
    days = (
        tables["orders"]
        .mutate(occurred_at=_.ordered_at.truncate("D"))
        .group_by("customer_id", "occurred_at")
        .agg(orders=_.count(), amount=_.amount.sum())
    )
    history = ibis.window(group_by="customer_id", order_by="occurred_at")
    before = days.occurred_at.lag().over(history)
    return days.mutate(
        day_number=ibis.row_number().over(history) + 1,
        gap_days=days.occurred_at.date().delta(before.date(), unit="day"),
    )


def order_lines(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return one event per order line: its columns with the order's customer and time.

    Added: product_gap_days and category_gap_days (since the customer last bought the same; NULL
    the first time), is_first_line (of its order). With these, different products in a window are
    counted as the lines whose gap reaches beyond it, which costs a sum and not a distinct count.
    """
    orders = tables["orders"].select("order_id", "customer_id", occurred_at=_.ordered_at)
    lines = tables["order_lines"].drop("ingested_at", "batch_id").join(orders, "order_id")
    numbered = ibis.row_number().over(group_by="order_id", order_by=["product_id", "line"])
    return lines.mutate(
        discount=_.discount.fill_null(0),
        product_gap_days=_days_since_same(lines, "product_id"),
        category_gap_days=_days_since_same(lines, "category"),
        is_first_line=numbered == 0,
    )


def _days_since_same(lines: ir.Table, what: str) -> ir.IntegerColumn:
    history = ibis.window(group_by=["customer_id", what], order_by="occurred_at")
    before = lines.occurred_at.lag().over(history)
    return lines.occurred_at.date().delta(before.date(), unit="day")


STREAMS = {
    "order_days": Stream(("orders",), order_days),
    "order_lines": Stream(("orders", "order_lines"), order_lines),
}
