"""What is stated beside the expected value: its range, and when the next order comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.customers import Customers
from forecasting.hybrid import Forecast, HybridModel
from forecasting.intervals import ValueDistribution
from forecasting.next_order import NextOrder
from forecasting.season import Floats

_LEAST = 1e-6


@dataclass(frozen=True)
class Outlook:
    """One entry per customer: the 10, 50 and 90 % points of value and of the days to an order.

    The days are of customers who order within the horizon, counted from the snapshot date.
    """

    value: tuple[Floats, ...]
    wait_days: tuple[Floats, ...]


def look_ahead(model: HybridModel, seen: Customers, forecast: Forecast) -> Outlook:
    """Return the outlook of customers whose forecast is known, in the same order."""
    value, order = value_distribution(model, seen, forecast), next_order(model, seen, forecast)
    return Outlook(
        tuple(value.quantile(level) for level in model.value_levels),
        tuple(order.days_until(level) for level in model.wait_levels),
    )


def value_distribution(
    model: HybridModel, seen: Customers, forecast: Forecast
) -> ValueDistribution:
    """Return the distribution of each customer's value in the horizon."""
    season = model.base.season
    return ValueDistribution.of(
        model.base, seen.seen_in(season), season.weeks_ahead(seen.day, model.horizon_days),
        no_order=forecast.no_order, value=forecast.value,
    )  # fmt: skip


def next_order(model: HybridModel, seen: Customers, forecast: Forecast) -> NextOrder:
    """Return the wait of each customer for the next order."""
    expected = model.expect(seen)
    stated = forecast.orders / np.maximum(1 - forecast.no_order, _LEAST)
    usual = expected.orders / np.maximum(1 - expected.no_order, _LEAST)
    return NextOrder(
        model.base, seen.seen_in(model.base.season), seen.day, model.horizon_days, stated / usual
    )
