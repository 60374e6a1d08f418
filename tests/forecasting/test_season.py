"""A planted year is found again, and growth is not taken for one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecasting.season import (
    NO_SEASON,
    DailyOrders,
    Days,
    Floats,
    Season,
    day_of_year,
    learn_season,
)

START = int(np.datetime64("2021-03-01").astype(int))
YEAR = 2 * np.pi / 365.25
# A customer makes an order in about ten days at first, and fewer and fewer.
BY_AGE = 20 * np.log1p(np.arange(2001) / 200)


def day(text: str) -> int:
    return int(np.datetime64(text).astype(int))


def wave(days: Days) -> Floats:
    """Return how busy days are: most so in the middle of March, least in September."""
    return np.asarray(1 + 0.4 * np.sin(YEAR * day_of_year(days)))


def orders(count: int, arrivals: Floats, level: Floats | float, *, seed: int = 1) -> DailyOrders:
    """Return order days of customers who behave as `BY_AGE` says, times `level` on each day."""
    due = np.convolve(arrivals, np.diff(BY_AGE))[:count]
    random = np.random.default_rng(seed)
    return DailyOrders(START, arrivals, random.poisson(due * level).astype(np.float64))


def test_a_planted_season_is_found_again() -> None:
    days = np.arange(1000)
    season = learn_season(orders(1000, np.full(1000, 20.0), wave(START + days)), BY_AGE)
    index = np.array(season.index)
    planted = 1 + 0.4 * np.sin(YEAR * np.arange(366))
    assert index.mean() == pytest.approx(1)
    assert np.abs(index - planted).max() < 0.06
    assert np.corrcoef(index, planted)[0, 1] > 0.99


def test_the_turn_of_the_year_is_no_edge() -> None:
    """A peak that begins in December goes on in January."""
    days = START + np.arange(1000)
    apart = np.minimum(day_of_year(days), 365.25 - day_of_year(days))
    season = learn_season(
        orders(1000, np.full(1000, 20.0), 1 + np.exp(-((apart / 20) ** 2))), BY_AGE
    )
    index = np.array(season.index)
    assert index[0] == pytest.approx(index[-1], rel=0.02)
    assert index[[0, 365]].min() > 1.5
    assert index.argmax() in {*range(15), *range(351, 366)}


def test_less_than_a_year_and_a_month_is_no_season() -> None:
    days = np.arange(399)
    made = orders(399, np.full(399, 20.0), wave(START + days))
    assert learn_season(made, BY_AGE) == NO_SEASON
    longer = orders(400, np.full(400, 20.0), wave(START + np.arange(400)))
    assert learn_season(longer, BY_AGE) != NO_SEASON


@pytest.mark.parametrize("years", [1.2, 2, 3])
def test_more_and_more_customers_are_no_season(years: float) -> None:
    count = int(365.25 * years)
    arrivals = 5 * np.exp(np.arange(count) / 400)
    index = np.array(learn_season(orders(count, arrivals, 1.0), BY_AGE).index)
    assert np.abs(index - 1).max() < 0.08


def test_years_in_which_all_order_more_are_no_season() -> None:
    count = 1461
    years_back = (count - 1 - np.arange(count)) // 365.25
    growing = orders(count, np.full(count, 20.0), np.power(1.5, 4 - years_back))
    index = np.array(learn_season(growing, BY_AGE).index)
    assert np.abs(index - 1).max() < 0.06


def test_a_few_orders_make_no_season() -> None:
    few = orders(800, np.full(800, 0.05), wave(START + np.arange(800)))
    index = np.array(learn_season(few, BY_AGE).index)
    assert few.repeat_orders.sum() > 100
    assert np.abs(index - 1).max() < 0.25


WAVE = Season(tuple(1 + 0.4 * np.sin(YEAR * np.arange(366))))


@pytest.mark.parametrize("season", [NO_SEASON, WAVE])
def test_time_goes_forward_and_every_four_years_alike(season: Season) -> None:
    days = np.arange(day("1995-01-01"), day("2035-01-01"))
    weeks = season.weeks(days)
    assert (np.diff(weeks) > 0).all()
    cycles = weeks[1461:] - weeks[:-1461]
    np.testing.assert_allclose(cycles, cycles[0], rtol=1e-9)
    assert cycles[0] == pytest.approx(1461 / 7, rel=1e-3)
    assert season.weeks(day("2000-01-01")) == 0


def test_a_day_lasts_as_long_as_it_is_busy() -> None:
    for text in ("2024-03-15", "2024-09-15", "2023-12-31", "2024-02-29"):
        elapsed = WAVE.weeks_ahead(day(text), 1)
        assert elapsed * 7 == pytest.approx(WAVE.index[day_of_year(np.array([day(text)]))[0]])
    middle = WAVE.weeks(day("2024-03-15") + 0.5)
    assert middle == pytest.approx(
        (WAVE.weeks(day("2024-03-15")) + WAVE.weeks(day("2024-03-16"))) / 2
    )


def test_without_a_season_a_week_has_seven_days() -> None:
    assert NO_SEASON.weeks_ahead(day("2024-05-01"), 91) == 13
    assert NO_SEASON.weeks(day("2000-01-08")) == 1


def test_the_day_of_the_year_is_that_of_the_calendar_to_a_day() -> None:
    for ordinal in range(date(2019, 1, 1).toordinal(), date(2025, 1, 1).toordinal()):
        calendar = date.fromordinal(ordinal)
        number = day_of_year(np.array([day(str(calendar))]))[0]
        expected = (calendar - date(calendar.year, 1, 1)).days
        assert min(abs(number - expected), 365 - abs(number - expected)) <= 1


def test_days_before_a_date_are_strictly_before_it() -> None:
    made = orders(50, np.ones(50), 1.0)
    assert len(made.before(START + 10)) == 10
    assert len(made.before(START)) == 0
    assert len(made.before(START - 5)) == 0
    assert len(made.before(START + 500)) == 50
