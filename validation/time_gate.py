"""Whether the orders can say anything about the date of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
from ibis import _

from contracts.errors import AsOfOutsideData


@dataclass(frozen=True)
class OrderSpan:
    """First and last day (UTC) with an order."""

    first_on: date
    last_on: date


def order_span(orders: ir.Table, *, before: date | None) -> OrderSpan | None:
    """Return the span of the orders strictly before a date (all for None); None without any."""
    days = orders.select(day=_.ordered_at.date())
    if before is not None:
        days = days.filter(_.day < before)
    first_on, last_on = (
        days.aggregate(first=_.day.min(), last=_.day.max()).to_pyarrow().to_pylist()[0].values()
    )
    return None if first_on is None else OrderSpan(first_on, last_on)


def day_after(span: OrderSpan) -> date:
    """Return the date of a run for which none is given: the day after the last order."""
    return span.last_on + timedelta(days=1)


def check_as_of(as_of: date, span: OrderSpan | None, *, max_silence_days: int) -> None:
    """Check the date of a run against the span of the orders before it.

    Raises
    ------
    AsOfOutsideData
        No order lies before the date, or the last one lies too long before it.
    """
    if span is None:
        raise AsOfOutsideData(
            f"Table `orders` has no order before {as_of}, so nothing is known on that day. "
            "Choose a later --as-of, or deliver older orders."
        )
    silence = (as_of - span.last_on).days
    if silence > max_silence_days:
        raise AsOfOutsideData(
            f"The last order before {as_of} in table `orders` is of {span.last_on}, {silence} days "
            f"earlier; more than {max_silence_days} mean a stale feed, in which everybody looks "
            "as if leaving. Deliver newer orders, choose an earlier --as-of, or raise "
            "`max_order_silence_days` under [validation]."
        )
