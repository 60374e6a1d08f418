"""A stale feed against the rhythm of the orders themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import AsOfOutsideData
from validation.time_gate import (
    OrderSpan,
    check_as_of,
    day_after,
    learnt_silence_days,
    order_span,
)

LAST = date(2025, 6, 30)


def orders(engine: Backend, days_before: Iterable[int | None]) -> ir.Table:
    """Two orders on each of the days that lie so many days before the last."""
    days = [None if days is None else LAST - timedelta(days=days) for days in days_before]
    times = [
        None if day is None else datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - UTC, as stored
        for day in days
        for hour in (0, 23)
    ]
    return engine.create_table(
        "orders", pa.table({"ordered_at": pa.array(times, pa.timestamp("us"))}), overwrite=True
    )


@pytest.mark.parametrize(
    ("days_before", "longest"),
    [
        ([0, 1, 2], 1),
        ([0, 3, 4], 3),
        ([0], None),
        ([0, None], None),
        # A gap counts for the day that ends it: 364 days before the last one, and not 365.
        ([0, 364, 365, 800], 364),
        ([0, 1, 2, 364, 700], 362),
        ([*range(365), 500], 136),
        ([*range(366), 500], 1),
    ],
)
def test_longest_gap_is_that_of_the_year_before_the_last_order(
    engine: Backend, days_before: list[int | None], longest: int | None
) -> None:
    span = order_span(orders(engine, days_before), before=None)

    first = LAST - timedelta(days=max(days for days in days_before if days is not None))
    assert span == OrderSpan(first, LAST, longest)


def test_span_ends_before_the_date_given(engine: Backend) -> None:
    table = orders(engine, [0, 2, 9])

    assert order_span(table, before=LAST) == OrderSpan(
        LAST - timedelta(days=9), LAST - timedelta(days=2), 7
    )
    assert order_span(table, before=LAST - timedelta(days=9)) is None
    assert order_span(table.limit(0), before=None) is None


def test_orders_are_read_once(engine: Backend) -> None:
    table = orders(engine, [0, 1])
    engine.raw_sql("CALL enable_logging('QueryLog')")

    order_span(table, before=LAST + timedelta(days=1))

    log = engine.raw_sql("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    ((query,),) = log
    assert query.count("orders") == 1


def test_date_of_a_run_is_the_day_after_the_last_order() -> None:
    assert day_after(OrderSpan(LAST, LAST)) == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("longest", "limit"), [(1, 3), (2, 6), (3, 9), (4, 12), (5, 14), (90, 14), (None, 14)]
)
def test_three_of_the_longest_gaps_are_stale_within_bounds(longest: int | None, limit: int) -> None:
    span = OrderSpan(LAST, LAST, longest)

    assert learnt_silence_days(span) == limit
    check_as_of(LAST + timedelta(days=limit), span, max_silence_days=None)
    with pytest.raises(AsOfOutsideData, match=f"more than {limit} mean a stale feed"):
        check_as_of(LAST + timedelta(days=limit + 1), span, max_silence_days=None)


def test_orders_that_stopped_five_days_ago_stop_a_shop_that_sells_every_day() -> None:
    daily = OrderSpan(date(2024, 1, 1), LAST, 1)

    with pytest.raises(AsOfOutsideData) as stopped:
        check_as_of(date(2025, 7, 5), daily, max_silence_days=None)

    assert str(stopped.value) == (
        "The last order before 2025-07-05 in table `orders` is of 2025-06-30, 5 days earlier; more "
        "than 3 mean a stale feed in a table with orders every day: everybody would look as if "
        "leaving. Deliver newer orders, choose an earlier --as-of, or set "
        "`max_order_silence_days` under [validation]."
    )


def test_a_limit_that_is_set_holds_whatever_the_rhythm() -> None:
    daily = OrderSpan(date(2024, 1, 1), LAST, 1)

    check_as_of(LAST + timedelta(days=20), daily, max_silence_days=20)
    with pytest.raises(AsOfOutsideData, match="more than 20 mean a stale feed: everybody"):
        check_as_of(LAST + timedelta(days=21), daily, max_silence_days=20)


def test_date_without_an_order_before_it_is_refused() -> None:
    with pytest.raises(AsOfOutsideData, match="no order before 2025-06-30"):
        check_as_of(LAST, None, max_silence_days=None)
