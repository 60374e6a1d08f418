"""What changed in segments since the publish before, and why, as far as can be told."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from contracts.scores import SCORE_COLUMNS
from segments.changes import MEMBER_COLUMNS, Before, Changes, changes_since, rules_of
from segments.rules import READY_MADE
from segments.settings import SegmentSettings

SINCE, AS_OF = date(2024, 7, 1), date(2024, 7, 8)
SETTINGS = SegmentSettings()
SCORES = ibis.schema({name: SCORE_COLUMNS[name] for name in (
    "customer_id", "as_of", "days_since_last_order",
)}).to_pyarrow()  # fmt: skip


def standing(**segments: str | tuple[str | None, dict[str, Any]] | None) -> pa.Table:
    """Return where customers stand; each is a segment, or a segment and facts."""
    rows = []
    for name, told in segments.items():
        segment, facts = told if isinstance(told, tuple) else (told, {})
        usual = {"lifecycle_stage": "active", "is_valuable": False, "is_told": False}
        rows.append({"customer_id": name, "segment": segment, **usual, **facts})
    return pa.Table.from_pylist(rows, schema=ibis.schema(MEMBER_COLUMNS).to_pyarrow())


def changed(
    before: pa.Table | None,
    now: pa.Table,
    *,
    silent_days: dict[str, float] | None = None,
    rules: str = rules_of(SETTINGS),
) -> Changes:
    scores = [
        {"customer_id": each, "as_of": AS_OF, "days_since_last_order": days}
        for each in now["customer_id"].to_pylist()
        for days in [{**dict.fromkeys([each], 60.0), **(silent_days or {})}[each]]
    ]
    return changes_since(
        None if before is None else Before(SINCE, rules, before),
        pa.Table.from_pylist(scores, schema=SCORES), now, settings=SETTINGS,
    )  # fmt: skip


def whys(found: Changes) -> dict[str, str]:
    return {row["customer_id"]: row["why"] for row in found.rows.to_pylist()}


def test_who_entered_left_or_moved_is_named_and_who_stayed_is_counted() -> None:
    found = changed(
        standing(a="at_risk", b="at_risk", c="at_risk", d=None, e=None),
        standing(a="at_risk", b="lost", c=None, d="lost", e=None),
    )
    assert [tuple(row.values())[:4] for row in found.rows.to_pylist()] == [
        ("b", "at_risk", "lost", "moved"), ("c", "at_risk", None, "left"),
        ("d", None, "lost", "entered"),
    ]  # fmt: skip
    assert found.facts["since"] == "2024-07-01"
    assert found.facts["segments"] == {
        **{name: {"entered": 0, "stayed": 0, "left": 0} for name in READY_MADE},
        "at_risk": {"entered": 0, "stayed": 1, "left": 2},
        "lost": {"entered": 2, "stayed": 0, "left": 0},
    }


def test_without_a_publish_before_everybody_has_entered() -> None:
    found = changed(None, standing(a="at_risk", b=None))
    assert found.rows.to_pylist() == [
        {
            "customer_id": "a", "segment_before": None, "segment": "at_risk", "change": "entered",
            "why": "first publish",
        }
    ]  # fmt: skip
    assert found.facts["since"] is None
    assert found.facts["segments"]["at_risk"] == {"entered": 1, "stayed": 0, "left": 0}


def test_who_is_no_longer_scored_is_counted_and_not_named() -> None:
    found = changed(standing(a="at_risk", b="lost", c=None), standing(b="lost"))
    assert found.rows.num_rows == 0
    assert found.facts["no_longer_scored"] == 1
    assert found.facts["segments"]["at_risk"] == {"entered": 0, "stayed": 0, "left": 1}


def test_the_reason_is_what_changed_of_the_customer() -> None:
    at_risk, valuable = {"lifecycle_stage": "at_risk"}, {"is_valuable": True}
    found = changed(
        standing(
            stage=None, rank=("valuable_loyal", valuable), warned=None, ordered=("lost", at_risk),
            moved="anniversary", unstaged=(None, {"lifecycle_stage": None}),
        ),
        standing(
            stage=("at_risk", at_risk), rank=None, warned=("early_warning", {"is_told": True}),
            ordered=None, moved=None, fresh="promising_new", unstaged="at_risk",
        ),
        silent_days={"ordered": 7.0, "stage": 8.0},
    )  # fmt: skip
    assert whys(found) == {
        "stage": "active -> at_risk", "rank": "value rank changed", "warned": "early warning",
        "ordered": "ordered since", "moved": "scores moved", "fresh": "first scored",
        "unstaged": "scores moved",
    }  # fmt: skip
    assert found.facts["why"]["scores moved"] == 2


def test_an_order_on_the_day_of_the_publish_before_came_after_it() -> None:
    before, now = standing(a=None, b=None), standing(a="lost", b="lost")
    found = changed(before, now, silent_days={"a": 7.0, "b": 8.0})
    assert whys(found) == {"a": "ordered since", "b": "scores moved"}


def test_where_rules_changed_no_other_reason_is_told() -> None:
    before, now = standing(a="lost"), standing(a="at_risk", b="lost")
    found = changed(before, now, silent_days={"a": 1.0}, rules="of other conditions")
    assert whys(found) == {"a": "condition changed", "b": "first scored"}


def test_labels_costs_and_caps_are_no_rules_of_membership() -> None:
    rule = READY_MADE["lost"]

    def rules(**changed: object) -> str:
        named = {"lost": rule.model_copy(update=changed)}
        return rules_of(SETTINGS.model_copy(update={"named": named}))

    assert rules(cap=5, label="X-1", action="call") == rules()
    assert rules(condition="clv > 1") != rules()
    narrower = SETTINGS.model_copy(update={"valuable_share": 0.1})
    assert rules_of(narrower) != rules_of(SETTINGS)


def test_a_segment_that_is_no_more_has_lost_its_members() -> None:
    found = changed(standing(a="rescue"), standing(a="lost"))
    assert found.facts["segments"]["rescue"] == {"entered": 0, "stayed": 0, "left": 1}


def test_who_stood_where_too_long_ago_is_not_kept() -> None:
    before = Before(SINCE, "", standing(a="at_risk"))
    assert before.kept(date(2024, 8, 5), at_risk_share=0.2) is not None
    assert before.kept(date(2024, 8, 6), at_risk_share=0.2) is None
