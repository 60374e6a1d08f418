"""Two models of one base, together, in the time of its season."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from forecasting.beta_geometric import BetaGeometric
from forecasting.customer_base import CustomerBase, season_of
from forecasting.gamma_gamma import GammaGamma
from forecasting.histories import Histories, histories
from forecasting.pareto import ParetoNbd
from forecasting.season import NO_SEASON, DailyOrders, Floats, Season
from tests.forecasting.made import simulate

BASE = CustomerBase(
    BetaGeometric(0.8, 6.0, 0.9, 3.0), ParetoNbd(0.8, 6.0, 0.9, 12.0), GammaGamma(4.0, 4.0, 30.0),
    NO_SEASON,
)  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> Histories:
    random = np.random.default_rng(1)
    made = simulate(BASE.mbg, random.uniform(5, 100, 3000), random)
    return replace(made, mean_value=random.lognormal(3, 0.5, 3000))


def test_orders_are_the_mean_of_logarithms_at_the_level_of_both_totals(seen: Histories) -> None:
    base = CustomerBase.fit(seen, season=NO_SEASON, weeks=20.0)
    expected = base.expect(seen, 20.0)
    models = (base.mbg, base.pareto)
    each = [np.maximum(model.expected_orders(seen, 20.0), 1e-6) for model in models]
    middle = np.exp(np.mean(np.log(each), axis=0))
    np.testing.assert_allclose(expected.orders / middle, base.level)
    assert expected.orders.sum() == pytest.approx((each[0].sum() + each[1].sum()) / 2)
    assert 1 <= base.level < 1.05


def test_the_chance_of_no_order_is_the_mean_of_log_odds(seen: Histories) -> None:
    expected = BASE.expect(seen, 20.0)
    chances = [model.p_no_order(seen, 20.0) for model in (BASE.mbg, BASE.pareto)]
    log_odds = np.mean([np.log(chance / (1 - chance)) for chance in chances], axis=0)
    np.testing.assert_allclose(expected.no_order, 1 / (1 + np.exp(-log_odds)), atol=2e-5)


def test_value_is_orders_times_what_each_is_worth(seen: Histories) -> None:
    expected, halved = (replace(BASE, value_share=share).expect(seen, 20.0) for share in (1.0, 0.5))
    np.testing.assert_allclose(
        expected.order_value, BASE.gamma_gamma.expected_value(seen.x + 1, seen.mean_value)
    )
    np.testing.assert_allclose(expected.value, expected.orders * expected.order_value)
    np.testing.assert_allclose(halved.value, expected.value / 2)


def test_what_both_models_say_apart_adds_up_to_nothing_but_the_level(seen: Histories) -> None:
    expected = BASE.expect(seen, 20.0)
    np.testing.assert_allclose(expected.log_mbg + expected.log_pareto, 0, atol=1e-9)
    np.testing.assert_allclose(expected.alive_mbg, BASE.mbg.p_alive(seen))
    np.testing.assert_allclose(expected.alive_pareto, BASE.pareto.p_alive(seen))


def test_a_customer_who_has_surely_left_still_has_finite_numbers() -> None:
    gone = Histories(*(np.array([each]) for each in (400.0, 60.0, 800.0, 20.0)))
    expected = BASE.expect(gone, 10.0)
    for name in ("orders", "no_order", "order_value", "log_mbg", "log_pareto"):
        assert np.isfinite(getattr(expected, name)).all()
    assert 0 < expected.no_order[0] < 1
    assert expected.orders[0] > 0


def test_what_is_expected_of_a_customer_depends_on_no_other(seen: Histories) -> None:
    some = slice(7, 40)
    np.testing.assert_array_equal(
        BASE.expect(seen.take(some), 20.0).orders, BASE.expect(seen, 20.0).orders[some]
    )


def test_a_large_base_is_fitted_to_a_part_of_it(seen: Histories) -> None:
    """Every second customer of twice as many is the same part."""
    twice = Histories(
        *(np.repeat(getattr(seen, name), 21) for name in ("x", "t_x", "T", "mean_value"))
    )
    assert len(twice) == 63_000
    found = CustomerBase.fit(twice, season=NO_SEASON, weeks=20.0)
    whole = CustomerBase.fit(seen, season=NO_SEASON, weeks=20.0)
    totals = [base.expect(seen, 20.0).orders.sum() for base in (found, whole)]
    assert totals[0] == pytest.approx(totals[1], rel=0.01)


def test_it_survives_being_stored() -> None:
    base = replace(BASE, season=Season(tuple(np.linspace(0.5, 1.5, 366))), level=1.0123)
    assert CustomerBase.from_json(json.loads(json.dumps(base.to_json()))) == base


PLANTED = Season(tuple(1 + 0.5 * np.sin(2 * np.pi / 365.25 * np.arange(366))))
BEGIN = int(np.datetime64("2022-01-01").astype(int))
DAYS = 880
# Ten weeks from the end of May: the quiet half of the year lies ahead.
AHEAD = 70


@pytest.fixture(scope="module")
def busy_and_quiet() -> tuple[DailyOrders, Floats, Floats, Floats]:
    """Return orders by day, first days, days of all orders by customer, and which are made."""
    random = np.random.default_rng(8)
    customers, most = 3000, 120
    clock = PLANTED.weeks(BEGIN + np.arange(DAYS + AHEAD + 1))
    arrival = random.uniform(clock[0], clock[DAYS], customers)
    rate = random.gamma(2.0, 0.2, customers)
    gaps = random.exponential(1.0, (customers, most)) / rate[:, None]
    gaps[:, 0] = 0.0
    weeks = arrival[:, None] + np.cumsum(gaps, axis=1)
    stays = random.geometric(random.beta(0.8, 6.0, customers))
    is_made = (np.arange(most) < stays[:, None]) & (weeks < clock[-1])
    days = np.floor(np.interp(weeks, clock, np.arange(DAYS + AHEAD + 1)))
    known = is_made & (days < DAYS)
    repeats = known.copy()
    repeats[:, 0] = False
    first = np.bincount(days[known[:, 0], 0].astype(int), minlength=DAYS)
    again = np.bincount(days[repeats].astype(int), minlength=DAYS)
    daily = DailyOrders(BEGIN, first.astype(float), again.astype(float))
    return daily, days, known, is_made & ~known


def see(days: Floats, known: Floats, season: Season) -> Histories:
    """Return the histories of customers at day `DAYS`, from their order days."""
    is_customer = known[:, 0].astype(bool)
    first = days[is_customer, 0]
    last = np.where(known, days, -1)[is_customer].max(axis=1)
    return histories(
        known[is_customer].sum(axis=1) - 1.0, last - first, DAYS - first,
        np.full(len(first), 20.0), day=BEGIN + DAYS, season=season,
    )  # fmt: skip


def test_a_base_that_orders_with_the_seasons_shows_them_and_is_forecast_better(
    busy_and_quiet: tuple[DailyOrders, Floats, Floats, Floats],
) -> None:
    daily, days, known, ahead = busy_and_quiet
    season = season_of(daily, lambda it: see(days, known, it))
    assert np.corrcoef(season.index, PLANTED.index)[0, 1] > 0.97
    truth = ahead[known[:, 0].astype(bool)].sum()
    totals = {}
    for name, it in {"with": season, "without": NO_SEASON}.items():
        seen, weeks = see(days, known, it), it.weeks_ahead(BEGIN + DAYS, AHEAD)
        base = CustomerBase.fit(seen, season=it, weeks=weeks)
        totals[name] = base.expect(seen, weeks).orders.sum() / truth - 1
    assert abs(totals["with"]) < 0.06
    assert abs(totals["with"]) < abs(totals["without"]) / 2
