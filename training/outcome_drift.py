"""What followed each past cutoff on average, and whether the newest is unlike those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import t

from training.at_risk import not_lost
from training.model_kind import ModelKind
from training.panel import Panel, weighted_mean
from training.splits import FitPlan

# The newest is outside of what those before it let expect only so seldom by chance.
_CHANCE = 0.05
# Fewer do not show how much they differ by themselves.
_FEWEST_BEFORE = 3


@dataclass(frozen=True)
class MeanOutcome:
    """The mean of a label of the customers at risk at a cutoff: a share of churn, or money each.

    `error` is its standard error.
    """

    cutoff: date
    customers: int
    mean: float
    error: float


def mean_outcomes(
    kind: ModelKind, panel: Panel, plan: FitPlan, *, lost_after_days: int | None
) -> tuple[MeanOutcome, ...]:
    """Return what followed the cutoffs of a plan, oldest first; of customers who were not lost."""
    found = []
    for cutoff in plan.cutoffs:
        rows = panel.labelled([cutoff], plan.learnt_days)
        followed = rows.outcomes[plan.learnt_days].rows(not_lost(rows, lost_after_days))
        label, weights = kind.label(followed), followed.weights
        if len(label):
            mean = weighted_mean(label, followed.weight)
            error = float(np.sqrt((weights**2 * (label - mean) ** 2).sum()) / weights.sum())
            found.append(MeanOutcome(cutoff, len(label), mean, error))
    return tuple(found)


def expected_before(outcomes: Sequence[MeanOutcome]) -> tuple[float, float] | None:
    """Return where the newest mean is expected by those before it, in 95 of 100 cases.

    The prediction interval of one more draw beside k normal ones, widened by the error of the
    newest itself. None where there are too few before it.
    """
    *before, newest = outcomes
    if len(before) < _FEWEST_BEFORE:
        return None
    means = np.array([each.mean for each in before])
    spread = means.var(ddof=1) * (1 + 1 / len(means)) + newest.error**2
    reach = float(t.isf(_CHANCE / 2, len(means) - 1) * np.sqrt(spread))
    return float(means.mean()) - reach, float(means.mean()) + reach


def outcome_alarm(outcomes: Sequence[MeanOutcome]) -> str | None:
    """Return what to tell where the newest outcome is unlike those before it, else None."""
    if not outcomes or (expected := expected_before(outcomes)) is None:
        return None
    low, high = expected
    newest = outcomes[-1]
    if low <= newest.mean <= high:
        return None
    return (
        f"what followed {newest.cutoff} ({newest.mean:.3g} on average) is unlike what followed the "
        f"{len(outcomes) - 1} cutoffs before it ({low:.3g} to {high:.3g} was to be expected)"
    )
