from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend
from pydantic import ValidationError

from contracts.scores import LIFECYCLE_STAGES, SCORE_COLUMNS
from segments.catalogue import SEGMENTS, assign_segments, file_rows, may_be_contacted
from segments.settings import SegmentSettings
from tests.made import canonical

Scored = Callable[..., ir.Table]

ACTIONS = {segment.name: segment.action for segment in SEGMENTS}


@pytest.fixture
def scored() -> Scored:
    """Make a table of scores from rows; what a row leaves out is NULL."""

    def scored(*rows: Mapping[str, Any]) -> ir.Table:
        told = {"as_of": date(2024, 7, 1), "run_id": "run1", "is_cold_start": False}
        always = {**dict.fromkeys(SCORE_COLUMNS), **told}
        return ibis.memtable([{**always, **row} for row in rows], schema=SCORE_COLUMNS)

    return scored


def customer(number: int, stage: str | None, clv: float | None = None, **more: Any) -> Any:
    return {"customer_id": f"c{number}", "lifecycle_stage": stage, "clv": clv, **more}


def assigned_to(scores: ir.Table, *told: str, share: float = 0.3) -> ir.Table:
    """Return the members of segments, where early warning names those of `told`."""
    named = pa.chunked_array([list(told)], pa.string())
    return assign_segments(scores, told=named, settings=SegmentSettings(valuable_share=share))


def members(engine: Backend, scores: ir.Table, *told: str, share: float = 0.3) -> dict[str, str]:
    """Return customer -> segment, after checking that nobody is in two."""
    assigned = assigned_to(scores, *told, share=share)
    rows = engine.to_pyarrow(assigned).to_pylist()
    assert max(Counter(row["customer_id"] for row in rows).values(), default=1) == 1
    assert all(ACTIONS[row["segment"]] == row["action"] for row in rows)
    return {row["customer_id"]: row["segment"] for row in rows}


def test_every_stage_has_its_segments(engine: Backend, scored: Scored) -> None:
    stages = [*LIFECYCLE_STAGES, None]
    rows = [
        customer(10 * place + number, stage, clv)
        for place, stage in enumerate(stages)
        for number, clv in ((1, 9.0), (2, 5.0), (3, 1.0))
    ]
    assert members(engine, scored(*rows)) == {
        "c1": "promising_new",
        "c11": "valuable_loyal",
        "c21": "valuable_at_risk", "c22": "at_risk", "c23": "at_risk",
        "c31": "lost", "c32": "lost", "c33": "lost",
    }  # fmt: skip


def test_whom_early_warning_names_is_in_no_other_segment(engine: Backend, scored: Scored) -> None:
    rows = [
        customer(number, stage, 9.0 - number)
        for number, stage in enumerate(["at_risk", "at_risk", "active", "lost", "returned"])
    ]
    found = members(engine, scored(*rows), "c0", "c2", "c4", "unknown")
    assert found == {
        "c0": "early_warning", "c1": "at_risk", "c2": "early_warning", "c3": "lost",
        "c4": "early_warning",
    }  # fmt: skip


def test_valuable_is_judged_within_a_stage(engine: Backend, scored: Scored) -> None:
    poor = [customer(number, "at_risk", float(number)) for number in range(10)]
    rich = [customer(number, "active", 1000.0 + number) for number in range(10, 30)]
    found = members(engine, scored(*poor, *rich))
    assert {name for name, segment in found.items() if segment == "valuable_at_risk"} == {
        "c7", "c8", "c9",
    }  # fmt: skip
    assert {name for name, segment in found.items() if segment == "valuable_loyal"} == {
        f"c{number}" for number in range(24, 30)
    }


def test_customers_without_clv_are_never_valuable(engine: Backend, scored: Scored) -> None:
    rows = [customer(number, "at_risk") for number in range(9)]
    assert set(members(engine, scored(*rows)).values()) == {"at_risk"}
    found = members(engine, scored(*rows, customer(9, "at_risk", 0.0)), share=0.9)
    assert [name for name, segment in found.items() if segment == "valuable_at_risk"] == ["c9"]


def test_an_average_makes_nobody_valuable_who_has_not_ordered(
    engine: Backend, scored: Scored
) -> None:
    ordered = [customer(number, "new", 1.0 + number) for number in range(4)]
    never = [customer(number, "new", 99.0, is_cold_start=True) for number in range(4, 20)]
    found = members(engine, scored(*ordered, *never), share=0.5)
    assert found == {"c2": "promising_new", "c3": "promising_new"}


def test_the_share_is_of_the_customers_with_clv(engine: Backend, scored: Scored) -> None:
    valued = [customer(number, "active", 1.0 + number) for number in range(4)]
    unknown = [customer(number, "active") for number in range(4, 20)]
    found = members(engine, scored(*valued, *unknown), share=0.5)
    assert found == {"c2": "valuable_loyal", "c3": "valuable_loyal"}


