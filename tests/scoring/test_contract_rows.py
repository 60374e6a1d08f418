"""Score rows of customers under contract: stages, what is known already, and what is not stated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from contracts.scores import SCORE_COLUMNS
from scoring.contract_rows import (
    ContractStages,
    contracts_of,
    read_under_contract,
    score_contract_rows,
    stages_under_contract,
)
from scoring.rows import Snapshot
from tests.made import Row, canonical

AS_OF, HORIZON_DAYS = date(2024, 7, 1), 60
SNAPSHOT = Snapshot(AS_OF, "run1", "churn/3", "clv/4")
STAGES = ContractStages(new_days=30, at_risk_share=0.2)
LATER, BEFORE = "2025-01-01", "2024-06-20"

OLD = ("2023-01-01", None, None, LATER)
CASES: dict[str, list[tuple[str, str | None, str | None, str]]] = {
    "runs": [OLD],
    "never": [],
    "to come": [("2024-08-01", None, None, BEFORE)],
    "began lately": [("2024-06-15", None, None, LATER)],
    "over": [("2023-01-01", "2024-06-30", None, LATER)],
    "came back": [("2023-01-01", "2024-03-01", None, LATER), ("2024-06-15", None, None, LATER)],
    "changed plans": [("2023-01-01", "2024-06-14", None, LATER), ("2024-06-15", None, None, LATER)],
    "came back long ago": [("2020-01-01", "2021-01-01", None, LATER), OLD],
    "cancelled": [("2023-01-01", "2024-07-20", "too dear", BEFORE)],
    "will be cut off": [("2023-01-01", "2024-07-20", "UNPAID", BEFORE)],
    "cancelled, the next one told later": [
        ("2023-01-01", "2024-07-20", None, BEFORE),
        ("2024-07-20", None, None, LATER),
    ],
    "cancelled for later": [("2023-01-01", "2025-07-20", "too dear", BEFORE)],
    "cancelled, told later": [("2023-01-01", "2024-07-20", "too dear", LATER)],
    "cancelled one of two": [OLD, ("2023-05-01", "2024-07-20", "too dear", BEFORE)],
}
STAGE_OF = {
    "never": "new", "to come": "new", "began lately": "new", "over": "lost",
    "came back": "returned", "changed plans": "new", "cancelled": "at_risk",
    "will be cut off": "at_risk", "cancelled for later": "at_risk",
    "cancelled, the next one told later": "at_risk",
}  # fmt: skip
ASKED = sorted(
    CASES.keys()
    - {"never", "to come", "over", "cancelled", "will be cut off", "cancelled for later"}
    - {"cancelled, the next one told later"}
)


def features() -> ir.Table:
    """Return all customers on the day; who never had a contract never ordered."""
    rows = [
        {
            "customer_id": name, "snapshot_date": AS_OF, "gap_median": 30.0,
            "T": 300.0, "frequency": 4.0,
            "days_since_last_order": None if name == "never" else 10.0,
        }
        for name in CASES
    ]  # fmt: skip
    types = {"customer_id": "string", "snapshot_date": "date"}
    floats = dict.fromkeys(("gap_median", "T", "frequency", "days_since_last_order"), "float64")
    return ibis.memtable(rows, schema={**types, **floats})


def subscriptions() -> ir.Table:
    rows: list[Row] = []
    for name, contracts in CASES.items():
        for began, ended, reason, ingested in contracts:
            rows.append(
                {
                    "subscription_id": f"s{len(rows)}", "customer_id": name, "end_reason": reason,
                    "started_at": datetime.fromisoformat(began),
                    "ended_at": ended and datetime.fromisoformat(ended),
                    "ingested_at": datetime.fromisoformat(ingested),
                }
            )  # fmt: skip
    return canonical("subscriptions", rows)


@pytest.fixture
def contracts(engine: Backend) -> ir.Table:
    found = contracts_of(features(), subscriptions(), words=["unpaid"], horizon_days=HORIZON_DAYS)
    return engine.create_table("contracts", found)


@pytest.fixture
def scored(engine: Backend, contracts: ir.Table) -> dict[str, dict[str, Any]]:
    """Return the rows by customer; of those asked, each has a higher chance than the one before."""
    stated = [
        {
            "customer_id": name, "clv": 10.0,
            "churn_voluntary_probability": 0.02 * (place + 1) if name in ASKED else None,
            "churn_payment_probability": 0.01 if name in ASKED else None,
        }
        for place, name in enumerate(ASKED)
    ]  # fmt: skip
    types = {
        "customer_id": "string", "clv": "float64", "churn_voluntary_probability": "float64",
        "churn_payment_probability": "float64",
    }  # fmt: skip
    rows = score_contract_rows(
        features(), ibis.memtable(stated, schema=types), contracts, SNAPSHOT, stages=STAGES,
        cold_start={"clv": 7.0},
    )  # fmt: skip
    return {row["customer_id"]: row for row in engine.to_pyarrow(rows).to_pylist()}


def test_every_customer_has_one_row_with_all_columns(scored: dict[str, dict[str, Any]]) -> None:
    assert scored.keys() == CASES.keys()
    assert all(list(row) == list(SCORE_COLUMNS) for row in scored.values())


@pytest.mark.parametrize("name", STAGE_OF)
def test_stage_says_how_the_contract_stands(name: str, scored: dict[str, dict[str, Any]]) -> None:
    assert scored[name]["lifecycle_stage"] == STAGE_OF[name]


def test_the_riskiest_of_those_who_may_leave_are_at_risk(
    scored: dict[str, dict[str, Any]],
) -> None:
    stages = {name: scored[name]["lifecycle_stage"] for name in ASKED if name not in STAGE_OF}
    riskiest = max(stages, key=lambda name: float(scored[name]["churn_probability"]))
    assert stages.pop(riskiest) == "at_risk"
    assert set(stages.values()) == {"active"}
    assert scored[ASKED[0]]["churn_percentile"] == 0
    assert scored[ASKED[-1]]["churn_percentile"] == 100


def test_both_causes_add_up(scored: dict[str, dict[str, Any]]) -> None:
    for name in ASKED:
        row = scored[name]
        parts = row["churn_voluntary_probability"] + row["churn_payment_probability"]
        assert row["churn_probability"] == pytest.approx(parts)
        assert parts > 0


def test_an_end_that_is_known_is_stated_as_known_and_is_not_ranked(
    scored: dict[str, dict[str, Any]],
) -> None:
    known = {
        "cancelled": (1.0, 1.0, 0.0), "will be cut off": (1.0, 0.0, 1.0),
        "cancelled for later": (0.0, 0.0, 0.0),
        "cancelled, the next one told later": (1.0, 1.0, 0.0),
    }  # fmt: skip
    for name, (churn, voluntary, payment) in known.items():
        row = scored[name]
        assert row["churn_probability"] == churn
        assert row["churn_voluntary_probability"] == voluntary
        assert row["churn_payment_probability"] == payment
        assert row["churn_percentile"] is None


@pytest.mark.parametrize("name", ["never", "to come", "over"])
def test_of_whom_no_contract_runs_no_probability_is_stated(
    name: str, scored: dict[str, dict[str, Any]]
) -> None:
    assert scored[name]["churn_probability"] is None
    assert scored[name]["churn_percentile"] is None


def test_value_of_who_never_ordered_is_the_average(scored: dict[str, dict[str, Any]]) -> None:
    assert (scored["never"]["is_cold_start"], scored["never"]["clv"]) == (True, 7.0)
    assert (scored["runs"]["is_cold_start"], scored["runs"]["clv"]) == (False, 10.0)


def test_those_are_asked_about_whose_contract_runs_to_no_known_end(
    engine: Backend, contracts: ir.Table, scored: dict[str, dict[str, Any]]
) -> None:
    read = read_under_contract(engine.create_table("features", features()), contracts)
    assert read["customer_id"].to_pylist() == ASKED
    rows = ibis.memtable(list(scored.values()), schema=SCORE_COLUMNS)
    found = stages_under_contract(rows)
    assert found.tolist() == [scored[name]["lifecycle_stage"] for name in ASKED]
