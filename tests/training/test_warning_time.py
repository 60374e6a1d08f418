"""The simulation of weekly alerts, on histories small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.alerts import Budget
from training.warning_time import WarningJudgement, Watch, give_alerts, judge_warning

# Two customers in ten weeks: 0 stays silent after day 93, 1 orders every 14 days.
WEEKS = np.arange(100, 170, 7)


def _watch(*, silent_days: int = 56) -> Watch:
    week = np.repeat(WEEKS, 2)
    customer = np.tile([0, 1], len(WEEKS))
    regular = WEEKS - 1 - (WEEKS - 100) % 14
    last_order = np.column_stack([np.full(len(WEEKS), 99), regular]).ravel()
    came_back = np.tile([False, True], len(WEEKS))
    return Watch(week, customer, last_order, came_back, scored_from=95, silent_days=silent_days)


def test_nobody_is_told_of_twice_before_the_next_order() -> None:
    watch = _watch()
    score = np.where(watch.customer == 0, 1.0, 0.0)
    told = give_alerts(watch, score, Budget(count=1))
    assert watch.week[told & (watch.customer == 0)].tolist() == [100]
    # The other takes what is left of the budget, once for each of the own silences.
    others = watch.week[told & (watch.customer == 1)]
    assert others.tolist() == [107, 114, 128, 142, 156]


def test_budget_is_kept_each_week() -> None:
    watch = _watch()
    told = give_alerts(watch, np.zeros(len(watch.week)), Budget(count=1))
    assert max(np.bincount(watch.week[told])) == 1


def test_delay_precision_and_curve_are_as_counted_by_hand() -> None:
    watch = _watch()
    score = np.where(watch.customer == 0, watch.week >= 120, -1.0).astype(float)
    random = {"silence": (watch.week - watch.last_order).astype(float)}
    judged = judge_warning(
        watch, score, random, {}, budget=Budget(count=1), resamples=20, seed=1
    )  # fmt: skip
    assert judged.targets == 1
    # Customer 0 scores 0 against -1 from the first week on: told of on day 100, one day after.
    assert judged.model.delay_days == 1.0
    assert judged.model.lead_days == 55.0
    assert judged.model.found == 1.0
    assert judged.model.curve[0] == 0.0
    assert judged.model.curve[1] == 1.0
    # One alert of six was right: after it, all go to the other.
    assert judged.model.alerts == 6
    assert judged.model.precision == pytest.approx(1 / 6)


def test_who_is_never_told_of_has_the_delay_of_the_usual_rule() -> None:
    watch = _watch()
    score = np.where(watch.customer == 0, -np.inf, 1.0)
    judged = judge_warning(
        watch, score, {"same": score}, {}, budget=Budget(share=0.01), resamples=20, seed=1
    )
    assert judged.model.found == 0.0
    assert judged.model.delay_days == 56.0
    assert judged.advantage == (0.0, 0.0)
    assert not judged.is_better


def test_judgement_is_stored_as_json() -> None:
    watch = _watch()
    score = np.arange(len(watch.week), dtype=float)
    judged = judge_warning(
        watch, score, {"a": -score}, {"b": score}, budget=Budget(count=1), resamples=20, seed=1
    )
    assert WarningJudgement.from_json(judged.to_json()) == judged
