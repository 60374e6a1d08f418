"""History and trees together: totals, small bases, and that each customer is only one of many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from forecasting import hybrid
from forecasting.calibration import Calibration
from forecasting.churn import as_hybrid
from forecasting.customers import Customers
from forecasting.hybrid import Forecast, HybridModel, Shares
from forecasting.trees import Target
from tests.panels import AS_OF, small_lessons, small_models

PARTS = ("no_order", "orders", "value")


@pytest.fixture(scope="module")
def model() -> HybridModel:
    """Return a model with all targets, of so many customers that all parts have weight."""
    return replace(as_hybrid(small_models()["clv"].model), customers=1500)


@pytest.fixture(scope="module")
def seen() -> Customers:
    return small_lessons().panel.customers_at(AS_OF)


def assert_same(found: Forecast, expected: Forecast, *, rtol: float = 0.0) -> None:
    for part in PARTS:
        np.testing.assert_allclose(getattr(found, part), getattr(expected, part), rtol=rtol)


@pytest.mark.parametrize(
    ("customers", "stretch", "counts", "churn", "plain"),
    [
        (0, 1.0, 0.0, 0.0, 0.0),
        (200, 1.0, 200 / 1200, 0.5, 0.0),
        (1000, 1.0, 0.5, 1000 / 1200, 0.0),
        (1500, 1.0, 0.6, 1500 / 1700, 0.25),
        (2000, 1.0, 2 / 3, 2000 / 2200, 0.5),
        (1_000_000, 1.0, 0.999, 0.9998, 0.5),
        (1_000_000, 4.0, 0.999, 0.9998, 0.25),
    ],
)
def test_trees_are_followed_by_how_many_customers_they_learnt_from(
    customers: int, stretch: float, counts: float, churn: float, plain: float
) -> None:
    found = Shares.of(customers, stretch)
    assert found.correction_of_counts == pytest.approx(counts, abs=2e-6)
    assert found.correction_of_churn == pytest.approx(churn, abs=1e-4)
    assert found.plain == pytest.approx(plain)


def test_totals_are_those_of_the_corrected_counts(model: HybridModel, seen: Customers) -> None:
    each = model.approaches(seen)
    together, counts = each["hybrid"], each["corrected counts"]
    assert together.orders.sum() == pytest.approx(counts.orders.sum())
    assert together.value.sum() == pytest.approx(counts.value.sum())
    expected = model.expect(seen)
    np.testing.assert_allclose(counts.value, counts.orders * expected.order_value)
    assert not np.allclose(together.value, counts.value)


def test_the_parts_are_mixed_on_the_scale_of_their_links(
    model: HybridModel, seen: Customers
) -> None:
    each = model.approaches(seen)
    first, second, third = (each[name] for name in ("corrected", "corrected counts", "plain trees"))
    weight = model.shares.plain
    assert weight == 0.25

    mixed = (1 - weight) * logit(first.no_order) + weight * logit(third.no_order)
    np.testing.assert_allclose(logit(each["hybrid"].no_order), mixed, atol=1e-6)
    level = each["hybrid"].orders / (first.orders ** (1 - weight) * third.orders**weight)
    np.testing.assert_allclose(level, level[0], rtol=1e-6)
    # Value is the mean of three: weights are equal where plain trees have half of the counts.
    half = weight * 2 / 3
    value = (first.value * second.value) ** ((1 - half) / 2) * third.value**half
    level = each["hybrid"].value / value
    np.testing.assert_allclose(level, level[0], rtol=1e-6)


def test_forecasts_do_not_depend_on_the_order_of_rows(model: HybridModel, seen: Customers) -> None:
    order = np.random.default_rng(1).permutation(len(seen))
    shuffled = model.forecast(seen.take(order))
    expected = model.forecast(seen)
    assert_same(shuffled, Forecast(*(getattr(expected, part)[order] for part in PARTS)), rtol=1e-9)


@pytest.mark.parametrize("rows", [7, 299, 300])
def test_forecasts_do_not_depend_on_how_many_rows_are_read_at_once(
    rows: int, model: HybridModel, seen: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = model.forecast(seen)
    monkeypatch.setattr(hybrid, "_ROWS_AT_ONCE", rows)
    assert_same(model.forecast(seen), expected, rtol=1e-12)


def test_without_trees_the_history_speaks_alone(model: HybridModel, seen: Customers) -> None:
    expected = model.expect(seen)
    bare = replace(model, trees={}).forecast(seen)
    assert_same(bare, Forecast(expected.no_order, expected.orders, expected.value), rtol=1e-6)


def test_a_target_without_trees_is_what_the_history_says(
    model: HybridModel, seen: Customers
) -> None:
    churn = replace(model, trees={Target.NO_ORDER: model.trees[Target.NO_ORDER]})
    found, expected = churn.forecast(seen), model.expect(seen)
    np.testing.assert_allclose(found.orders, expected.orders, rtol=1e-6)
    np.testing.assert_array_equal(found.no_order, model.forecast(seen).no_order)


def test_small_bases_lean_on_the_history_and_large_ones_on_the_trees(
    model: HybridModel, seen: Customers
) -> None:
    expected = np.log(model.expect(seen).orders)
    apart = [
        np.abs(np.log(replace(model, customers=each).forecast(seen).orders) - expected).mean()
        for each in (0, 100, 1000, 10_000)
    ]
    assert apart[0] == pytest.approx(0, abs=1e-9)
    assert apart == sorted(apart)
    assert apart[-1] > 5 * apart[1]


def test_a_calibration_is_applied_to_the_chance_of_no_order_only(
    model: HybridModel, seen: Customers
) -> None:
    halved = Calibration("isotonic", stated=(0.0, 1.0), calibrated=(0.0, 0.5))
    found, expected = replace(model, calibration=halved).forecast(seen), model.forecast(seen)
    np.testing.assert_allclose(found.no_order, expected.no_order / 2)
    np.testing.assert_array_equal(found.orders, expected.orders)


def test_plain_trees_are_stretched_to_the_horizon(model: HybridModel, seen: Customers) -> None:
    """Of twice the time twice the orders are expected, and two misses instead of one."""
    usual = model.approaches(seen)["plain trees"]
    longer = replace(model, stretch=2.0).approaches(seen)["plain trees"]
    np.testing.assert_allclose(longer.orders, 2 * usual.orders, rtol=1e-9)
    np.testing.assert_allclose(longer.value, 2 * usual.value, rtol=1e-9)
    np.testing.assert_allclose(longer.no_order, usual.no_order**2, rtol=1e-4)


def test_all_that_is_stated_is_possible(model: HybridModel, seen: Customers) -> None:
    for forecast in model.approaches(seen).values():
        assert ((forecast.no_order > 0) & (forecast.no_order < 1)).all()
        assert (forecast.orders > 0).all()
        assert (forecast.value >= 0).all()


def test_nobody_is_forecast_nothing(model: HybridModel, seen: Customers) -> None:
    nobody = model.forecast(seen.take(slice(0)))
    assert all(len(getattr(nobody, part)) == 0 for part in PARTS)
