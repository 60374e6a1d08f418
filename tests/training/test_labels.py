"""What followed a cutoff, by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from tests.made import canonical, order
from training.labels import label_horizon, shuffle_labels

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


def made_labels(customers: int) -> pa.Table:
    """Return two cutoffs; a customer's value says who and which cutoff it was."""
    rows = [
        {
            "customer_id": f"c{number:03}", "snapshot_date": cutoff,
            "churned": float(number % 3 == 0), "value": float(number + 1000 * place),
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
        pairs = [sorted((row["churned"], row["value"]) for row in rows) for rows in (then, now)]
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
