"""How good a model is that learnt from fewer customers: whether more of them would help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from contracts.errors import NotEnoughData
from training.at_risk import who_is_judged
from training.enough import check_enough, check_value
from training.kinds import CLV
from training.lessons import Lessons
from training.models import JudgedModel
from training.panel import Panel
from training.splits import Split

_FEWEST = 100
_STEPS = (1, 2, 5)
# A draw is as small as it is; that enough of it churned and stayed is asked all the same.
_ANY_SIZE = {"min_customers": 2}


@dataclass(frozen=True)
class CurvePoint:
    """The headline metric on the holdout of a twin that learnt from so many customers."""

    customers: int
    value: float


def learning_curve(judged: JudgedModel, lessons: Lessons) -> tuple[CurvePoint, ...]:
    """Return the curve of a judged model at 100, 200, 500, 1,000 ... customers, up to all of them.

    Customers are drawn at the newest cutoff, and as large a share of them at the others; those of a
    smaller draw are in every larger one. All are judged on the same customers at risk. Draws with
    too few who churned, or who stayed, are left out.
    """
    everybody, judgement = judged.model.customers, judged.judgement
    whole = CurvePoint(everybody, judgement.metrics[judgement.headline])
    return (*_drawn(judged, lessons, everybody), whole)


def _drawn(judged: JudgedModel, lessons: Lessons, everybody: int) -> Iterator[CurvePoint]:
    kind, plan = judged.kind, judged.split.judged
    panel = lessons.panel_of(kind)
    seen = panel.customers_at(plan.as_of)
    held = panel.at([plan.as_of])
    here, _ = who_is_judged(kind, held, lessons.business, plan.horizon_days)
    weights = held.outcomes[plan.horizon_days].weights[here]
    place = np.random.default_rng(lessons.settings.seed).random(len(panel))
    alone = replace(lessons, splits={kind.name: Split(plan, plan)})
    for customers in _sizes(everybody):
        drawn = panel.rows(place < customers / everybody)
        if not _teaches(judged, drawn, lessons):
            continue
        model = alone.of(drawn, kind).model(kind, plan)
        measured = kind.rank(judged.truth, kind.stated(model.forecast(seen))[here])
        yield CurvePoint(customers, measured(weights)[kind.headline])


def _sizes(everybody: int) -> Iterator[int]:
    """Yield 100, 200, 500, 1,000 ... below a number of customers."""
    size = _FEWEST
    while size < everybody:
        yield from (step * size for step in _STEPS if step * size < everybody)
        size *= 10


def _teaches(judged: JudgedModel, drawn: Panel, lessons: Lessons) -> bool:
    """Return whether a draw has outcomes of both kinds, whatever its size."""
    plan = judged.split.judged
    rows = drawn.at(plan.cutoffs)
    try:
        check_enough(rows, plan.learnt_days, lessons.settings.model_copy(update=_ANY_SIZE))
        if judged.kind is CLV:
            check_value(rows.outcomes[plan.learnt_days])
    except NotEnoughData:
        return False
    return True
