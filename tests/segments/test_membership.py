from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
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
from segments.membership import members_of, place_customers
from segments.rules import CONDITION_COLUMNS, READY_MADE, SegmentRule
from segments.settings import SegmentSettings

Scored = Callable[..., ir.Table]

ACTIONS = {name: rule.action for name, rule in READY_MADE.items()}


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
    settings = SegmentSettings(valuable_share=share)
    return members_of(place_customers(scores, told=named, settings=settings), settings)


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
        "c31": "win_back", "c32": "lost", "c33": "lost",
    }  # fmt: skip


def test_whom_early_warning_names_is_in_no_other_segment(engine: Backend, scored: Scored) -> None:
    rows = [
        customer(number, stage, 9.0 - number)
        for number, stage in enumerate(["at_risk", "at_risk", "active", "lost", "returned"])
    ]
    found = members(engine, scored(*rows), "c0", "c2", "c4", "unknown")
    assert found == {
        "c0": "early_warning", "c1": "at_risk", "c2": "early_warning", "c3": "win_back",
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
    assigned = assigned_to(scored(customer(1, "lost", 2.5)), share=0.1)
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
    valuable = {
        "at_risk": "valuable_at_risk", "active": "valuable_loyal", "new": "promising_new",
        "lost": "win_back",
    }  # fmt: skip
    for stage, segment in valuable.items():
        valued = [clv for its_stage, clv in drawn if its_stage == stage and clv is not None]
        chosen = [row["clv"] for row in rows if found.get(row["customer_id"]) == segment]
        best = sorted(valued, reverse=True)[: math.ceil(share * len(valued))]
        assert sorted(chosen, reverse=True) == best


@pytest.mark.parametrize("share", [0, 1, -0.1])
def test_share_of_nobody_or_everybody_is_refused(share: float) -> None:
    with pytest.raises(ValidationError, match="valuable_share"):
        SegmentSettings(valuable_share=share)


def test_ready_made_segments_can_be_read_and_have_neutral_labels() -> None:
    for name, rule in READY_MADE.items():
        assert SegmentRule.model_validate(rule.model_dump()) == rule, name
        assert rule.label.startswith("SK-")
    assert len({rule.label for rule in READY_MADE.values()}) == len(READY_MADE)


@pytest.mark.parametrize(
    ("segment", "stage", "more"),
    [
        ("valuable_hesitant", "active", {"churn_percentile": 70.0}),
        ("anniversary", "active", {"days_since_first_order": 730.0 - 3}),
        ("anniversary", "returned", {"days_since_first_order": 365.0}),
        ("valuable_loyal", "active", {"days_since_first_order": 3.0}),
        ("valuable_loyal", "active", {"days_since_first_order": 730.0 - 8}),
    ],
)
def test_times_and_percentiles_make_segments(
    engine: Backend, scored: Scored, segment: str, stage: str, more: dict[str, float]
) -> None:
    assert members(engine, scored(customer(1, stage, 9.0, **more)))["c1"] == segment


def test_the_second_order_is_due_some_weeks_after_the_first(
    engine: Backend, scored: Scored
) -> None:
    first = {"order_days": 1.0, "days_since_last_order": 30.0}
    rows = [
        customer(1, "active", 9.0, **first),
        customer(2, "active", 1.0, **first),
        customer(3, "active", 1.0, **{**first, "days_since_last_order": 100.0}),
        customer(4, "active", 1.0, **{**first, "order_days": 2.0}),
        customer(5, "returned", 1.0, **first),
    ]
    found = members(engine, scored(*rows), share=0.2)
    assert found == {"c1": "valuable_loyal", "c2": "second_order_due"}


def test_declared_segments_take_the_place_of_the_ready_made(
    engine: Backend, scored: Scored
) -> None:
    rule = SegmentRule(condition="clv > 5 AND lifecycle_stage <> 'lost'", label="A-1", action="x")
    settings = SegmentSettings(named={"rich": rule})
    scores = scored(
        customer(1, "active", 9.0), customer(2, "active", 1.0), customer(3, "lost", 9.0)
    )
    told = pa.chunked_array([[]], pa.string())
    placed = place_customers(scores, told=told, settings=settings)
    rows = engine.to_pyarrow(members_of(placed, settings)).to_pylist()
    assert [(row["customer_id"], row["segment"], row["action"]) for row in rows] == [
        ("c1", "rich", "x")
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"condition": "nobody = 1"}, "no column; there are"),
        ({"condition": "customer_id = 'c1'"}, "no column"),
        ({"label": "high income!"}, "label"),
        ({"cap": 0}, "cap"),
        ({"purpose": "anything"}, "purpose"),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SegmentRule.model_validate({"condition": "clv > 1", "label": "A-1", **wrong})


@pytest.mark.parametrize("name", ["../../etc/cron", "/abs", "a/b", "A", "", "a" * 41, "a.b"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        SegmentSettings(named={name: SegmentRule(condition="clv > 1", label="A-1")})


def test_conditions_see_no_ids() -> None:
    assert not {"customer_id", "run_id"} & CONDITION_COLUMNS.keys()
