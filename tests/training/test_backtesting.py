"""Origins have a whole horizon before them to learn from, and one after them to be judged by."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from contracts.errors import NotEnoughData
from training.backtesting import plan_origins
from training.settings import TrainingSettings
from training.splits import FitPlan

FIRST_ORDER = date(2023, 1, 1)
AS_OF = date(2024, 12, 31)


def planned(first: date, last: date = AS_OF, every_days: int = 30) -> tuple[FitPlan, ...]:
    return plan_origins(
        first, last, every_days=every_days, as_of=AS_OF, first_order_on=FIRST_ORDER,
        horizon_days=90, settings=TrainingSettings(),
    )  # fmt: skip


def test_origins_follow_each_other_up_to_the_last_mature_one() -> None:
    plans = planned(date(2024, 1, 1))
    origins = [plan.as_of for plan in plans]
    assert origins[0] == date(2024, 1, 1)
    assert {later - sooner for sooner, later in pairwise(origins)} == {timedelta(days=30)}
    assert AS_OF - timedelta(days=120) < origins[-1] <= AS_OF - timedelta(days=90)


def test_a_range_ends_where_it_is_told_to() -> None:
    assert [plan.as_of for plan in planned(date(2024, 1, 1), date(2024, 2, 15))] == [
        date(2024, 1, 1), date(2024, 1, 31),
    ]  # fmt: skip


def test_no_origin_learns_from_what_came_after_it() -> None:
    for plan in planned(date(2023, 1, 1)):
        assert plan.learnt_days == 90
        assert max(plan.cutoffs) + timedelta(days=90) <= plan.as_of
        assert plan.as_of >= FIRST_ORDER + timedelta(days=180)


def test_a_range_without_any_origin_says_where_they_could_lie() -> None:
    with pytest.raises(
        NotEnoughData, match=r"at 2023-06-30 at the earliest.*at 2024-10-02 at the latest"
    ):
        planned(date(2024, 11, 1))
