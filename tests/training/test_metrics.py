"""Metrics against values worked out another way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from training import metrics
from training.judgement import Judge
from training.panel import Floats


def measured(judge: Judge, truth: Floats, predicted: Floats) -> metrics.Metrics:
    return metrics.of_all(judge(truth, predicted), truth)


CHURNED = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=float)


def test_lift_of_the_top_decile_is_its_rate_over_the_base_rate() -> None:
    score = np.linspace(1, 0, 10)
    found = measured(metrics.churn_ranking, CHURNED, score)
    assert found["lift_top_decile"] == pytest.approx(1 / 0.2)
    # Of the pairs of one who left and one who stayed, one of 16 is the wrong way round.
    assert found["auc"] == pytest.approx(15 / 16)
    assert found["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_calibration_error_is_the_mean_gap_between_stated_and_seen() -> None:
    stated = np.full(10, 0.2)
    found = measured(metrics.churn_calibration, CHURNED, stated)
    assert found["brier"] == pytest.approx((2 * 0.64 + 8 * 0.04) / 10)
    assert found["calibration_error"] == pytest.approx((2 * 0.8 + 8 * 0.2) / 10)
    assert measured(metrics.churn_calibration, CHURNED, CHURNED)["calibration_error"] == 0


def test_gini_is_one_in_the_true_order_and_minus_one_in_the_reverse() -> None:
    value = np.array([0.0, 0, 5, 10, 100, 2, 1, 0, 0, 30])
    assert measured(metrics.value_ranking, value, value)["gini"] == pytest.approx(1)
    worst = measured(metrics.value_ranking, value, -value)
    assert worst["gini"] < -0.5
    assert worst["spearman"] == pytest.approx(-1)


def test_gini_agrees_with_the_area_of_the_lorenz_curve() -> None:
    random = np.random.default_rng(0)
    value, predicted = random.lognormal(size=500), random.lognormal(size=500)

    def area(order: npt.NDArray[np.int64]) -> float:
        shares = [value[order[: n + 1]].sum() / value.sum() for n in range(len(value))]
        return float(np.mean(shares)) - 0.5

    expected = area(np.argsort(-predicted)) / area(np.argsort(-value))
    assert measured(metrics.value_ranking, value, predicted)["gini"] == pytest.approx(expected)


def test_one_prediction_for_all_ranks_nobody() -> None:
    value = np.array([0.0, 0, 5, 10, 100, 2, 1, 0, 0, 30])
    found = measured(metrics.value_ranking, value, np.zeros(10))
    assert (found["gini"], found["spearman"]) == (0, 0)


def test_total_bias_is_the_error_of_the_sum() -> None:
    found = measured(metrics.value_level, np.array([10.0, 30.0]), np.array([20.0, 30.0]))
    assert found == {"total_bias": pytest.approx(0.25), "mean_absolute_error": 5}


@pytest.mark.parametrize("seed", range(4))
def test_ranking_of_churn_is_that_of_scikit_learn_with_ties(seed: int) -> None:
    random = np.random.default_rng(seed)
    churned = (random.random(400) < 0.3).astype(float)
    score = np.round(random.normal(size=400) + churned, seed % 2)
    found = measured(metrics.churn_ranking, churned, score)
    assert found["auc"] == pytest.approx(roc_auc_score(churned, score))
    assert found["average_precision"] == pytest.approx(average_precision_score(churned, score))


JUDGES = (
    metrics.churn_ranking, metrics.churn_calibration, metrics.value_ranking, metrics.value_level,
)  # fmt: skip


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_a_draw_is_measured_as_the_rows_themselves_would_be(judge: Judge) -> None:
    random = np.random.default_rng(5)
    truth = (random.random(300) < 0.4).astype(float)
    if "value" in judge.__name__:
        truth *= random.lognormal(3, 1, 300)
    predicted = random.random(300)
    rows = np.sort(random.integers(0, 300, 300))
    expected = measured(judge, truth[rows], predicted[rows])
    counts = np.bincount(rows, minlength=300).astype(float)
    assert judge(truth, predicted)(counts) == pytest.approx(expected)


def test_spearman_is_that_of_scipy_with_ties() -> None:
    random = np.random.default_rng(6)
    value = np.where(random.random(500) < 0.6, 0.0, random.lognormal(3, 1, 500))
    predicted = np.round(random.lognormal(3, 1, 500), -1)
    found = measured(metrics.value_ranking, value, predicted)["spearman"]
    assert found == pytest.approx(spearmanr(value, predicted).statistic)
