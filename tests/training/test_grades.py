"""A grade says what the intervals say: beside chance, the best simple rule and the champion."""

from __future__ import annotations

import pytest

from training.grades import grade
from training.judgement import Interval, Judgement

CHANCE = {"gini": 0.0}


def judged(interval: Interval, *, over_rule: Interval) -> Judgement:
    return Judgement(
        headline="gini", rows=500, base=10.0, metrics={"gini": sum(interval) / 2},
        intervals={"gini": interval}, rules={"past spend": {"gini": 0.3}}, peers={},
        best_rule="past spend", advantage=over_rule,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("over_rule", "over_champion", "expected", "why"),
    [
        ((0.01, 0.05), None, "A", "gini is clearly above that of the rule past spend"),
        ((0.01, 0.05), (0.01, 0.02), "A", "of the rule past spend and the champion"),
        ((-0.01, 0.05), None, "B", "not clearly above that of the rule past spend"),
        ((0.01, 0.05), (-0.01, 0.02), "B", "not clearly above that of the champion"),
        ((0.01, 0.05), (0.0, 0.02), "B", "not clearly above that of the champion"),
        ((-0.05, -0.01), None, "C", "below that of the rule past spend, by at least 0.010"),
        ((0.01, 0.05), (-0.05, -0.02), "C", "below that of the champion, by at least 0.020"),
    ],
)
def test_a_rival_is_beaten_only_where_the_interval_is_clear_of_zero(
    over_rule: Interval, over_champion: Interval | None, expected: str, why: str
) -> None:
    verdict = grade(judged((0.4, 0.5), over_rule=over_rule), CHANCE, over_champion=over_champion)
    assert verdict.grade == expected
    assert why in verdict.reason


def test_what_cannot_be_told_from_chance_is_c_however_weak_the_rules_are() -> None:
    verdict = grade(judged((0.0, 0.2), over_rule=(0.01, 0.05)), CHANCE, over_champion=None)
    assert verdict.grade == "C"
    assert "chance alone has 0.000" in verdict.reason
