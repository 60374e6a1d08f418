"""The wait for the next order, of those who order within the horizon."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.beta_geometric import BetaGeometric
from forecasting.customer_base import CustomerBase
from forecasting.gamma_gamma import GammaGamma
from forecasting.histories import Histories
from forecasting.next_order import NextOrder
from forecasting.pareto import ParetoNbd
from forecasting.season import NO_SEASON, Season

DAY = int(np.datetime64("2024-07-01").astype(int))
HORIZON_DAYS = 90
BUSY_AUTUMN = Season(tuple(1 - 0.6 * np.sin(2 * np.pi / 365.25 * np.arange(366))))
SEEN = Histories(
    np.array([0.0, 0, 2, 9, 40]), np.array([0.0, 0, 12, 30, 70]),
    np.array([3.0, 40, 20, 31, 71]), np.full(5, 20.0),
)  # fmt: skip


def waits(seen: Histories = SEEN, *, season: Season = NO_SEASON, faster: float = 1.0) -> NextOrder:
    base = CustomerBase(
        BetaGeometric(0.8, 6.0, 0.9, 5.0), ParetoNbd(0.8, 6.0, 0.9, 16.0),
        GammaGamma(4.0, 5.0, 30.0), season,
    )  # fmt: skip
    return NextOrder(base, seen, DAY, HORIZON_DAYS, np.full(len(seen), faster))


@pytest.mark.parametrize("season", [NO_SEASON, BUSY_AUTUMN])
def test_days_are_whole_within_the_horizon_and_later_at_a_higher_level(season: Season) -> None:
    points = np.array([waits(season=season).days_until(level) for level in (0, 0.1, 0.5, 0.9, 1)])
    assert (points == np.floor(points)).all()
    assert ((points >= 0) & (points < HORIZON_DAYS)).all()
    assert (np.diff(points, axis=0) >= 0).all()
    assert (points[-1] == HORIZON_DAYS - 1).all()


@pytest.mark.parametrize("season", [NO_SEASON, BUSY_AUTUMN])
@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_the_place_of_a_day_is_the_level_it_was_read_at_but_for_the_day_itself(
    season: Season, level: float
) -> None:
    order = waits(season=season)
    days = order.days_until(level)
    before, after = order.places(days - 1), order.places(days + 1)
    assert ((before < level) & (level < after)).all()


def test_who_did_not_order_has_no_place() -> None:
    found = waits().places(np.array([0.0, np.nan, 5.0, np.nan, 89.0]))
    np.testing.assert_array_equal(np.isnan(found), [False, True, False, True, False])
    assert np.nanmax(found) < 1


@pytest.mark.parametrize("season", [NO_SEASON, BUSY_AUTUMN])
def test_waits_of_customers_of_the_base_have_even_places(season: Season) -> None:
    many, random = 40_000, np.random.default_rng(4)
    x, T = 3.0, 16.0
    seen = Histories(*(np.full(many, each) for each in (x, 15.0, T, 20.0)))
    order = waits(seen, season=season)
    rate = random.gamma(0.8 + x, 1 / (6.0 + T), many)
    weeks = random.exponential(1.0, many) / rate
    ahead = np.arange(HORIZON_DAYS + 1)
    clock = season.weeks(DAY + ahead) - season.weeks(DAY)
    orders = weeks < clock[-1]
    days = np.floor(np.interp(weeks, clock, ahead))
    places = order.places(np.where(orders, days, np.nan))[orders]
    tenths = np.histogram(places, np.linspace(0, 1, 11))[0] / orders.sum()
    # A day holds up to 4 % of all waits, on either side of an edge.
    np.testing.assert_allclose(tenths, 0.1, atol=0.03)
    stated = [order.days_until(level)[0] for level in (0.1, 0.5, 0.9)]
    np.testing.assert_allclose(stated, np.quantile(days[orders], [0.1, 0.5, 0.9]), atol=1)


def test_who_is_expected_to_order_more_often_orders_sooner() -> None:
    usual, faster = (waits(faster=each).days_until(0.5) for each in (1.0, 3.0))
    assert (faster <= usual).all()
    assert faster.sum() < usual.sum()


def test_orders_wait_for_the_busy_season() -> None:
    """September is busier than July: of who orders in either, more than usual do so late."""
    even, seasonal = (waits(season=each).days_until(0.5) for each in (NO_SEASON, BUSY_AUTUMN))
    assert (seasonal[:3] > even[:3]).all()
