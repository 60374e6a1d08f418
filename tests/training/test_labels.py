"""What followed a cutoff, by hand."""

from __future__ import annotations

from datetime import date, datetime

import ibis
from ibis.backends.duckdb import Backend

from tests.made import canonical, order
from training.labels import label_horizon

CUTOFF = date(2024, 7, 1)


def labels(engine: Backend, *days_and_amounts: tuple[str, str]) -> dict[str, float]:
    orders = [
        order(f"o{number}", "c1", day, amount)
        for number, (day, amount) in enumerate(days_and_amounts)
    ]
    spine = ibis.memtable(
        {"customer_id": ["c1"], "snapshot_date": [CUTOFF]},
        schema={"customer_id": "string", "snapshot_date": "date"},
    )
    table = label_horizon(spine, canonical("orders", orders), horizon_days=30, value="amount")
    (row,) = engine.to_pyarrow(table).to_pylist()
    return {"churned": row["churned"], "value": row["value"]}


def test_an_order_on_the_cutoff_is_in_the_horizon(engine: Backend) -> None:
    assert labels(engine, ("2024-07-01", "5.00")) == {"churned": 0, "value": 5}


def test_the_horizon_ends_before_its_last_day(engine: Backend) -> None:
    assert labels(engine, ("2024-07-30", "5.00")) == {"churned": 0, "value": 5}
    assert labels(engine, ("2024-07-31", "5.00")) == {"churned": 1, "value": 0}


def test_an_order_before_the_cutoff_does_not_keep_a_customer(engine: Backend) -> None:
    assert labels(engine, ("2024-06-30", "5.00")) == {"churned": 1, "value": 0}


def test_the_value_of_all_orders_in_the_horizon_adds_up(engine: Backend) -> None:
    found = labels(engine, ("2024-07-02", "0.10"), ("2024-07-03", "0.20"), ("2024-09-01", "9.00"))
    assert found == {"churned": 0, "value": 0.3}


def test_an_order_of_no_value_is_no_churn(engine: Backend) -> None:
    assert labels(engine, ("2024-07-02", "0.00")) == {"churned": 0, "value": 0}


def test_margin_can_be_the_value(engine: Backend) -> None:
    orders = [{**order("o1", "c1", "2024-07-02", "9.00", margin=None)}]
    orders[0]["margin"] = orders[0]["amount"] / 3
    spine = ibis.memtable(
        {"customer_id": ["c1"], "snapshot_date": [datetime(2024, 7, 1).date()]},  # noqa: DTZ001
        schema={"customer_id": "string", "snapshot_date": "date"},
    )
    table = label_horizon(spine, canonical("orders", orders), horizon_days=30, value="margin")
    assert engine.to_pyarrow(table).to_pylist()[0]["value"] == 3
