"""Metrics against values worked out another way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from training import metrics

CHURNED = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=float)


def test_lift_of_the_top_decile_is_its_rate_over_the_base_rate() -> None:
    score = np.linspace(1, 0, 10)
    found = metrics.churn_ranking(CHURNED, score)
    assert found["lift_top_decile"] == pytest.approx(1 / 0.2)
    # Of the pairs of one who left and one who stayed, one of 16 is the wrong way round.
    assert found["auc"] == pytest.approx(15 / 16)
    assert found["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_calibration_error_is_the_mean_gap_between_stated_and_seen() -> None:
    stated = np.full(10, 0.2)
    found = metrics.churn_calibration(CHURNED, stated)
    assert found["brier"] == pytest.approx((2 * 0.64 + 8 * 0.04) / 10)
    assert found["calibration_error"] == pytest.approx((2 * 0.8 + 8 * 0.2) / 10)
    assert metrics.churn_calibration(CHURNED, CHURNED)["calibration_error"] == 0


def test_gini_is_one_in_the_true_order_and_minus_one_in_the_reverse() -> None:
    value = np.array([0.0, 0, 5, 10, 100, 2, 1, 0, 0, 30])
    assert metrics.value_ranking(value, value)["gini"] == pytest.approx(1)
    worst = metrics.value_ranking(value, -value)
    assert worst["gini"] < -0.5
    assert worst["spearman"] == pytest.approx(-1)


def test_gini_agrees_with_the_area_of_the_lorenz_curve() -> None:
    random = np.random.default_rng(0)
    value, predicted = random.lognormal(size=500), random.lognormal(size=500)

    def area(order: npt.NDArray[np.int64]) -> float:
        shares = [value[order[: n + 1]].sum() / value.sum() for n in range(len(value))]
        return float(np.mean(shares)) - 0.5

    expected = area(np.argsort(-predicted)) / area(np.argsort(-value))
    assert metrics.value_ranking(value, predicted)["gini"] == pytest.approx(expected)


def test_total_bias_is_the_error_of_the_sum() -> None:
    found = metrics.value_level(np.array([10.0, 30.0]), np.array([20.0, 30.0]))
    assert found == {"total_bias": pytest.approx(0.25), "mean_absolute_error": 5}
