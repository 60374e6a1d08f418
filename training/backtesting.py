"""The rolling origin: the same procedure judged at many past dates, each as if it were then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contracts.errors import NotEnoughData
from training.judgement import Interval, Judgement
from training.kinds import kind_of
from training.lessons import Lessons
from training.models import judge_out_of_time
from training.settings import TrainingSettings
from training.splits import FitPlan, Split, plan_fit


@dataclass(frozen=True)
class BacktestRow:
    """One metric of one approach at one origin; `interval` is known of the model only."""

    origin: date
    model: str
    approach: str
    metric: str
    value: float
    interval: Interval | None = None


def plan_origins(  # noqa: PLR0913 - a range of dates, and the facts of a plan
    first: date,
    last: date,
    *,
    every_days: int,
    as_of: date,
    first_order_on: date,
    horizon_days: int,
    settings: TrainingSettings,
) -> tuple[FitPlan, ...]:
    """Return the plans of all origins from `first` to `last`, oldest first.

    Origins whose outcome is not known by `as_of`, or that have too little history before them to
    learn from the whole horizon, are left out.

    Raises
    ------
    NotEnoughData
        None is left.
    """
    known_days = horizon_days + settings.label_lag_days
    newest = min(last, as_of - timedelta(days=known_days))
    count = max(0, (newest - first).days // every_days + 1)
    plans = [
        plan_fit(
            as_of=first + timedelta(days=every_days * place),
            first_order_on=first_order_on, horizon_days=horizon_days, cutoffs=settings.cutoffs,
            step_days=settings.cutoff_step_days, min_history_days=settings.min_history_days,
            label_lag_days=settings.label_lag_days,
        )
        for place in range(count)
    ]  # fmt: skip
    whole = tuple(plan for plan in plans if plan and plan.learnt_days == horizon_days)
    if not whole:
        earliest = first_order_on + timedelta(days=2 * horizon_days + settings.label_lag_days)
        raise NotEnoughData(
            f"No origin from {first} to {newest} can be judged on a horizon of {horizon_days} "
            f"days: origins lie at {earliest} at the earliest, as the orders begin on "
            f"{first_order_on}, and at {as_of - timedelta(days=known_days)} at the latest."
        )
    return whole


def judge_origins(
    lessons: Lessons,
    origins: Sequence[tuple[str, FitPlan]],
    *,
    tell: Callable[[str, date, Judgement], None],
) -> tuple[BacktestRow, ...]:
    """Return all metrics of the models, given by name, at their origins; `tell` hears of each."""
    rows: list[BacktestRow] = []
    for name, plan in origins:
        kind = kind_of(name, lessons.business)
        then = replace(lessons, splits={name: Split(final=plan, judged=plan)})
        judgement = judge_out_of_time(kind, then.of(lessons.panel_of(kind), kind)).judgement
        rows.extend(_rows(name, plan.as_of, judgement))
        tell(name, plan.as_of, judgement)
    return tuple(rows)


def _rows(model: str, origin: date, judgement: Judgement) -> Iterator[BacktestRow]:
    for metric, value in judgement.metrics.items():
        yield BacktestRow(origin, model, "hybrid", metric, value, judgement.intervals[metric])
    for approach, metrics in {**judgement.rules, **judgement.peers}.items():
        for metric, value in metrics.items():
            yield BacktestRow(origin, model, approach, metric, value)
