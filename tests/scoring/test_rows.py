"""Score rows: their columns, their stages, and what stays unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

from contracts.scores import LIFECYCLE_STAGES, SCORE_COLUMNS
from scoring.rows import LifecycleRules, Snapshot, score_rows

SNAPSHOT = Snapshot(date(2024, 7, 1), "run1", "churn/3", "clv/4")
RULES = LifecycleRules(lost_after_days=100, new_days=30, at_risk_share=0.2)
USUAL = {
    "days_since_last_order": 10.0, "T": 300.0, "gap_median": 20.0, "gap_last": 20.0,
    "frequency": 4.0,
}  # fmt: skip
TYPES = {"customer_id": "string", **dict.fromkeys(USUAL, "float64")}
PREDICTED = {"customer_id": "string", "churn_probability": "float64", "clv": "float64"}


def rows(
    engine: Backend,
    customers: dict[str, dict[str, float | None]],
    churn: dict[str, float],
    cold_start: dict[str, float] | None = None,
) -> dict[str, dict[str, Any]]:
    features = ibis.memtable(
        [{"customer_id": name, **USUAL, **values} for name, values in customers.items()],
        schema=TYPES,
    )
    predictions = ibis.memtable(
        [
            {"customer_id": name, "churn_probability": chance, "clv": 10.0}
            for name, chance in churn.items()
        ],
        schema=PREDICTED,
    )
    scored = score_rows(features, predictions, SNAPSHOT, rules=RULES, cold_start=cold_start or {})
    return {row["customer_id"]: row for row in engine.to_pyarrow(scored).to_pylist()}


@pytest.mark.parametrize(
    ("customer", "stage"),
    [
        ({}, "active"),
        ({"T": 30.0}, "new"),
        ({"T": 31.0}, "active"),
        ({"days_since_last_order": 100.0}, "active"),
        ({"days_since_last_order": 101.0}, "lost"),
        ({"gap_last": 101.0}, "returned"),
        ({"gap_last": 101.0, "days_since_last_order": 31.0}, "active"),
        ({"gap_last": None, "gap_median": None}, "active"),
    ],
)
def test_stage_of_a_customer_with_a_low_risk(
    customer: dict[str, float | None], stage: str, engine: Backend
) -> None:
    others = {f"other{number}": 0.9 for number in range(9)}
    found = rows(engine, {"c": customer, **{name: {} for name in others}}, {"c": 0.1, **others})
    assert found["c"]["lifecycle_stage"] == stage


def test_the_riskiest_share_of_those_not_lost_is_at_risk(engine: Backend) -> None:
    customers: dict[str, dict[str, float | None]] = {f"c{number}": {} for number in range(11)}
    customers["gone"] = {"days_since_last_order": 200.0}
    churn = {f"c{number}": number / 20 for number in range(11)} | {"gone": 0.99}
    found = rows(engine, customers, churn)
    at_risk = {name for name, row in found.items() if row["lifecycle_stage"] == "at_risk"}
    assert at_risk == {"c8", "c9", "c10"}
    assert found["c10"]["churn_percentile"] == 100
    assert found["c0"]["churn_percentile"] == 0
    assert found["gone"]["churn_percentile"] is None
    assert found["gone"]["churn_probability"] == 0.99


def test_who_never_ordered_is_new_and_gets_no_invented_numbers(engine: Backend) -> None:
    never: dict[str, float | None] = dict.fromkeys(USUAL)
    found = rows(engine, {"never": never, "c": {}}, {"c": 0.5})["never"]
    assert found["lifecycle_stage"] == "new"
    for name in ("churn_probability", "churn_percentile", "clv", "days_overdue"):
        assert found[name] is None


def test_who_never_ordered_gets_what_such_customers_did_and_is_never_ranked(
    engine: Backend,
) -> None:
    never: dict[str, float | None] = dict.fromkeys(USUAL)
    average = {"churn_probability": 0.99, "clv": 5.0}
    found = rows(engine, {"never": never, "a": {}, "b": {}}, {"a": 0.4, "b": 0.5}, average)
    assert {name: found["never"][name] for name in average} == average
    assert found["never"]["lifecycle_stage"] == "new"
    assert found["never"]["churn_percentile"] is None
    assert [found[name]["is_cold_start"] for name in ("never", "a", "b")] == [True, False, False]
    # The highest chance of all is not among those that are ranked.
    assert (found["a"]["churn_percentile"], found["b"]["churn_percentile"]) == (0, 100)
    assert found["a"]["clv"] == 10


def test_days_overdue_count_from_the_own_median_gap(engine: Backend) -> None:
    customers: dict[str, dict[str, float | None]] = {
        "late": {"days_since_last_order": 27.0}, "early": {}, "once": {"gap_median": None},
    }  # fmt: skip
    found = rows(engine, customers, dict.fromkeys(customers, 0.5))
    assert [found[name]["days_overdue"] for name in customers] == [7, 0, None]


def test_no_column_is_missing_and_every_row_names_its_run_and_models(engine: Backend) -> None:
    row = rows(engine, {"c": {}}, {"c": 0.5})["c"]
    assert list(row) == list(SCORE_COLUMNS)
    assert row["as_of"] == date(2024, 7, 1)
    assert (row["run_id"], row["churn_model"], row["clv_model"]) == ("run1", "churn/3", "clv/4")
    assert row["lifecycle_stage"] in LIFECYCLE_STAGES
