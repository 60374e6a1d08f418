"""What followed a cutoff, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _
from ibis.backends.duckdb import Backend

from features.spine import spine
from forecasting.customers import day_number
from tests.made import canonical, order
from tests.panels import AS_OF, FEW, FIRST_DAY, HORIZON_DAYS, made_tables
from training.labels import LABEL_KEY, count_daily, label_horizons, shuffle_labels
from training.panel import read_daily
from training.splits import split_by_time

CUTOFF = date(2024, 7, 1)


def spine_of(*dates: date) -> ir.Table:
    return ibis.memtable(
        {"customer_id": ["c1"] * len(dates), "snapshot_date": list(dates)},
        schema={"customer_id": "string", "snapshot_date": "date"},
    )


def labels(engine: Backend, *days_and_amounts: tuple[str, str]) -> dict[str, float | None]:
    orders = [
        order(f"o{number}", "c1", day, amount)
        for number, (day, amount) in enumerate(days_and_amounts)
    ]
    table = label_horizons(
        spine_of(CUTOFF), canonical("orders", orders), [(CUTOFF, 30)], value="amount"
    )
    (row,) = engine.to_pyarrow(table).to_pylist()
    return {name: row[name] for name in ("orders", "value", "wait_days")}


NOTHING = {"orders": 0, "value": 0, "wait_days": None}


def test_an_order_on_the_cutoff_is_in_the_horizon(engine: Backend) -> None:
    assert labels(engine, ("2024-07-01", "5.00")) == {"orders": 1, "value": 5, "wait_days": 0}


def test_the_horizon_ends_before_its_last_day(engine: Backend) -> None:
    assert labels(engine, ("2024-07-30", "5.00")) == {"orders": 1, "value": 5, "wait_days": 29}
    assert labels(engine, ("2024-07-31", "5.00")) == NOTHING


def test_an_order_before_the_cutoff_does_not_keep_a_customer(engine: Backend) -> None:
    assert labels(engine, ("2024-06-30", "5.00")) == NOTHING


def test_the_value_of_all_orders_in_the_horizon_adds_up(engine: Backend) -> None:
    found = labels(engine, ("2024-07-03", "0.10"), ("2024-07-04", "0.20"), ("2024-09-01", "9.00"))
    assert found == {"orders": 2, "value": 0.3, "wait_days": 2}


def test_two_orders_of_one_day_are_one_day_with_the_value_of_both(engine: Backend) -> None:
    found = labels(engine, ("2024-07-02", "1.00"), ("2024-07-02", "2.00"))
    assert found == {"orders": 1, "value": 3, "wait_days": 1}


def test_an_order_of_no_value_is_no_churn(engine: Backend) -> None:
    assert labels(engine, ("2024-07-02", "0.00")) == {"orders": 1, "value": 0, "wait_days": 1}


def test_margin_can_be_the_value(engine: Backend) -> None:
    orders = [{**order("o1", "c1", "2024-07-02", "9.00", margin=Decimal("3.00"))}]
    table = label_horizons(
        spine_of(CUTOFF), canonical("orders", orders), [(CUTOFF, 30)], value="margin"
    )
    assert engine.to_pyarrow(table).to_pylist()[0]["value"] == 3


def test_each_cutoff_has_the_horizons_that_were_asked_for_and_no_others(engine: Backend) -> None:
    later = date(2024, 8, 1)
    orders = [order("o1", "c1", "2024-07-20", "1.00"), order("o2", "c1", "2024-08-20", "2.00")]
    asked = [(CUTOFF, 10), (CUTOFF, 60), (later, 60)]
    table = label_horizons(
        spine_of(CUTOFF, later, date(2024, 9, 1)), canonical("orders", orders), asked,
        value="amount",
    ).order_by("snapshot_date", "horizon_days")  # fmt: skip
    found = [
        (row["snapshot_date"], row["horizon_days"], row["orders"], row["value"])
        for row in engine.to_pyarrow(table).to_pylist()
    ]
    assert found == [(CUTOFF, 10, 0, 0), (CUTOFF, 60, 2, 3), (later, 60, 1, 2)]


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF - timedelta(days=1)])
def test_what_comes_after_the_date_of_a_run_flips_no_label(as_of: date) -> None:
    """A label that could still change would count whoever orders tomorrow as lost."""
    split = split_by_time(
        as_of=as_of, first_order_on=FIRST_DAY, horizon_days=HORIZON_DAYS, cutoffs=3, step_days=30,
        min_history_days=30,
    )  # fmt: skip
    with made_tables(FEW) as (engine, tables):
        rows = spine(tables["customers"], tables["orders"], split.dates)
        until = tables["orders"].filter(_.ordered_at < ibis.timestamp(as_of.isoformat()))
        found, later = (
            engine.to_pyarrow(
                label_horizons(rows, orders, split.labelled, value="amount").order_by(*LABEL_KEY)
            )
            for orders in (until, tables["orders"])
        )
        came_later = tables["orders"].filter(_.ordered_at >= ibis.timestamp(as_of.isoformat()))
        assert engine.to_pyarrow(came_later.count()).as_py() > 0
    assert found.num_rows > 0
    assert found == later


def labels_if_known(lag: int, missing_days: int) -> tuple[pa.Table, pa.Table]:
    """Return the labels of a plan where the orders of the last days have not arrived, and later."""
    split = split_by_time(
        as_of=AS_OF, first_order_on=FIRST_DAY, horizon_days=HORIZON_DAYS, cutoffs=3, step_days=30,
        min_history_days=30, label_lag_days=lag,
    )  # fmt: skip
    arrived = ibis.timestamp(str(AS_OF - timedelta(days=missing_days)))
    with made_tables(FEW) as (engine, tables):
        rows = spine(tables["customers"], tables["orders"], split.dates)
        now, later = (
            engine.to_pyarrow(
                label_horizons(rows, orders, split.labelled, value="amount").order_by(*LABEL_KEY)
            )
            for orders in (tables["orders"].filter(_.ordered_at < arrived), tables["orders"])
        )
    assert now.num_rows == later.num_rows > 0
    return now, later


def test_orders_that_arrive_late_turn_no_label_into_churn_where_the_lag_is_set() -> None:
    now, later = labels_if_known(lag=7, missing_days=7)
    assert now == later
    now, later = labels_if_known(lag=0, missing_days=1)
    assert now != later


def test_order_days_are_counted_by_who_had_ordered_before(engine: Backend) -> None:
    orders = [
        order("o1", "c1", "2024-06-01", "1.00"),
        order("o2", "c1", "2024-06-01", "1.00"),
        order("o3", "c2", "2024-06-03", "1.00"),
        order("o4", "c1", "2024-06-03", "1.00"),
        order("o5", "c2", "2024-06-04", "1.00"),
        order("o6", "c3", "2024-07-01", "1.00"),
    ]
    counted = engine.create_table("daily", count_daily(canonical("orders", orders), before=CUTOFF))
    daily = read_daily(counted)
    assert daily.start == day_number(date(2024, 6, 1))
    assert daily.first_orders.tolist() == [1, 0, 1, 0]
    assert daily.repeat_orders.tolist() == [0, 0, 1, 1]


def made_labels(customers: int) -> pa.Table:
    """Return two cutoffs; a customer's value says who and which cutoff it was."""
    rows = [
        {
            "customer_id": f"c{number:03}", "snapshot_date": cutoff,
            "horizon_days": 30, "orders": float(number % 3 == 0),
            "value": float(number + 1000 * place), "wait_days": None if number % 3 else 1.0,
        }
        for place, cutoff in enumerate((CUTOFF, date(2024, 8, 1)))
        for number in range(customers)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def shuffled(engine: Backend, rows: pa.Table, salt: str = "1") -> list[dict[str, Any]]:
    dealt = shuffle_labels(ibis.memtable(rows), salt=salt).order_by("snapshot_date", "customer_id")
    return list(engine.to_pyarrow(dealt).to_pylist())


def test_labels_are_dealt_anew_within_their_cutoff(engine: Backend) -> None:
    labels = made_labels(200)
    dealt = shuffled(engine, labels)
    before = labels.to_pylist()
    for cutoff in (CUTOFF, date(2024, 8, 1)):
        then, now = (
            [row for row in rows if row["snapshot_date"] == cutoff] for rows in (before, dealt)
        )
        assert [row["customer_id"] for row in now] == [row["customer_id"] for row in then]
        pairs = [
            sorted((row["value"], row["orders"], row["wait_days"]) for row in rows)
            for rows in (then, now)
        ]
        assert pairs[0] == pairs[1]
        kept = sum(one["value"] == other["value"] for one, other in zip(then, now, strict=True))
        assert kept < 10


def test_who_gets_whose_label_differs_by_cutoff_and_salt_and_not_by_order(engine: Backend) -> None:
    labels = made_labels(200)
    dealt = shuffled(engine, labels)
    assert shuffled(engine, labels.take(list(range(399, -1, -1)))) == dealt
    assert shuffled(engine, labels, salt="2") != dealt
    first, second = dealt[:200], dealt[200:]
    same = sum(
        one["value"] == other["value"] - 1000 for one, other in zip(first, second, strict=True)
    )
    assert same < 10
