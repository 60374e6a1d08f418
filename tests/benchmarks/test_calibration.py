"""Calibration and coverage, where many customers buy nothing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.calibration import calibration_error, pit_inside, plain_inside
from training.metrics import churn_calibration


def test_calibration_error_is_the_mean_gap_over_bins_of_equal_mass() -> None:
    probability = np.array([0.1, 0.1, 0.6, 0.6])
    happened = np.array([0.0, 0.0, 1.0, 0.0])
    assert calibration_error(happened, probability, bins=2) == pytest.approx((0.1 + 0.1) / 2)


def test_calibration_error_is_that_of_training() -> None:
    random = np.random.default_rng(1)
    probability = random.random(1_000)
    happened = (random.random(1_000) < probability**2).astype(np.float64)
    theirs = churn_calibration(happened, probability)(np.ones(1_000))["calibration_error"]
    assert calibration_error(happened, probability) == pytest.approx(theirs)


@pytest.mark.parametrize("chance_of_zero", [0.0, 0.05, 0.3, 0.7, 0.95])
def test_true_distributions_have_four_fifths_of_the_transform_inside(
    chance_of_zero: float,
) -> None:
    """Point mass at zero, exponential above it: its quantiles are known."""
    random, customers = np.random.default_rng(2), 200_000
    buys = random.random(customers) >= chance_of_zero
    value = np.where(buys, random.exponential(50, customers), 0.0)
    low, high = (_quantile(level, chance_of_zero) for level in (0.1, 0.9))
    same = np.ones(customers)
    inside = pit_inside(value, same * chance_of_zero, same * low, same * high)
    assert inside == pytest.approx(0.8, abs=0.004)


def _quantile(level: float, chance_of_zero: float) -> float:
    above = max(0.0, (level - chance_of_zero) / (1 - chance_of_zero))
    return float(-50 * np.log(1 - above))


def test_transform_of_each_kind_of_customer() -> None:
    value = np.array([0.0, 0.0, 0.0, 5.0, 5.0, 5.0])
    chance_of_zero = np.array([0.5, 0.95, 0.04, 0.5, 0.95, 0.0])
    p10 = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 6.0])
    p90 = np.array([9.0, 0.0, 9.0, 9.0, 0.0, 9.0])
    alone = [
        pit_inside(value[[n]], chance_of_zero[[n]], p10[[n]], p90[[n]]) for n in range(len(value))
    ]
    assert alone == pytest.approx([0.4 / 0.5, 0.8 / 0.95, 0.0, 1.0, 0.0, 0.0])
    assert pit_inside(value, chance_of_zero, p10, p90) == pytest.approx(np.mean(alone))


def test_plain_coverage_is_of_intervals_that_do_not_begin_at_zero() -> None:
    value, p90 = np.array([0.0, 3.0, 1.0, 9.0]), np.full(4, 5.0)
    assert plain_inside(value, np.array([0.0, 2.0, 2.0, 2.0]), p90) == pytest.approx(1 / 3)
    assert plain_inside(value, np.zeros(4), p90) is None
