"""The same trees judged on a random split: how much better that looks than the future does.

A customer then stands on both sides, at cutoffs whose horizons overlap. What it shows beyond the
split by time is no skill; a large gap says that features or customers give the outcome away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecasting.trees import margin_output
from training.at_risk import not_lost
from training.boosting import Lesson, fit_plain
from training.model_kind import ModelKind
from training.panel import Panel
from training.settings import TrainingSettings
from training.splits import FitPlan

# As many rows show it, at little cost.
_MOST_ROWS = 10_000
_LEARNT_SHARE = 0.8


def judge_randomly(  # noqa: PLR0913 - what is learnt from, and how
    kind: ModelKind,
    panel: Panel,
    plan: FitPlan,
    *,
    lost_after_days: int | None,
    settings: TrainingSettings,
    threads: int,
) -> float | None:
    """Return the headline metric of plain trees on a fifth of the rows of a plan, drawn at random.

    They learn from the others; only customers at risk are judged. None where those who are judged,
    or those who are learnt from, all did the same.
    """
    rows = panel.labelled(plan.cutoffs, plan.learnt_days)
    random = np.random.default_rng(settings.seed)
    drawn = random.permutation(len(rows))[:_MOST_ROWS]
    learnt, rest = np.split(drawn, [int(_LEARNT_SHARE * len(drawn))])
    at_risk = not_lost(rows, lost_after_days)
    judged: npt.NDArray[np.intp] = rest[at_risk[rest]]
    followed = rows.outcomes[plan.learnt_days]
    label = kind.label(followed)
    if min(len(set(label[part])) for part in (learnt, judged)) < 2:
        return None
    weight = None if followed.weight is None else followed.weight[learnt]
    lesson = Lesson(label[learnt], np.zeros(len(learnt)), weight)
    trees, intercept = fit_plain(
        kind.target, lesson, rows.X[learnt],
        feature_names=rows.feature_names, settings=settings, threads=threads,
    )  # fmt: skip
    truth, start = label[judged], np.full(len(judged), intercept)
    stated = margin_output(trees, rows.X[judged], start)
    return kind.rank(truth, stated)(followed.weights[judged])[kind.headline]
