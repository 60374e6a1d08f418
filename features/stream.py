"""A stream: dated events of customers, derived from canonical tables, for families to aggregate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
from ibis import _

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Stream:
    """How a stream is made, and the canonical tables it needs.

    Attributes
    ----------
    tables
        Canonical tables that must be present.
    build
        Makes the events: `customer_id`, `occurred_at` (UTC) and what the features use. What it
        derives for an event (the gap before it) looks back only, so it holds at every later date.
    known_later
        Time of the event that is later than `occurred_at` -> columns that are known from then on.
        Before a snapshot date that lies in between, that time and those columns are NULL.
    observation_days
        Events that are older at a snapshot date are not looked at; None looks at all.
    is_beside_last_order
        Events then also have `order_age_days`, the age of the customer's last order day at the
        snapshot date, NULL before the first. An event came after that day where its own age is
        less. `orders` must be among the tables.
    """

    name: str
    tables: tuple[str, ...]
    build: Callable[[Tables], ir.Table]
    known_later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    observation_days: int | None = None
    is_beside_last_order: bool = False


def known_by(table: ir.Table, known_at: datetime | None) -> ir.Table:
    """Return the rows that had been ingested by `known_at`, a time with zone; all for None."""
    if known_at is None:
        return table
    return table.filter(
        _.ingested_at <= ibis.literal(known_at.astimezone(UTC).replace(tzinfo=None))
    )


def days_since_same(events: ir.Table, *same: str) -> ir.IntegerColumn:
    """Return whole days since the customer's event before that agrees in `same`; NULL at first."""
    history = ibis.window(group_by=["customer_id", *same], order_by="occurred_at")
    before = events.occurred_at.lag().over(history)
    days: ir.IntegerColumn = events.occurred_at.date().delta(before.date(), unit="day")
    return days
