"""A model is called better only where the interval of its advantage is clear of zero."""

from __future__ import annotations

import numpy as np
import pytest

from training import metrics
from training.judgement import LOGISTIC, Judgement, judge
from training.panel import Floats

RANDOM = np.random.default_rng(7)
CHURNED = (RANDOM.random(800) < 0.3).astype(float)
WEAK = 0.4 * CHURNED + RANDOM.random(800)


def judged(predicted: Floats, **rules: Floats) -> Judgement:
    return judge(
        CHURNED, predicted, rules, {"peer": WEAK, LOGISTIC: WEAK}, headline="average_precision",
        rank=metrics.churn_ranking, level=metrics.churn_calibration, resamples=100, seed=1,
    )  # fmt: skip


def test_a_model_no_better_than_the_rule_is_not_called_better() -> None:
    twin = judged(WEAK + RANDOM.normal(0, 0.01, 800), rule=WEAK)
    low, high = twin.advantage
    assert low <= 0 <= high
    assert not twin.is_better


def test_a_model_that_knows_more_is_better() -> None:
    knowing = judged(WEAK + 0.5 * CHURNED, rule=WEAK)
    assert knowing.advantage[0] > 0
    assert knowing.is_better


def test_a_model_that_knows_less_is_not() -> None:
    assert judged(RANDOM.random(800), rule=WEAK).advantage[1] < 0


def test_the_best_rule_is_the_rival() -> None:
    both = judged(WEAK, good=WEAK, bad=-WEAK)
    assert both.best_rule == "good"
    assert both.rules["bad"]["auc"] < 0.5 < both.rules["good"]["auc"]


def test_ties_of_a_coarse_rule_are_not_won_by_the_order_of_rows() -> None:
    churners_first = np.sort(CHURNED)[::-1].copy()
    constant = np.ones(800)
    found = judge(
        churners_first, constant, {"rule": constant}, {}, headline="average_precision",
        rank=metrics.churn_ranking, level=metrics.churn_calibration, resamples=30, seed=1,
    )  # fmt: skip
    assert found.metrics["lift_top_decile"] == pytest.approx(1, abs=0.5)


def test_peers_are_judged_like_the_model_and_are_no_rivals() -> None:
    found = judged(WEAK, rule=-WEAK)
    assert found.peers["peer"] == pytest.approx(found.metrics)
    assert found.best_rule == "rule"


def test_the_same_seed_gives_the_same_intervals() -> None:
    assert judged(WEAK, rule=WEAK) == judged(WEAK, rule=WEAK)


def test_the_advantage_over_peers_that_count_is_known_and_of_no_other() -> None:
    knowing = judged(WEAK + 0.5 * CHURNED, rule=-WEAK)
    assert set(knowing.over_peers) == {LOGISTIC}
    assert knowing.over_peers[LOGISTIC][0] > 0
    assert judged(WEAK, rule=-WEAK).over_peers[LOGISTIC] == (0.0, 0.0)
    assert judged(RANDOM.random(800), rule=-WEAK).over_peers[LOGISTIC][1] < 0
