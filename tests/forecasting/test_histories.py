"""Histories in operational weeks, from features in days."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.histories import Histories, histories
from forecasting.season import NO_SEASON, Season

DAY = int(np.datetime64("2024-07-01").astype(int))


def of_days(frequency: float, recency: float, T: float, season: Season = NO_SEASON) -> Histories:
    columns = (np.array([value]) for value in (frequency, recency, T, 20.0))
    return histories(*columns, day=DAY, season=season)


def test_a_purchase_took_place_in_the_middle_of_its_day() -> None:
    seen = of_days(3, 70, 140)
    assert (seen.x[0], seen.t_x[0], seen.T[0]) == (3, 10, pytest.approx((140 - 0.5) / 7))
    assert seen.mean_value[0] == 20


def test_a_first_purchase_of_yesterday_is_half_a_day_old() -> None:
    seen = of_days(0, 0, 1)
    assert (seen.t_x[0], seen.T[0]) == (0, pytest.approx(0.5 / 7))


def test_the_last_purchase_is_never_later_than_the_snapshot() -> None:
    seen = of_days(1, 9, 10)
    assert 0 < seen.t_x[0] < seen.T[0]


def test_time_passes_as_the_season_says() -> None:
    """Half the year is thrice as busy as the other: July 1 lies between both."""
    index = np.where(np.arange(366) < 182, 1.5, 0.5)
    seen = of_days(1, 100, 100, Season(tuple(index)))
    assert seen.T[0] == pytest.approx(1.5 * 99.5 / 7, rel=0.01)
    assert seen.t_x[0] == pytest.approx(seen.T[0])


def test_rows_are_taken_together() -> None:
    seen = Histories(*(np.arange(5.0) + place for place in range(4)))
    some = seen.take(slice(None, None, 2))
    assert len(seen) == 5
    np.testing.assert_array_equal([some.x, some.t_x], [[0, 2, 4], [1, 3, 5]])
    np.testing.assert_array_equal([some.T, some.mean_value], [[2, 4, 6], [3, 5, 7]])
