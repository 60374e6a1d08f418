"""Who left their contract, and by what: histories small enough to be checked by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

from tests.made import Row, canonical
from training.contract_labels import label_leaving, under_contract
from training.labels import label_horizons

CUTOFF, HORIZON_DAYS = date(2024, 7, 1), 30
# The day on which the horizon ends: what happens from it on is another horizon's.
END = "2024-07-31"
LATER, BEFORE = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2024-06-20")
WORDS = ("Payment_Failure", "unpaid")

STAYED, VOLUNTARY, PAYMENT, NOT_ASKED = (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), None


def contract(began: str, ended: str | None = None, reason: str | None = None, **more: Any) -> Row:
    """Return a contract of c1 that became known after everything had happened."""
    ends = None if ended is None else datetime.fromisoformat(ended)
    return {
        "customer_id": "c1", "started_at": datetime.fromisoformat(began), "ended_at": ends,
        "end_reason": reason, "ingested_at": LATER, **more,
    }  # fmt: skip


def left(engine: Backend, *contracts: Row) -> tuple[float, float] | None:
    """Return whether c1 left voluntarily, or unpaid; None where nothing was to be predicted."""
    numbered = [{"subscription_id": f"s{n}", **each} for n, each in enumerate(contracts)]
    spine = ibis.memtable(
        {"customer_id": ["c1"], "snapshot_date": [CUTOFF]},
        schema={"customer_id": "string", "snapshot_date": "date"},
    )
    orders = canonical("orders", [])
    labels = label_horizons(spine, orders, [(CUTOFF, HORIZON_DAYS)], value="amount")
    subscriptions = canonical("subscriptions", numbered)
    who = under_contract(spine, subscriptions, words=WORDS)
    found = label_leaving(labels, who, subscriptions, words=WORDS)
    rows = engine.to_pyarrow(found).to_pylist()
    return (rows[0]["voluntary"], rows[0]["payment"]) if rows else None


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        ("2024-06-30", None, STAYED),
        ("2024-06-30", END, STAYED),
        ("2024-06-30", "2024-07-30T23:00:00", VOLUNTARY),
        ("2024-06-30", "2024-07-01", VOLUNTARY),
        ("2024-01-01", "2024-06-30T23:00:00", NOT_ASKED),
        ("2024-07-01", "2024-07-10", NOT_ASKED),
    ],
)
def test_a_contract_that_ran_at_the_cutoff_ends_in_the_horizon_or_later(
    engine: Backend, began: str, ended: str | None, expected: tuple[float, float] | None
) -> None:
    assert left(engine, contract(began, ended)) == expected


def test_a_contract_that_begins_on_the_cutoff_does_not_run_yet(engine: Backend) -> None:
    assert left(engine, contract("2024-01-01", "2024-06-30"), contract("2024-07-01")) is NOT_ASKED


def test_who_never_had_a_contract_is_not_asked_about(engine: Backend) -> None:
    assert left(engine, contract("2024-01-01", customer_id="c2")) is NOT_ASKED


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("payment_failure", PAYMENT), (" UNPAID ", PAYMENT), ("moved away", VOLUNTARY),
        (None, VOLUNTARY),
    ],
)  # fmt: skip
def test_words_for_a_failed_payment_count_in_any_case(
    engine: Backend, reason: str | None, expected: tuple[float, float]
) -> None:
    assert left(engine, contract("2024-01-01", "2024-07-10", reason)) == expected


@pytest.mark.parametrize(
    ("ended", "began"),
    [("2024-07-10", "2024-07-10"), ("2024-07-10", "2024-07-25"), ("2024-07-30", END)],
)
def test_who_has_another_contract_at_the_end_of_the_horizon_has_not_left(
    engine: Backend, ended: str, began: str
) -> None:
    assert left(engine, contract("2024-01-01", ended, "unpaid"), contract(began)) == STAYED


def test_who_comes_back_after_the_horizon_has_left(engine: Backend) -> None:
    assert left(engine, contract("2024-01-01", "2024-07-10"), contract("2024-08-01")) == VOLUNTARY


def test_a_contract_that_begins_and_ends_within_the_horizon_keeps_nobody(engine: Backend) -> None:
    both = (
        contract("2024-01-01", "2024-07-05", "unpaid"),
        contract("2024-07-05", "2024-07-20", "too dear"),
    )
    assert left(engine, *both) == VOLUNTARY


def test_of_two_contracts_at_once_the_last_to_end_says_why(engine: Backend) -> None:
    first = contract("2024-01-01", "2024-07-05", "too dear")
    assert left(engine, first, contract("2024-03-01", "2024-07-20", "unpaid")) == PAYMENT
    assert left(engine, first, contract("2024-03-01")) == STAYED
    earlier = contract("2024-01-01", "2024-06-05", "unpaid")
    assert left(engine, earlier, contract("2024-03-01", "2024-07-20")) == VOLUNTARY


def test_an_end_that_was_known_before_the_cutoff_is_not_to_be_predicted(engine: Backend) -> None:
    cancelled = contract("2024-01-01", "2024-07-20", ingested_at=BEFORE)
    assert left(engine, cancelled) is NOT_ASKED
    on_the_day = datetime.combine(CUTOFF, datetime.min.time())
    assert left(engine, {**cancelled, "ingested_at": on_the_day}) == VOLUNTARY


def test_who_cancels_one_of_two_contracts_or_has_the_next_one_already_is_asked_about(
    engine: Backend,
) -> None:
    cancelled = contract("2024-01-01", "2024-07-20", ingested_at=BEFORE)
    assert left(engine, cancelled, contract("2024-03-01", "2024-07-25")) == VOLUNTARY
    follows = contract("2024-07-20", ingested_at=BEFORE)
    assert left(engine, cancelled, follows) == STAYED
    assert left(engine, cancelled, {**follows, "ingested_at": LATER}) is NOT_ASKED
