"""A grade says what the intervals say: beside chance, the best simple rule and the champion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training import metrics
from training.grades import grade
from training.judgement import Interval, Judgement, judge
from training.panel import Floats

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


@pytest.mark.parametrize(
    ("over_logistic", "expected", "why"),
    [
        ((0.01, 0.05), "A", "of the rule past spend and logistic regression"),
        ((-0.01, 0.05), "B", "not clearly above that of logistic regression"),
        ((-0.05, -0.01), "B", "not clearly above that of logistic regression"),
        ((-0.05, -0.03), "C", "below that of logistic regression, by at least 0.030"),
    ],
)
def test_what_anybody_could_fit_must_be_beaten_like_a_rule(
    over_logistic: Interval, expected: str, why: str
) -> None:
    made = judged((0.4, 0.5), over_rule=(0.01, 0.05))
    beside = replace(made, over_peers={"logistic regression": over_logistic})
    verdict = grade(beside, CHANCE, over_champion=None)
    assert verdict.grade == expected
    assert why in verdict.reason


def test_what_cannot_be_told_from_chance_is_c_however_weak_the_rules_are() -> None:
    verdict = grade(judged((0.0, 0.2), over_rule=(0.01, 0.05)), CHANCE, over_champion=None)
    assert verdict.grade == "C"
    assert "chance alone has 0.000" in verdict.reason


RANDOM = np.random.default_rng(11)
CHANCES = RANDOM.beta(1.5, 3, 3000)
CHURNED = (RANDOM.random(3000) < CHANCES).astype(float)


def churn_judged(stated: Floats) -> Judgement:
    rule = CHANCES + RANDOM.normal(0, 0.3, 3000)
    return judge(
        CHURNED, stated, {"rule": rule}, {}, headline="average_precision",
        rank=metrics.churn_ranking, level=metrics.churn_calibration, resamples=60, seed=1,
    )  # fmt: skip


def test_a_ranking_whose_probabilities_are_far_off_is_c() -> None:
    chance = metrics.churn_by_chance(float(CHURNED.mean()))
    right, wrong = churn_judged(CHANCES), churn_judged(CHANCES**0.3)
    assert right.metrics["average_precision"] == wrong.metrics["average_precision"]
    assert grade(right, chance, over_champion=None).grade == "A"
    verdict = grade(wrong, chance, over_champion=(0.1, 0.2))
    assert verdict.grade == "C"
    assert verdict.reason.startswith("probabilities are wrong by 0.3")


@pytest.mark.parametrize(("rows", "expected"), [(5000, "C"), (100, "A")])
def test_of_few_customers_a_calibration_error_may_be_chance(rows: int, expected: str) -> None:
    made = judged((0.4, 0.5), over_rule=(0.01, 0.05))
    intervals = {**made.intervals, "calibration_error": (0.2, 0.3)}
    off = replace(made, rows=rows, base=0.4, intervals=intervals)
    assert grade(off, CHANCE, over_champion=None).grade == expected


@pytest.mark.parametrize(
    ("bias", "expected"),
    [((0.6, 0.9), "C"), ((-0.8, -0.6), "C"), ((0.4, 0.9), "A"), ((-0.9, -0.3), "A")],
)
def test_a_total_that_is_surely_off_by_more_than_half_is_c(bias: Interval, expected: str) -> None:
    made = judged((0.4, 0.5), over_rule=(0.01, 0.05))
    off = replace(made, intervals={**made.intervals, "total_bias": bias})
    verdict = grade(off, CHANCE, over_champion=None)
    assert verdict.grade == expected
    assert ("the total is wrong by" in verdict.reason) is (expected == "C")
