"""What is stated beside the expected value fits it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.churn import as_hybrid
from forecasting.customers import Customers
from forecasting.hybrid import Forecast, HybridModel
from forecasting.intervals import Levels
from forecasting.outlook import look_ahead, next_order, value_distribution
from tests.panels import AS_OF, HORIZON_DAYS, small_lessons, small_models


@pytest.fixture(scope="module")
def model() -> HybridModel:
    return as_hybrid(small_models()["clv"].model)


@pytest.fixture(scope="module")
def seen() -> Customers:
    return small_lessons().panel.customers_at(AS_OF)


@pytest.fixture(scope="module")
def forecast(model: HybridModel, seen: Customers) -> Forecast:
    return model.forecast(seen)


def test_ranges_are_read_at_the_levels_of_the_model(
    model: HybridModel, seen: Customers, forecast: Forecast
) -> None:
    wide = replace(model, value_levels=Levels(0.02, 0.6, 0.99), wait_levels=Levels(0.3, 0.4, 0.5))
    found = look_ahead(wide, seen, forecast)
    spread, order = value_distribution(wide, seen, forecast), next_order(wide, seen, forecast)
    np.testing.assert_array_equal(found.value, [spread.quantile(it) for it in (0.02, 0.6, 0.99)])
    np.testing.assert_array_equal(found.wait_days, [order.days_until(it) for it in (0.3, 0.4, 0.5)])


def test_the_distribution_has_the_mean_and_the_zeros_of_the_forecast(
    model: HybridModel, seen: Customers, forecast: Forecast
) -> None:
    spread = value_distribution(model, seen, forecast)
    levels = (np.arange(500) + 0.5) / 500
    points = np.array([spread.quantile(level) for level in levels])
    assert points.mean(axis=0).sum() == pytest.approx(forecast.value.sum(), rel=0.03)
    np.testing.assert_allclose((points == 0).mean(axis=0), forecast.no_order, atol=0.003)


def test_who_is_forecast_more_orders_than_the_history_lets_expect_orders_sooner(
    model: HybridModel, seen: Customers, forecast: Forecast
) -> None:
    busier = replace(forecast, orders=3 * forecast.orders)
    usual, sooner = (
        next_order(model, seen, each).days_until(0.5) for each in (forecast, busier)
    )  # fmt: skip
    assert (sooner <= usual).all()
    assert sooner.mean() < usual.mean()


def test_of_a_forecast_that_says_what_the_history_does_the_wait_is_that_of_the_history(
    model: HybridModel, seen: Customers
) -> None:
    expected = model.expect(seen)
    said = Forecast(expected.no_order, expected.orders, expected.value)
    np.testing.assert_allclose(next_order(model, seen, said).faster, 1.0)


def test_the_days_lie_in_the_horizon(
    model: HybridModel, seen: Customers, forecast: Forecast
) -> None:
    for wait in look_ahead(model, seen, forecast).wait_days:
        assert ((wait >= 0) & (wait < HORIZON_DAYS)).all()
