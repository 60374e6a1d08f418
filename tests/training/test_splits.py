"""Cutoffs never overlap what they are judged on."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import NotEnoughData
from training.splits import least_history_days, split_by_time

AS_OF = date(2024, 7, 1)


def limits(
    history: int, horizon: int, cutoffs: int, step: int, least: int, lag: int = 0
) -> dict[str, Any]:
    return {
        "as_of": AS_OF, "first_order_on": AS_OF - timedelta(days=history), "horizon_days": horizon,
        "cutoffs": cutoffs, "step_days": step, "min_history_days": least, "label_lag_days": lag,
    }  # fmt: skip


@given(
    history=st.integers(1, 1500),
    horizon=st.integers(1, 400),
    cutoffs=st.integers(1, 12),
    step=st.integers(1, 60),
    least=st.integers(1, 90),
    lag=st.integers(0, 40),
)
def test_every_label_is_mature_and_no_horizon_reaches_beyond_its_fit(
    history: int, horizon: int, cutoffs: int, step: int, least: int, lag: int
) -> None:
    wanted = limits(history, horizon, cutoffs, step, least, lag)
    late = timedelta(days=lag)
    try:
        split = split_by_time(**wanted)
    except NotEnoughData:
        assert history < 2 * horizon + least + 2 * lag
        return
    first = wanted["first_order_on"]
    for plan in split.plans:
        ends = [cutoff + timedelta(days=plan.learnt_days) for cutoff in plan.cutoffs]
        assert max(ends) == plan.as_of - late
        assert min(plan.cutoffs) >= first + timedelta(days=least)
        assert list(plan.cutoffs) == sorted(set(plan.cutoffs))
        assert 1 <= len(plan.cutoffs) <= cutoffs
        assert 1 <= plan.learnt_days <= plan.horizon_days
        assert plan.stretch == pytest.approx(plan.horizon_days / plan.learnt_days)
    assert split.final.horizon_days == horizon
    assert split.final.as_of == AS_OF
    assert split.holdout + timedelta(days=split.judged.horizon_days) == AS_OF - late
    assert all(day + timedelta(days=days) <= AS_OF - late for day, days in split.labelled)
    assert split.holdout in {day for day, _ in split.labelled}
    for day in split.trial_cutoffs:
        assert split.earlier is not None
        known_days = timedelta(days=split.judged.horizon_days) + late
        assert split.earlier.as_of <= day <= split.holdout - known_days
    assert {day for day, _ in split.labelled} | {AS_OF} == set(split.dates)


@pytest.mark.parametrize("lag", [0, 5, 60])
@pytest.mark.parametrize("least", [1, 30, 90])
@pytest.mark.parametrize("horizon", [1, 7, 28, 45, 50, 90])
def test_more_history_is_never_too_little_where_less_was_called_enough(
    horizon: int, least: int, lag: int
) -> None:
    enough = least_history_days(horizon, least, lag)
    for history in range(enough, 3 * horizon + least + 2 * lag + 10):
        split_by_time(**limits(history, horizon, 6, 30, least, lag))


@pytest.mark.parametrize("horizon", [1, 7, 28, 45, 90, 365])
@pytest.mark.parametrize("least", [1, 30, 90])
@pytest.mark.parametrize("lag", [0, 14])
def test_a_day_less_than_the_least_history_is_refused(horizon: int, least: int, lag: int) -> None:
    enough = least_history_days(horizon, least, lag)
    split_by_time(**limits(enough, horizon, 6, 30, least, lag))
    with pytest.raises(NotEnoughData):
        split_by_time(**limits(enough - 1, horizon, 6, 30, least, lag))


def test_a_long_history_is_learnt_from_by_the_whole_horizon_and_a_quarter_lies_before() -> None:
    split = split_by_time(**limits(400, 60, 6, 30, 30))
    assert (split.final.learnt_days, split.final.stretch) == (60, 1.0)
    assert split.judged.horizon_days == 60
    assert len(split.final.cutoffs) == 6
    assert split.final.cutoffs[0] >= AS_OF - timedelta(days=300)
    assert {(b - a).days for a, b in itertools.pairwise(split.final.cutoffs)} == {30}


def test_choices_are_made_at_two_cutoffs_whose_outcomes_end_before_the_holdout() -> None:
    split = split_by_time(**limits(400, 60, 6, 30, 30))
    assert split.earlier is not None
    assert split.earlier.as_of == split.holdout - timedelta(days=90)
    assert split.trial_cutoffs == (split.earlier.as_of, split.holdout - timedelta(days=60))
    assert split.earlier.cutoffs[-1] + timedelta(days=60) == split.earlier.as_of
    assert split_by_time(**limits(150, 60, 6, 30, 30)).earlier is None


def test_a_short_history_is_learnt_from_by_a_horizon_in_the_same_proportion() -> None:
    """A year ahead after 273 days of orders is learnt as 156 days after 117: both are 4 to 3."""
    plan = split_by_time(**limits(273, 365, 6, 30, 30)).final
    assert plan.learnt_days == 156
    before = 273 - plan.learnt_days
    assert plan.learnt_days / before == pytest.approx(365 / 273, rel=0.01)
    assert plan.stretch == pytest.approx(365 / 156)


def test_too_short_a_history_says_what_is_there_and_what_is_needed() -> None:
    enough = least_history_days(90, 30)
    told = rf"takes {enough} days of orders before 2024-07-01.*has 50 \(since 2024-05-12\)"
    with pytest.raises(NotEnoughData, match=told):
        split_by_time(**limits(50, 90, 6, 30, 30))
