"""Logs and registers a warning model in MLflow, beside the rules it was judged with."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
import mlflow
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types import ColSpec, Schema

from forecasting.warning import WarningModel, save_warning
from training.tracking import Tracking, register
from training.warning_judging import JudgedWarning
from training.warning_plots import draw_warning_time
from training.warning_time import METRICS, WarningTime

WARNING = "warning"


@dataclass(frozen=True)
class FittedWarning:
    """A model that can be registered, and its twin that was judged; None where none could be."""

    model: WarningModel
    judged: JudgedWarning | None


def log_warning(
    tracking: Tracking,
    fitted: FittedWarning,
    *,
    parent_run_id: str,
    parameters: dict[str, Any],
    tags: dict[str, str],
) -> dict[str, str]:
    """Log the model and its rivals, register it, and return its name, version, run and digest."""
    experiment_id = tracking.open()
    judgement = fitted.judged.judgement if fitted.judged else None
    rivals = {**judgement.rules, **judgement.peers} if judgement else {}
    for approach, measured in rivals.items():
        with mlflow.start_run(
            experiment_id=experiment_id, run_name=f"{WARNING} {approach}", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": WARNING, "approach": approach},
        ):  # fmt: skip
            mlflow.log_metrics(_flat(measured))
    with mlflow.start_run(
        experiment_id=experiment_id, run_name=f"{WARNING} hybrid", nested=True,
        parent_run_id=parent_run_id, tags={**tags, "model": WARNING, "approach": "hybrid"},
    ) as run:  # fmt: skip
        mlflow.log_params(parameters)
        if judgement:
            mlflow.log_metrics(_flat(judgement.model))
            for name, (low, high) in judgement.intervals.items():
                ends = {f"warning.{name}.low": low, f"warning.{name}.high": high}
                mlflow.log_metrics(ends)
            mlflow.log_params({"weeks": judgement.weeks, "targets": judgement.targets})
            mlflow.set_tag("beats_best_rule", str(judgement.is_better).lower())
            with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "stammkunde"}):
                mlflow.log_figure(draw_warning_time(judgement), "plots/warning_time.svg")
        logged, digest = _log_files(fitted)
        registered = register(WARNING, logged, run.info.run_id, {**tags, "digest": digest})
        return {
            "name": WARNING, "version": registered, "run_id": run.info.run_id, "digest": digest,
        }  # fmt: skip


def _log_files(fitted: FittedWarning) -> tuple[ModelInfo, str]:
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # The signature stands in the contract; an example would be rows of customers.
        warnings.filterwarnings("ignore", ".*input example was not provided", UserWarning)
        model = Path(folder, "model")
        digest = save_warning(fitted.model, model)
        artifacts = {"model": model.as_uri()}
        if fitted.judged:
            twin = Path(folder, "twin")
            save_warning(fitted.judged.model, twin)
            artifacts["twin"] = twin.as_uri()
        logged: ModelInfo = mlflow.pyfunc.log_model(
            name=WARNING,
            python_model=str(Path(__file__).with_name("serving_warning.py")),
            artifacts=artifacts,
            signature=_signature(fitted.model),
            pip_requirements=[
                f"{package}=={version(package)}" for package in ("stammkunde", "xgboost-cpu")
            ],
            metadata={"digest": digest, "contract": fitted.model.contract.to_json()},
        )
        return logged, digest


def _signature(model: WarningModel) -> ModelSignature:
    features = [ColSpec("float", name, required=False) for name in model.contract.names]
    return ModelSignature(
        inputs=Schema([*features, ColSpec("datetime", "snapshot_date")]),
        outputs=Schema([ColSpec("double", "left_probability")]),
    )


def _flat(measured: WarningTime) -> dict[str, float]:
    return {f"warning.{name}": getattr(measured, name) for name in METRICS}
