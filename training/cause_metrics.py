"""How well each cause of leaving a contract is predicted, beside leaving at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from forecasting.churn import Statement
from forecasting.contracts import LeavingForecast
from training.judgement import Judgement, measure_alone
from training.metrics import churn_calibration, churn_ranking
from training.panel import Outcomes
from training.settings import TrainingSettings


def with_causes(
    judgement: Judgement,
    stated: Statement,
    followed: Outcomes,
    *,
    here: npt.NDArray[np.bool_],
    settings: TrainingSettings,
) -> Judgement:
    """Return the judgement with metrics and intervals of each cause, as in `voluntary_auc`.

    `here` says which of the customers of `stated` are those of `followed`, who are judged. A cause
    by which nobody left has none, nor has a forecast without causes.
    """
    if not isinstance(stated, LeavingForecast):
        return judgement
    judged = stated.rows(here)
    metrics, intervals = dict(judgement.metrics), dict(judgement.intervals)
    for cause, has_left in followed.causes.items():
        if not 0 < has_left.sum() < len(has_left):
            continue
        measured, ends = measure_alone(
            has_left, judged.of(cause), churn_ranking, churn_calibration,
            resamples=settings.bootstrap_rounds, seed=settings.seed, weight=followed.weight,
        )  # fmt: skip
        metrics |= {f"{cause}_{name}": value for name, value in measured.items()}
        intervals |= {f"{cause}_{name}": each for name, each in ends.items()}
    return replace(judgement, metrics=metrics, intervals=intervals)
