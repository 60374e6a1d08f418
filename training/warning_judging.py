"""Judges early warning: a twin, fitted before the weeks it is judged in, beside the usual rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forecasting.alerts import Budget, rank_score
from forecasting.beta_geometric import BetaGeometric
from forecasting.customers import Customers
from forecasting.season import NO_SEASON, Floats
from forecasting.silence import SilenceBase
from forecasting.warning import WarningModel
from training.silences import Silences
from training.warning import WarningLessons, fit_warning
from training.warning_plan import WARM_UP_WEEKS
from training.warning_time import WarningJudgement, Watch, judge_warning

_FEWEST_TARGETS = 20


@dataclass(frozen=True)
class JudgedWarning:
    """A twin of the warning model, fitted on the first of the weeks it is judged in."""

    model: WarningModel
    judgement: WarningJudgement


def judge_twin(
    lessons: WarningLessons, weekly: Silences, *, resamples: int
) -> JudgedWarning | None:
    """Return the twin and its warning time; None where hardly anybody left in its weeks.

    `weekly` are the silences of watched customers in those weeks, and which orders followed up to
    the end of the data.
    """
    watch = watch_of(weekly, lessons.settings.silent_days)
    if len(watch.targets[0]) < _FEWEST_TARGETS:
        return None
    day = int(weekly.snapshot.min())
    model = fit_warning(lessons, day)
    settings = lessons.settings
    score = rank_score(
        _by_snapshot(weekly, model.p_left),
        weekly.feature("days_since_last_order"),
        until=settings.silent_days, lead_exponent=settings.lead_exponent,
    )  # fmt: skip
    judgement = judge_warning(
        watch,
        score,
        simple_rules(weekly, lessons.bases[day]),
        {"order history alone": _by_snapshot(weekly, model.base.log_odds_left)},
        budget=Budget(share=settings.budget_share),
        resamples=resamples,
        seed=lessons.seed,
    )
    return JudgedWarning(model, judgement)


def watch_of(weekly: Silences, silent_days: int) -> Watch:
    """Return what a simulation of weekly alerts sees of silences, and what became of them."""
    return Watch(
        week=weekly.snapshot,
        customer=weekly.customer,
        last_order=weekly.last_order,
        came_back=np.isfinite(weekly.next_order),
        scored_from=int(weekly.snapshot.min()) + 7 * WARM_UP_WEEKS,
        silent_days=silent_days,
    )


def simple_rules(weekly: Silences, base: Customers) -> dict[str, Floats]:
    """Return name -> score of what others would go by; higher is told of first.

    The silence, the silence by the own rhythm, and the odds of having left by a BG/NBD that is
    fitted to `base`, in calendar time as is usual.
    """
    textbook = SilenceBase(
        BetaGeometric.fit(base.seen_in(NO_SEASON), leaves_at_first=False), NO_SEASON
    )
    return {
        "silence": weekly.feature("days_since_last_order"),
        "silence by own rhythm": np.nan_to_num(weekly.feature("overdue_ratio"), nan=-np.inf),
        "BG/NBD": _by_snapshot(weekly, textbook.log_odds_left),
    }


def _by_snapshot(silences: Silences, stated: Callable[[Customers], Floats]) -> Floats:
    """Return what is stated of the customers of each snapshot, for all rows."""
    every = np.empty(len(silences))
    for rows, seen in silences.by_snapshot():
        every[rows] = stated(seen)
    return every
