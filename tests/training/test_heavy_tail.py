"""One customer who spends as much as all others together does not decide how a model is judged."""

from __future__ import annotations

import numpy as np
import pytest

from tests.panels import small_models
from training import metrics
from training.heavy_tail import beside, largest
from training.metrics import of_all
from training.panel import Floats

RANDOM = np.random.default_rng(4)
VALUE = RANDOM.lognormal(3, 0.5, 400)
LEVEL = beside(metrics.value_level, metrics.value_level)
RANKING = beside(metrics.value_ranking, metrics.value_gains)


def with_a_giant(value: Floats) -> Floats:
    return np.append(value, 100 * value.sum())


def test_a_giant_who_is_foreseen_hides_that_the_others_are_not() -> None:
    truth, blind = with_a_giant(VALUE), with_a_giant(RANDOM.permutation(VALUE))
    found = of_all(RANKING(truth, blind), truth)
    assert found["gini"] > 0.95
    assert abs(found["gini_without_largest"]) < 0.3
    assert found["gini_without_largest"] == pytest.approx(
        of_all(metrics.value_gains(VALUE, blind[:-1]), VALUE)["gini"]
    )


def test_a_giant_who_is_missed_hides_that_the_level_of_the_others_is_right() -> None:
    truth, stated = with_a_giant(VALUE), np.append(VALUE, 0.0)
    found = of_all(LEVEL(truth, stated), truth)
    assert found["total_bias"] < -0.98
    assert found["total_bias_without_largest"] == pytest.approx(0)
    assert found["mean_absolute_error_without_largest"] == pytest.approx(0)


def test_a_giant_is_left_out_of_every_draw() -> None:
    truth, stated = with_a_giant(VALUE), np.append(VALUE, 0.0)
    measure = LEVEL(truth, stated)
    for _ in range(5):
        drawn = np.bincount(RANDOM.integers(0, 401, 401), minlength=401).astype(float)
        assert measure(drawn)["total_bias_without_largest"] == pytest.approx(0)


@pytest.mark.parametrize(("customers", "left_out"), [(10, 1), (1000, 1), (2600, 3)])
def test_a_thousandth_is_left_out_and_at_least_one(customers: int, left_out: int) -> None:
    value = np.arange(customers, dtype=float)
    assert set(largest(value)) == set(range(customers - left_out, customers))


def test_where_nobody_else_spends_the_metrics_are_those_of_all() -> None:
    truth, stated = np.array([0.0, 0, 5]), np.array([1.0, 2, 3])
    for judge in (RANKING, LEVEL):
        found = of_all(judge(truth, stated), truth)
        assert all(np.isfinite(value) for value in found.values())


def test_the_value_model_and_its_rivals_are_judged_without_the_largest_too() -> None:
    judgement = small_models()["clv"].judged.judgement
    for name in ("gini_without_largest", "total_bias_without_largest"):
        low, high = judgement.intervals[name]
        assert low <= judgement.metrics[name] <= high
    assert "gini_without_largest" in judgement.rules["past spend"]
