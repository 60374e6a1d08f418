"""Whether the orders can say anything about the date of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.errors import AsOfOutsideData

# What is learnt stays in these bounds: a shop that sells every day is not stale on the second, and
# one long outage of its feed must not excuse the next.
_LEAST_SILENCE_DAYS, _MOST_SILENCE_DAYS = 3, 14


@dataclass(frozen=True)
class OrderSpan:
    """First and last day (UTC) with an order, and the rhythm of the days between.

    `longest_gap_days` is the longest time between two successive days with orders, in the year
    before the last: 1 where there are orders every day, 3 where weekends have none; None where
    that year has one day with orders only.
    """

    first_on: date
    last_on: date
    longest_gap_days: int | None = None


def order_span(orders: ir.Table, *, before: date | None) -> OrderSpan | None:
    """Return the span of the orders strictly before a date (all for None); None without any.

    The orders are read once, down to the days that have any.
    """
    days = orders.select(day=_.ordered_at.date())
    if before is not None:
        days = days.filter(_.day < before)
    days = days.filter(_.day.notnull()).distinct()
    paced = days.select(
        _.day,
        gap=_.day.delta(_.day.lag().over(order_by=_.day), unit="day"),
        last=_.day.max().over(ibis.window()),
    )
    in_last_year = _.last.delta(_.day, unit="day") < 365
    first_on, last_on, longest = (
        paced.aggregate(first=_.day.min(), last=_.day.max(), longest=_.gap.max(where=in_last_year))
        .to_pyarrow()
        .to_pylist()[0]
        .values()
    )
    return None if first_on is None else OrderSpan(first_on, last_on, longest)


def day_after(span: OrderSpan) -> date:
    """Return the date of a run for which none is given: the day after the last order."""
    return span.last_on + timedelta(days=1)


def learnt_silence_days(span: OrderSpan) -> int:
    """Return after how many days without an order a feed is stale: three of its longest gaps.

    At least 3 days and at most 14; 14 where there is no rhythm to learn.
    """
    if span.longest_gap_days is None:
        return _MOST_SILENCE_DAYS
    return min(max(3 * span.longest_gap_days, _LEAST_SILENCE_DAYS), _MOST_SILENCE_DAYS)


def check_as_of(as_of: date, span: OrderSpan | None, *, max_silence_days: int | None) -> None:
    """Check the date of a run against the span of the orders before it.

    `max_silence_days` None means learnt from the orders' own rhythm.

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
    if max_silence_days is not None:
        limit, reason = max_silence_days, "mean a stale feed"
    else:
        limit = learnt_silence_days(span)
        reason = f"mean a stale feed in a table {_rhythm(span)}"
    if silence > limit:
        raise AsOfOutsideData(
            f"The last order before {as_of} in table `orders` is of {span.last_on}, {silence} days "
            f"earlier; more than {limit} {reason}: everybody would look as if leaving. Deliver "
            "newer orders, choose an earlier --as-of, or set `max_order_silence_days` under "
            "[validation]."
        )


def _rhythm(span: OrderSpan) -> str:
    if span.longest_gap_days is None:
        return "without a rhythm yet"
    if span.longest_gap_days == 1:
        return "with orders every day"
    return f"never without orders for longer than {span.longest_gap_days} days in the year before"
