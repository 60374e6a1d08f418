"""Plans by time: which past cutoffs a model learns from, and at which later one it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.errors import NotEnoughData

# Part of the history that lies before the oldest cutoff, where there is enough of it.
_FIRST_PART = 0.25
_LEAST_STEP_DAYS = 7


@dataclass(frozen=True)
class FitPlan:
    """What one fit learns from, as of a date.

    `[cutoff, cutoff + learnt_days)` of every cutoff ends at least `label_lag_days` before `as_of`,
    so no label can still change. `learnt_days` is `horizon_days`, or less where the history does
    not hold two horizons: the trees then learn how a shorter future follows from a shorter past, in
    the same proportion. Cutoffs are oldest first.
    """

    as_of: date
    horizon_days: int
    learnt_days: int
    cutoffs: tuple[date, ...]
    label_lag_days: int = 0

    @property
    def stretch(self) -> float:
        """The horizon over the one learnt from."""
        return self.horizon_days / self.learnt_days


@dataclass(frozen=True)
class Split:
    """The plan of the model that scores, and of its twin that is judged.

    The twin is fitted as of the holdout cutoff; what it is judged by follows in
    `[holdout, holdout + judged.horizon_days)`, which ends the lag of labels before the date of the
    run. `earlier` is the
    plan of a model by which choices are made before that; its two `trial_cutoffs` are its date and
    one later, and what follows them ends at the holdout. None where the history is too short.
    """

    final: FitPlan
    judged: FitPlan
    earlier: FitPlan | None = None

    @property
    def holdout(self) -> date:
        """The cutoff that no fit of the twin has seen beyond."""
        return self.judged.as_of

    @property
    def dates(self) -> tuple[date, ...]:
        """All dates at which features are needed, oldest first."""
        dates = {day for plan in self.plans for day in (*plan.cutoffs, plan.as_of)}
        return tuple(sorted(dates | set(self.trial_cutoffs)))

    @property
    def plans(self) -> tuple[FitPlan, ...]:
        """All plans there are."""
        return tuple(plan for plan in (self.final, self.judged, self.earlier) if plan)

    @property
    def trial_cutoffs(self) -> tuple[date, ...]:
        """The two cutoffs at which choices are made, none where there is no earlier plan."""
        if self.earlier is None:
            return ()
        known_days = self.earlier.horizon_days + self.earlier.label_lag_days
        return (self.earlier.as_of, self.holdout - timedelta(days=known_days))

    @property
    def labelled(self) -> tuple[tuple[date, int], ...]:
        """All cutoffs whose outcome is needed, with the days it takes, oldest first."""
        learnt = {(cutoff, plan.learnt_days) for plan in self.plans for cutoff in plan.cutoffs}
        tried = {(cutoff, self.judged.horizon_days) for cutoff in self.trial_cutoffs}
        return tuple(sorted(learnt | tried | {(self.holdout, self.judged.horizon_days)}))


def split_by_time(  # noqa: PLR0913 - the facts of a plan, all named
    *,
    as_of: date,
    first_order_on: date,
    horizon_days: int,
    cutoffs: int,
    step_days: int,
    min_history_days: int,
    label_lag_days: int = 0,
) -> Split:
    """Return the plans that the history allows.

    Raises
    ------
    NotEnoughData
        The history is too short to learn from and to judge by.
    """

    def plan(day: date, days: int, count: int = cutoffs) -> FitPlan | None:
        return plan_fit(
            as_of=day, first_order_on=first_order_on, horizon_days=days, cutoffs=count,
            step_days=step_days, min_history_days=min_history_days, label_lag_days=label_lag_days,
        )  # fmt: skip

    lag = timedelta(days=label_lag_days)
    final = plan(as_of, horizon_days)
    judged = final and plan(as_of - lag - timedelta(days=final.learnt_days), final.learnt_days)
    if final is None or judged is None:
        has, needs = (
            (as_of - first_order_on).days,
            least_history_days(horizon_days, min_history_days, label_lag_days),
        )
        raise NotEnoughData(
            f"To learn and to judge takes {needs} days of orders before {as_of}; table `orders` "
            f"has {has} (since {first_order_on}). Deliver older orders, or choose a later --as-of."
        )
    before = judged.as_of - lag - timedelta(days=judged.horizon_days + step_days)
    earlier = plan(before, judged.horizon_days, max(1, cutoffs // 2))
    has_whole_horizon = earlier is not None and earlier.learnt_days == judged.horizon_days
    return Split(final, judged, earlier if has_whole_horizon else None)


def plan_fit(  # noqa: PLR0913 - the facts of a plan, all named
    *,
    as_of: date,
    first_order_on: date,
    horizon_days: int,
    cutoffs: int,
    step_days: int,
    min_history_days: int,
    label_lag_days: int = 0,
) -> FitPlan | None:
    """Return what a fit as of a date learns from, or None where nothing can be.

    A quarter of the history lies before the oldest cutoff, or `min_history_days` if that is more.
    Orders of the last `label_lag_days` may not have arrived yet: they are in no label.
    """
    known_until = as_of - timedelta(days=label_lag_days)
    history = max(0, (known_until - first_order_on).days)
    learnt = learnt_days(history, horizon_days)
    before = max(min_history_days, _FIRST_PART * history)
    room = history - learnt - before
    if learnt < 1 or history - learnt < min_history_days:
        return None
    step = max(_LEAST_STEP_DAYS, min(step_days, int(room // max(cutoffs - 1, 1))))
    count = 1 + max(0, min(cutoffs - 1, int(room // step)))
    newest = known_until - timedelta(days=learnt)
    past = tuple(newest - timedelta(days=step * place) for place in range(count - 1, -1, -1))
    return FitPlan(as_of, horizon_days, learnt, past, label_lag_days)


def learnt_days(history_days: int, horizon_days: int) -> int:
    """Return the horizon to learn from: the whole one, or one in proportion to a short history."""
    if history_days >= 2 * horizon_days:
        return horizon_days
    return history_days * horizon_days // (history_days + horizon_days)


def least_history_days(horizon_days: int, min_history_days: int, label_lag_days: int = 0) -> int:
    """Return the days of orders from which on a model can be learnt, and judged before that.

    Some fewer may do; but where the whole horizon begins to be learnt from, less is left before it
    than a day earlier, and more history must never be too little where less was called enough.
    """
    days = 3 * horizon_days + min_history_days + 2 * label_lag_days
    while _leaves_enough(days - 1, horizon_days, min_history_days, label_lag_days):
        days -= 1
    return days


def _leaves_enough(
    history_days: int, horizon_days: int, min_history_days: int, label_lag_days: int
) -> bool:
    known_days = max(0, history_days - label_lag_days)
    of_final = learnt_days(known_days, horizon_days)
    before = max(0, known_days - of_final - label_lag_days)
    of_judged = learnt_days(before, of_final)
    return of_judged >= 1 and before - of_judged >= min_history_days
