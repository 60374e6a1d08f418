"""What a run in MLflow says of a judged model: parameters, metrics, the data it learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.types import ColSpec, Schema

from training.models import FittedModel, JudgedModel
from training.search import SEARCHED
from training.settings import TrainingSettings
from training.standings import Standing


def parameters(fitted: FittedModel, settings: TrainingSettings) -> dict[str, Any]:
    """Return what may differ from one training to the next; all settings are in `settings.json`."""
    judged = fitted.judged
    return {
        **{name: getattr(settings, name) for name in SEARCHED},
        "seed": settings.seed,
        "calibration": fitted.model.calibration.method,
        "features": len(fitted.model.contract.features),
        "customers": fitted.model.customers,
        "cutoffs": _range(judged.split.final.cutoffs),
        "learnt_days": judged.split.final.learnt_days,
        **holdout_parameters(judged),
    }


def holdout_parameters(judged: JudgedModel) -> dict[str, Any]:
    """Return what rivals are judged on as well: whom, from when, for how long."""
    return {
        "horizon_days": judged.split.final.horizon_days,
        "holdout_cutoff": str(judged.split.holdout),
        "holdout_days": judged.split.judged.horizon_days,
        "holdout_cutoffs": _range(judged.split.judged.cutoffs),
        **({} if judged.lost_after_days is None else {"lost_after_days": judged.lost_after_days}),
    }


def model_metrics(standing: Standing, fitted: FittedModel) -> dict[str, float]:
    """Return `holdout.<metric>` of a model with its intervals, and its advantage over the rules.

    `random_split_<metric>` is the headline metric on a random split.
    """
    judgement, random = fitted.judged.judgement, fitted.random_split
    low, high = judgement.advantage
    return {
        **rival_metrics(standing),
        **({} if random is None else {f"random_split_{judgement.headline}": random}),
        "holdout.advantage.low": low,
        "holdout.advantage.high": high,
        "holdout.rows": float(judgement.rows),
        "holdout.base": judgement.base,
    }


def rival_metrics(standing: Standing) -> dict[str, float]:
    """Return `holdout.<metric>` with the ends of intervals, named as those of models."""
    return {f"holdout.{name}": value for name, value in standing.flat().items()}


def headlines(name: str, standing: Standing) -> dict[str, float]:
    """Return what the run of the whole training shows of a model, as in `churn.auc`."""
    return {f"{name}.{metric}": value for metric, value in standing.flat().items()}


def dataset(judged: JudgedModel, digest: str) -> MetaDataset:
    """Return what the model learnt from, by digest and names of features; no row is in it."""
    columns = Schema(
        [
            ColSpec("double" if each.categories is None else "string", each.name)
            for each in judged.model.contract.features
        ]
    )
    source = CodeDatasetSource(tags={"panel": digest})
    # MLflow offers this class as it is; only its declaration says that it is abstract.
    return MetaDataset(  # type: ignore[abstract]
        source, name=f"{judged.kind.name} panel", digest=digest, schema=columns
    )


def _range(cutoffs: Sequence[date]) -> str:
    return f"{len(cutoffs)} from {cutoffs[0]} to {cutoffs[-1]}"
