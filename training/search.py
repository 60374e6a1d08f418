"""Searches for better settings of the trees, at cutoffs before the holdout, within a bound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import optuna

from contracts.errors import NotEnoughData
from forecasting.churn import Model
from training.calibrating import Stated
from training.enough import check_left_enough
from training.fitting import fit_hybrid
from training.kinds import CHURN, kind_of
from training.lessons import Lessons
from training.model_kind import ModelKind
from training.models import try_out
from training.settings import TrainingSettings
from training.splits import FitPlan, Split

# The settings of the trees that are searched.
SEARCHED = ("depth", "rounds", "learning_rate", "min_child_weight")

_LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class Trial:
    """One try: the settings of the trees, and the log loss of churn at both trial cutoffs.

    Trial 0 has the settings as they are.
    """

    number: int
    settings: TrainingSettings
    log_loss: float


def search(
    lessons: Lessons, split: Split, *, tell: Callable[[Trial], None]
) -> tuple[TrainingSettings, tuple[Trial, ...]]:
    """Return the best settings of `search_trials` tries within `search_seconds`, and all tries.

    Every try is fitted as of the earlier plan and judged by what followed at cutoffs that it has
    not seen; the holdout stays unseen by all. The settings as they are, are tried first and stay
    where nothing is better. `tell` is called after each try.

    Raises
    ------
    NotEnoughData
        The history is too short for an earlier plan, or campaigns left too little of it.
    """
    if split.earlier is None:
        raise NotEnoughData(
            "The history is too short to search: it takes three horizons and more. Deliver older "
            "orders, or set `search_trials` under [training] to 0."
        )
    kind = kind_of(CHURN.name, lessons.business)
    check_left_enough(lessons.panel_of(kind), split.earlier, lessons.settings)
    fitted = _fitter(kind, lessons, split.earlier)
    trials: list[Trial] = []

    def attempt(drawn: optuna.Trial) -> float:
        settings = _drawn(drawn, lessons.settings)
        stated = try_out(kind, fitted(settings), lessons, split)
        trial = Trial(drawn.number, settings, _log_loss(stated))
        trials.append(trial)
        tell(trial)
        return trial.log_loss

    optuna.logging.set_verbosity(logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=lessons.settings.seed))
    study.enqueue_trial(_as_they_are(lessons.settings))
    study.optimize(
        attempt, n_trials=lessons.settings.search_trials, timeout=lessons.settings.search_seconds
    )
    best = min(trials, key=lambda trial: trial.log_loss)
    return best.settings, tuple(trials)


def _fitter(
    kind: ModelKind, lessons: Lessons, plan: FitPlan
) -> Callable[[TrainingSettings], Model]:
    """Return what fits the churn model of a plan by any settings of the trees."""
    if kind.is_contract:
        return lambda settings: replace(lessons, settings=settings).model(kind, plan)
    course = lessons.course(plan, kind.targets)
    return lambda settings: fit_hybrid(course, settings=settings, threads=lessons.threads)


def _drawn(trial: optuna.Trial, settings: TrainingSettings) -> TrainingSettings:
    return settings.model_copy(
        update={
            "depth": trial.suggest_int("depth", 2, 7),
            "rounds": trial.suggest_int("rounds", 40, 400, log=True),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
            "min_child_weight": trial.suggest_float("min_child_weight", 1.0, 200.0, log=True),
        }
    )


def _as_they_are(settings: TrainingSettings) -> dict[str, float]:
    """Return the settings as the first try, brought inside the ranges that are searched."""
    return {
        "depth": int(np.clip(settings.depth, 2, 7)),
        "rounds": int(np.clip(settings.rounds, 40, 400)),
        "learning_rate": float(np.clip(settings.learning_rate, 0.01, 0.2)),
        "min_child_weight": float(np.clip(settings.min_child_weight, 1.0, 200.0)),
    }


def _log_loss(stated: list[Stated]) -> float:
    """Return the mean over both cutoffs."""
    losses = []
    for each in stated:
        inside = np.clip(each.probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        likely = np.where(each.churned == 1, inside, 1 - inside)
        losses.append(float(-np.log(likely).mean()))
    return float(np.mean(losses))
