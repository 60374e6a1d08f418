"""Fits boosted trees, the same way for every model."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import xgboost as xgb

from contracts.errors import NotEnoughData
from training.panel import Floats, Panel
from training.settings import TrainingSettings


class Objective(StrEnum):
    """What the trees minimise."""

    CHURN = "binary:logistic"
    CLV = "reg:tweedie"


# Between Poisson (1) and gamma (2): many customers spend nothing, a few spend a lot.
_TWEEDIE_POWER = 1.4


def fit_booster(
    panel: Panel, label: Floats, objective: Objective, *, settings: TrainingSettings, threads: int
) -> xgb.Booster:
    """Return trees fitted to `label` (one per row of `panel`, not negative).

    Classes are never weighted: `scale_pos_weight` ruins calibration at equal ranking.
    """
    parameters = {
        "objective": objective.value,
        "tree_method": "hist",
        "max_depth": settings.depth,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "reg_lambda": 5.0,
        "subsample": 0.8,
        "colsample_bytree": 0.7,
        "nthread": threads,
        "seed": settings.seed,
    }
    if objective is Objective.CLV:
        parameters["tweedie_variance_power"] = _TWEEDIE_POWER
    matrix = xgb.QuantileDMatrix(
        panel.X, label=label, feature_names=list(panel.feature_names), nthread=threads
    )
    return xgb.train(parameters, matrix, num_boost_round=settings.rounds)


def predict(booster: xgb.Booster, panel: Panel) -> Floats:
    """Return one prediction per row: a probability of churn, or money."""
    matrix = xgb.DMatrix(panel.X, feature_names=list(panel.feature_names))
    return np.asarray(booster.predict(matrix), dtype=np.float64)


def check_enough(panel: Panel, settings: TrainingSettings) -> None:
    """Refuse to learn from too little.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed at the train cutoffs.
    """
    newest = panel.at([max(panel.snapshot_dates).item()]) if len(panel) else panel
    churners = int(panel.churned.sum())
    found = {
        "customers with orders": (len(newest), settings.min_customers, "min_customers"),
        "churners": (churners, settings.min_churners, "min_churners"),
        "customers who stayed": (len(panel) - churners, settings.min_churners, "min_churners"),
    }
    for what, (has, needs, setting) in found.items():
        if has < needs:
            raise NotEnoughData(
                f"Training needs {needs} {what} at the past cutoffs and has {has}. Deliver more "
                f"history or customers, change `horizon_days` under [business], or lower "
                f"`{setting}` under [training] if you accept a weaker model."
            )
