"""Who came back after having been called churned, counted by hand and for a made base."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ibis.backends.duckdb import Backend

from tests.made import Row, canonical, order
from tests.panels import AS_OF, FEW, made_tables
from training.returns import Returned, count_returns, return_rates

DAY = date(2024, 10, 1)


def on(number: int, *days_before: int) -> list[Row]:
    """Return the orders of a customer, by days before the date of the run."""
    return [
        order(f"{number}-{days}", f"c{number}", str(DAY - timedelta(days=days)), "5.00")
        for days in days_before
    ]


def counted(engine: Backend, *customers: list[Row]) -> dict[int, Returned]:
    orders = [row for each in customers for row in each]
    table = engine.create_table("of_returns", canonical("orders", orders), overwrite=True)
    found = count_returns(table, as_of=DAY, horizon_days=20, lost_after_days=60)
    return {each.horizon_days: each for each in found}


# Silent for the 20 days from 40 days before on, and back within the 20 days after them.
BACK = [on(number, 200, 45, 5) for number in range(4)]
GONE = [on(number, 200, 45) for number in range(10, 20)]
STAYED = [on(number, 200, 45, 35) for number in range(20, 30)]
LOST_BEFORE = [on(number, 200, 120, 3) for number in range(30, 40)]
# After the date of the run nobody knows.
LATER = [on(number, 200, 45, -2) for number in range(40, 42)]


def test_the_churned_who_came_back_later_are_counted(engine: Backend) -> None:
    found = counted(engine, *BACK, *GONE, *STAYED, *LOST_BEFORE, *LATER)[20]
    assert found == Returned(20, DAY - timedelta(days=40), 20, churned=16, returned=4)
    assert found.rate == 0.25


def test_an_order_on_the_first_day_after_the_horizon_is_a_return(engine: Backend) -> None:
    last_of_horizon, first_after = ([on(50, 200, 45, days)] for days in (21, 20))
    assert counted(engine, *GONE, *last_of_horizon)[20].churned == 10
    assert counted(engine, *GONE, *first_after)[20].returned == 1


def test_horizons_beyond_the_history_and_small_groups_are_left_out(engine: Backend) -> None:
    short = [on(number, 65, 45) for number in range(12)]
    assert set(counted(engine, *short)) == {10, 20}
    assert set(counted(engine, *[on(number, 200, 80) for number in range(12)])) == {10, 20, 40}
    assert counted(engine, *GONE[:9]) == {}


def test_a_longer_horizon_calls_fewer_churned_who_come_back() -> None:
    with made_tables(FEW) as (_, tables):
        found = count_returns(tables["orders"], as_of=AS_OF, horizon_days=30, lost_after_days=90)
    assert [each.horizon_days for each in found] == [15, 30, 60]
    assert found[0].rate > found[1].rate > found[2].rate
    assert return_rates(found, horizon_days=30)["return_rate"] == pytest.approx(found[1].rate)
    assert set(return_rates(found[:1], horizon_days=30)) == {"return_rate_15d"}
