"""Operational time: a day counts for more where customers order more, for less where they rest.

In it purchases are an even process, so models without seasons hold across the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

DAYS_PER_WEEK = 7.0
_YEAR = 365.25
# Four years: after so many days the day of the year returns exactly.
_CYCLE = 1461
_ORIGIN = int(np.datetime64("2000-01-01").astype(int))
_PLACES = 366


@dataclass(frozen=True)
class Season:
    """How busy each day of the year is, against the mean of a year: 366 factors, or none at all.

    Days are counted from 1970-01-01.
    """

    index: tuple[float, ...] = ()

    def weeks(self, days: npt.ArrayLike) -> Floats:
        """Return operational weeks from 2000-01-01 to the beginning of each day."""
        since = np.asarray(days, dtype=np.float64) - _ORIGIN
        if not self.index:
            return since / DAYS_PER_WEEK
        cycles = np.floor(since / _CYCLE)
        whole = self._elapsed[-1] * cycles
        within = np.interp(since - cycles * _CYCLE, np.arange(_CYCLE + 1), self._elapsed)
        return np.asarray((whole + within) / DAYS_PER_WEEK)

    def weeks_ahead(self, day: int, days: int) -> float:
        """Return the operational weeks of the `days` that begin at a day."""
        begin, end = self.weeks([day, day + days])
        return float(end - begin)

    @cached_property
    def _elapsed(self) -> Floats:
        """Operational days from the start of a cycle to the beginning of each of its days."""
        factors = np.asarray(self.index)[day_of_year(np.arange(_CYCLE) + _ORIGIN)]
        return np.concatenate([[0.0], np.cumsum(factors)])


NO_SEASON = Season()


@dataclass(frozen=True)
class DailyOrders:
    """Order days of all customers by calendar day, without a break.

    `first_orders` counts the customers whose first order day it was, `repeat_orders` those who had
    ordered before. Entry 0 is the day `start`, counted from 1970-01-01.
    """

    start: int
    first_orders: Floats
    repeat_orders: Floats

    def before(self, day: int) -> DailyOrders:
        """Return the days strictly before `day`."""
        count = max(0, day - self.start)
        return DailyOrders(self.start, self.first_orders[:count], self.repeat_orders[:count])

    def __len__(self) -> int:
        return len(self.first_orders)


def day_of_year(days: Days) -> Days:
    """Return 0 to 365 for each day."""
    return ((days - _ORIGIN) % _YEAR).astype(np.int64)


# Less than a year and a month tells season from growth no more.
MIN_SEASON_DAYS = 400
_BANDWIDTH_DAYS = 10.0
# The first weeks of a base hold next to no repeat orders.
_BURN_IN_DAYS = 30
# Orders added to both sides, so that quiet days of a small base do not swing the index.
_PRIOR_ORDERS = 200.0
_MOST_OF_A_YEAR = 330


def learn_season(orders: DailyOrders, expected_by_age: Floats) -> Season:
    """Return repeat orders per day of the year over those a base without seasons would make.

    `expected_by_age[k]` is how many repeat orders a customer makes on the average by the age of `k`
    days. Customers of all days together are expected to order as their ages say; each whole past
    year is brought to its own level first, so that growth does not pass for season. Smoothed by
    ten days (Gaussian); mean 1. `NO_SEASON` where the history is shorter than 400 days.
    """
    if len(orders) < MIN_SEASON_DAYS:
        return NO_SEASON
    per_age = np.diff(expected_by_age[: len(orders) + 1])
    expected = _convolved(orders.first_orders, per_age)
    used = np.arange(len(orders)) >= _BURN_IN_DAYS
    level = _yearly_level(orders.repeat_orders, expected, used)
    days = orders.start + np.arange(len(orders))
    weights = _kernel()[:, day_of_year(days[used])]
    observed = weights @ orders.repeat_orders[used] + _PRIOR_ORDERS
    index = observed / (weights @ (expected * level)[used] + _PRIOR_ORDERS)
    return Season(tuple((index / index.mean()).tolist()))


def _convolved(first_orders: Floats, per_age: Floats) -> Floats:
    """Return expected repeat orders per day: of those who came `k` days before, `per_age[k]`."""
    size = 2 * len(first_orders)
    spectrum = np.fft.rfft(first_orders, size) * np.fft.rfft(per_age, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(first_orders)])


def _yearly_level(observed: Floats, expected: Floats, used: npt.NDArray[np.bool_]) -> Floats:
    """Return observed over expected by year back from the end; the oldest whole year's before."""
    level = np.full(len(observed), np.nan)
    years_back = (len(observed) - 1 - np.arange(len(observed))) // _YEAR
    for year in np.unique(years_back):
        days = (years_back == year) & used
        if days.sum() > _MOST_OF_A_YEAR:
            level[years_back == year] = observed[days].sum() / max(expected[days].sum(), 1e-9)
    known = level[np.isfinite(level)]
    return np.where(np.isfinite(level), level, known[0] if len(known) else 1.0)


def _kernel() -> Floats:
    """Return (366, 366) weights of days of the year for each other, around the turn of the year."""
    places = np.arange(_PLACES)
    apart = np.abs(places[:, None] - places[None, :])
    apart = np.minimum(apart, _YEAR - apart)
    return np.asarray(np.exp(-0.5 * (apart / _BANDWIDTH_DAYS) ** 2))