def test_equal_clv_is_decided_by_the_customer_id(engine: Backend, scored: Scored) -> None:
    rows = [customer(number, "active", 5.0) for number in (4, 2, 3, 1)]
    for ordered in (rows, rows[::-1]):
        assert sorted(members(engine, scored(*ordered), share=0.5)) == ["c1", "c2"]


def test_no_scores_make_no_members(engine: Backend, scored: Scored) -> None:
    assert members(engine, scored()) == {}


def test_members_keep_their_scores(engine: Backend, scored: Scored) -> None:
    assigned = assigned_to(scored(customer(1, "lost", 2.5)))
    assert assigned.columns == (*SCORE_COLUMNS, "segment", "action")
    assert engine.to_pyarrow(assigned).to_pylist()[0]["clv"] == 2.5


STAGES = st.sampled_from([*LIFECYCLE_STAGES, None])
VALUES = st.none() | st.integers(0, 5).map(float)


@examples(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(st.tuples(STAGES, VALUES), max_size=30), share=st.sampled_from([0.1, 0.5]))
def test_any_scores_put_a_customer_into_one_segment_at_most(
    engine: Backend, scored: Scored, drawn: list[tuple[str | None, float | None]], share: float
) -> None:
    rows = [customer(number, stage, clv) for number, (stage, clv) in enumerate(drawn)]
    found = members(engine, scored(*rows), share=share)
    valuable = {"at_risk": "valuable_at_risk", "active": "valuable_loyal", "new": "promising_new"}
    for stage, segment in valuable.items():
        valued = [clv for its_stage, clv in drawn if its_stage == stage and clv is not None]
        chosen = [row["clv"] for row in rows if found.get(row["customer_id"]) == segment]
        best = sorted(valued, reverse=True)[: math.ceil(share * len(valued))]
        assert sorted(chosen, reverse=True) == best


def test_file_shows_rounded_numbers_best_first(engine: Backend, scored: Scored) -> None:
    scores = scored(
        customer(1, "at_risk", 10.004, churn_probability=0.123_46, churn_percentile=7.04),
        customer(2, "at_risk", 99.995_1, churn_probability=1.0, churn_percentile=100.0),
        customer(3, "at_risk"),
        customer(4, "at_risk", 10.004, days_overdue=-3.6),
    )
    rows = file_rows(assigned_to(scores))
    assert rows.columns == (
        "customer_id", "segment", "action", "as_of", "lifecycle_stage", "churn_probability",
        "churn_percentile", "clv", "days_overdue",
    )  # fmt: skip
    shown = engine.to_pyarrow(rows).to_pylist()
    assert [row["customer_id"] for row in shown] == ["c2", "c1", "c4", "c3"]
    assert [row["clv"] for row in shown] == [
        Decimal("100.00"), Decimal("10.00"), Decimal("10.00"), None,
    ]  # fmt: skip
    assert [row["churn_probability"] for row in shown][:2] == [Decimal("1.0000"), Decimal("0.1235")]
    assert [row["churn_percentile"] for row in shown][:2] == [Decimal("100.0"), Decimal("7.0")]
    assert [row["days_overdue"] for row in shown] == [None, None, -4, None]
    assert {(row["as_of"], row["lifecycle_stage"]) for row in shown} == {
        (date(2024, 7, 1), "at_risk")
    }
    assert shown[0]["action"] == ACTIONS["valuable_at_risk"]


def test_only_members_who_granted_marketing_may_be_contacted(
    engine: Backend, scored: Scored
) -> None:
    entries = [
        ("c1", "marketing", "email", "granted"),
        ("c2", "marketing", "email", "granted"),
        ("c2", "marketing", "phone", "withdrawn"),
        ("c3", "profiling", "email", "granted"),
        ("c4", "marketing", None, "objected"),
        ("c9", "marketing", "email", "granted"),
        ("c1", "marketing", "phone", "granted"),
    ]
    consents = canonical(
        "consents",
        [
            {
                "customer_id": name, "purpose": purpose, "channel": channel, "status": status,
                "changed_at": datetime.fromisoformat("2024-06-01"),
            }
            for name, purpose, channel, status in entries
        ],
    )  # fmt: skip
    scores = scored(*(customer(number, "lost", 1.0) for number in range(1, 6)))
    allowed = may_be_contacted(assigned_to(scores), consents)
    found = engine.to_pyarrow(allowed).to_pylist()
    assert [row["customer_id"] for row in found] == ["c1"]
    assert allowed.columns == (*SCORE_COLUMNS, "segment", "action")


@pytest.mark.parametrize("share", [0, 1, -0.1])
def test_share_of_nobody_or_everybody_is_refused(share: float) -> None:
    with pytest.raises(ValidationError, match="valuable_share"):
        SegmentSettings(valuable_share=share)
