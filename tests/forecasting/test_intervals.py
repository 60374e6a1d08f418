"""A distribution per customer: at zero as likely as no order is, with the mean that is stated."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.beta_geometric import BetaGeometric
from forecasting.customer_base import CustomerBase
from forecasting.gamma_gamma import GammaGamma
from forecasting.histories import Histories
from forecasting.intervals import STATED, Levels, ValueDistribution
from forecasting.pareto import ParetoNbd
from forecasting.season import NO_SEASON, Floats

BASE = CustomerBase(
    BetaGeometric(0.8, 6.0, 0.9, 5.0), ParetoNbd(0.8, 6.0, 0.9, 16.0), GammaGamma(4.0, 5.0, 30.0),
    NO_SEASON,
)  # fmt: skip
WEEKS = 26.0
SEEN = Histories(
    np.array([0.0, 0, 2, 9, 40, 300]), np.array([0.0, 0, 12, 30, 70, 150]),
    np.array([3.0, 40, 20, 31, 71, 151]), np.array([20.0, 35, 25, 30, 22, 40]),
)  # fmt: skip
LEVELS = np.linspace(0.0005, 0.9995, 1000)


@pytest.fixture(scope="module")
def stated() -> tuple[Floats, Floats]:
    expected = BASE.expect(SEEN, WEEKS)
    return expected.no_order, expected.value


@pytest.fixture(scope="module")
def spread(stated: tuple[Floats, Floats]) -> ValueDistribution:
    no_order, value = stated
    return ValueDistribution.of(BASE, SEEN, WEEKS, no_order=no_order, value=value)


def test_the_mean_of_the_distribution_is_the_one_stated(
    spread: ValueDistribution, stated: tuple[Floats, Floats]
) -> None:
    means = np.mean([spread.quantile(level) for level in LEVELS], axis=0)
    np.testing.assert_allclose(means, stated[1], rtol=0.02)


def test_up_to_the_chance_of_no_order_nothing_is_spent(
    spread: ValueDistribution, stated: tuple[Floats, Floats]
) -> None:
    for level in (0.05, 0.1, 0.5, 0.9):
        found = spread.quantile(level)
        np.testing.assert_array_equal(found == 0, level <= stated[0])


def test_a_higher_level_is_never_a_lower_value(spread: ValueDistribution) -> None:
    points = np.array([spread.quantile(level) for level in LEVELS])
    assert (np.diff(points, axis=0) >= 0).all()


def test_the_place_of_a_quantile_is_its_level(
    spread: ValueDistribution, stated: tuple[Floats, Floats]
) -> None:
    for level in (0.3, 0.5, 0.8, 0.95):
        some = level > stated[0]
        assert some.any()
        places = spread.places(spread.quantile(level), seed=1)
        np.testing.assert_allclose(places[some], level, atol=0.015)


def test_nothing_spent_has_a_place_at_random_below_the_chance_of_it() -> None:
    many = Histories(*(np.full(4000, each) for each in (2.0, 12.0, 20.0, 25.0)))
    no_order = np.full(4000, 0.6)
    spread = ValueDistribution.of(BASE, many, WEEKS, no_order=no_order, value=np.full(4000, 10.0))
    places = spread.places(np.zeros(4000), seed=3)
    assert ((places >= 0) & (places < 0.6)).all()
    np.testing.assert_allclose(np.quantile(places, [0.25, 0.75]), [0.15, 0.45], atol=0.02)
    np.testing.assert_array_equal(places, spread.places(np.zeros(4000), seed=3))
    np.testing.assert_array_equal(
        spread.places(np.full(4000, -5.0), seed=3), spread.places(np.zeros(4000), seed=3)
    )


@pytest.mark.parametrize(
    "history",
    [(0, 0.0, 4.0), (0, 0.0, 26.0), (3, 15.0, 16.0), (10, 45.0, 50.0), (64, 100.0, 104.0)],
)
def test_what_customers_of_the_base_spend_has_even_places(
    history: tuple[float, float, float],
) -> None:
    """Ten thousand customers with one history, who then do what MBG/NBD and Gamma-Gamma say."""
    x, t_x, T = history
    many, random = 10_000, np.random.default_rng(11)
    seen = Histories(*(np.full(many, each) for each in (x, t_x, T, 25.0)))
    alive = random.random(many) < BASE.mbg.p_alive(seen)
    orders = alive * BASE.mbg.draw_orders(x, T, WEEKS, many, random)
    paid = BASE.gamma_gamma.gamma + (x + 1) * 25.0
    has = orders > 0
    spent = np.zeros(many)
    spent[has] = paid * BASE.gamma_gamma.draw_relative_value(x + 1, orders[has], random)
    spread = ValueDistribution.of(
        BASE, seen, WEEKS, no_order=BASE.mbg.p_no_order(seen, WEEKS),
        value=BASE.mbg.expected_orders(seen, WEEKS)
        * BASE.gamma_gamma.expected_value(seen.x + 1, seen.mean_value),
    )  # fmt: skip
    places = spread.places(spent, seed=2)
    tenths = np.histogram(places, np.linspace(0, 1, 11))[0] / many
    np.testing.assert_allclose(tenths, 0.1, atol=0.02)
    assert ((places > 0.1) & (places < 0.9)).mean() == pytest.approx(0.8, abs=0.015)


def test_levels_are_learnt_where_outcomes_lay() -> None:
    places = np.linspace(0, 1, 1001) ** 2
    learnt = Levels.learn(places)
    assert list(learnt) == pytest.approx([0.01, 0.25, 0.81])
    assert Levels.from_json(learnt.to_json()) == learnt
    assert list(STATED) == [0.1, 0.5, 0.9]


def test_the_same_base_gives_the_same_quantiles(
    spread: ValueDistribution, stated: tuple[Floats, Floats]
) -> None:
    again = ValueDistribution.of(BASE, SEEN, WEEKS, no_order=stated[0], value=stated[1])
    np.testing.assert_array_equal(again.quantile(0.9), spread.quantile(0.9))
