"""Fits boosted trees, the same way for every model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
import xgboost as xgb
from scipy.special import logit

from forecasting.customers import EXPECTATION_COLUMNS, Matrix
from forecasting.trees import Target, Trees
from training.panel import Floats, weighted_mean
from training.settings import TrainingSettings

# Of fewer rows, threads spend more time waiting for each other than they save.
_ROWS_FOR_THREADS = 20_000
# Between Poisson (1) and gamma (2): many customers spend nothing, a few spend a lot.
_TWEEDIE_POWER = 1.4
# Keeps the first leaves of counts from running away.
_POISSON_MOST_STEP = 0.7
# What the order history says of leaving is soon corrected: more trees gain nothing on large bases
# and learn of small ones who happened to leave (log loss of 500 customers of CDNOW: +6 %).
_CORRECTING_ROUNDS = 0.4
_OBJECTIVES: dict[Target, dict[str, Any]] = {
    Target.NO_ORDER: {"objective": "binary:logistic"},
    Target.ORDERS: {"objective": "count:poisson", "max_delta_step": _POISSON_MOST_STEP},
    Target.VALUE: {"objective": "reg:tweedie", "tweedie_variance_power": _TWEEDIE_POWER},
}


@dataclass(frozen=True)
class Lesson:
    """One target of a panel: labels, and where correcting trees start, on the scale of the link.

    `weight` is how much each row counts; None: all the same.
    """

    label: Floats
    margin: Floats
    weight: Floats | None = None

    def intercept(self, target: Target) -> float:
        """Return the mean of the labels on the scale of the link."""
        mean = weighted_mean(self.label, self.weight)
        if target is Target.NO_ORDER:
            return float(logit(np.clip(mean, 1e-3, 1 - 1e-3)))
        return float(np.log(max(mean, 1e-6)))


def fit_trees(
    lessons: Mapping[Target, Lesson],
    X: Matrix,
    *,
    feature_names: tuple[str, ...],
    settings: TrainingSettings,
    threads: int,
) -> dict[Target, Trees]:
    """Return both sets of trees of every target.

    `X` is (rows, features and `EXPECTATION_COLUMNS`). Classes are never weighted:
    `scale_pos_weight` ruins calibration at equal ranking.
    """
    features = X[:, : len(feature_names)]
    threads = threads if len(X) >= _ROWS_FOR_THREADS else 1
    wide = _binned(X, (*feature_names, *EXPECTATION_COLUMNS), threads)
    corrections = {
        target: _boost(wide, target, each, _correcting(target, settings), threads)
        for target, each in lessons.items()
    }
    del wide
    narrow = _binned(features, feature_names, threads)
    return {
        target: Trees(corrections[target], *_plain(narrow, target, each, settings, threads))
        for target, each in lessons.items()
    }


def fit_plain(  # noqa: PLR0913 - one fit
    target: Target,
    lesson: Lesson,
    X: Matrix,
    *,
    feature_names: tuple[str, ...],
    settings: TrainingSettings,
    threads: int,
) -> tuple[xgb.Booster, float]:
    """Return plain trees alone, learnt from features only, and where they start."""
    threads = threads if len(X) >= _ROWS_FOR_THREADS else 1
    return _plain(_binned(X, feature_names, threads), target, lesson, settings, threads)


def _plain(
    matrix: xgb.QuantileDMatrix,
    target: Target,
    lesson: Lesson,
    settings: TrainingSettings,
    threads: int,
) -> tuple[xgb.Booster, float]:
    intercept = lesson.intercept(target)
    start = replace(lesson, margin=np.full(len(lesson.label), intercept))
    return _boost(matrix, target, start, settings, threads), intercept


def _correcting(target: Target, settings: TrainingSettings) -> TrainingSettings:
    """Return the settings of the trees that correct a target."""
    if target is not Target.NO_ORDER:
        return settings
    return settings.model_copy(update={"rounds": ceil(_CORRECTING_ROUNDS * settings.rounds)})


def _binned(X: Matrix, names: tuple[str, ...], threads: int) -> xgb.QuantileDMatrix:
    """Return the matrix in bins, which all targets share."""
    return xgb.QuantileDMatrix(
        X, label=np.zeros(len(X)), feature_names=list(names), nthread=threads
    )


def _boost(
    matrix: xgb.QuantileDMatrix,
    target: Target,
    lesson: Lesson,
    settings: TrainingSettings,
    threads: int,
) -> xgb.Booster:
    matrix.set_info(label=lesson.label, base_margin=lesson.margin, weight=lesson.weight)
    parameters = {
        **_OBJECTIVES[target],
        "tree_method": "hist",
        "max_depth": settings.depth,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "reg_lambda": 5.0,
        "subsample": 0.8,
        "colsample_bytree": 0.7,
        "base_score": 0.5,
        "nthread": threads,
        "seed": settings.seed,
    }
    return xgb.train(parameters, matrix, num_boost_round=settings.rounds)
