"""Fits a model of contracts to a plan: for each cause a line and trees, of all its cutoffs."""

from __future__ import annotations

import numpy as np

from contracts.feature_contract import FeatureContract
from forecasting.contracts import ContractModel, Leaver
from forecasting.customers import Matrix
from forecasting.trees import Target
from training.boosting import Lesson, fit_plain
from training.fitting import learnt_from
from training.lines import fit_line
from training.panel import Floats, Panel
from training.settings import TrainingSettings
from training.splits import FitPlan

# Of fewer who left by a cause nothing is learnt but how many they are.
_FEWEST_LEAVERS = 10


def fit_contracts(
    panel: Panel, plan: FitPlan, *, settings: TrainingSettings, threads: int
) -> ContractModel:
    """Return the model that a plan teaches; nothing that happened from `plan.as_of` on counts."""
    taught = panel.labelled(plan.cutoffs, plan.learnt_days)
    followed = taught.outcomes[plan.learnt_days]
    causes = followed.causes
    commonest = max(causes, key=lambda cause: causes[cause].sum())
    return ContractModel(
        horizon_days=plan.horizon_days,
        contract=panel.contract,
        causes={
            cause: fit_leaver(
                taught.X,
                has_left,
                panel.contract,
                weight=followed.weight,
                settings=settings,
                threads=threads,
            )
            if cause is commonest or has_left.sum() >= _FEWEST_LEAVERS
            else _constant(has_left, followed.weights)
            for cause, has_left in causes.items()
        },
        customers=learnt_from(
            len(panel.customers_at(plan.cutoffs[-1])),
            rows=len(panel.at(plan.cutoffs)),
            labelled=len(taught),
        ),
        stretch=plan.stretch,
    )


def fit_leaver(  # noqa: PLR0913 - rows, how much each counts, and how
    X: Matrix,
    has_left: Floats,
    contract: FeatureContract,
    *,
    weight: Floats | None,
    settings: TrainingSettings,
    threads: int,
) -> Leaver:
    """Return what says from the features of `contract` who leaves; some must, and some must not."""
    lesson = Lesson(has_left, np.zeros(len(X)), weight)
    trees, intercept = fit_plain(
        Target.NO_ORDER, lesson, X, feature_names=contract.names, settings=settings, threads=threads
    )
    return Leaver(intercept, fit_line(X, has_left, contract, weight=weight), trees)


def _constant(has_left: Floats, weights: Floats) -> Leaver:
    """Return the same chance for all: that of the past, as if one more had stayed and half left."""
    share = ((has_left * weights).sum() + 0.5) / (weights.sum() + 1.5)
    return Leaver(float(np.log(share / (1 - share))))
