"""Logs and registers a warning model in MLflow, beside the rules it was judged with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from mlflow.models.model import ModelInfo

from forecasting.warning import WarningModel, save_warning
from training.model_files import log_python_model, register, signature_of
from training.plots.charts import svg
from training.plots.warning_time import draw_warning_time
from training.tracking import Tracking, log_charts
from training.warning_judging import JudgedWarning
from training.warning_time import METRICS, WarningJudgement, WarningTime

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
            mlflow.log_metrics(_with_intervals(judgement))
            mlflow.log_params({"weeks": judgement.weeks, "targets": judgement.targets})
            mlflow.set_tag("beats_best_rule", str(judgement.is_better).lower())
            chart = draw_warning_time(judgement)
            log_charts({"warning_time": chart}, title="How early those who leave are found")
        logged, digest = _log_files(fitted)
        registered = register(WARNING, logged, run.info.run_id, tags)
        return {
            "name": WARNING, "version": registered, "run_id": run.info.run_id, "digest": digest,
        }  # fmt: skip


def show_warning_time(tracking: Tracking, judgement: WarningJudgement, *, run_id: str) -> None:
    """Show how early a warning model warns on a run that has been logged, that of a churn model."""
    with mlflow.start_run(run_id=run_id, experiment_id=tracking.open(), nested=True):
        mlflow.log_metrics(_with_intervals(judgement))
        mlflow.log_text(svg(draw_warning_time(judgement)), "plots/warning_time.svg")


def _with_intervals(judgement: WarningJudgement) -> dict[str, float]:
    ends = {
        f"warning.{name}.{end}": value
        for name, interval in judgement.intervals.items()
        for end, value in zip(("low", "high"), interval, strict=True)
    }
    return {**_flat(judgement.model), **ends}


def _log_files(fitted: FittedWarning) -> tuple[ModelInfo, str]:
    with TemporaryDirectory() as parent:
        folders = {"model": Path(parent, "model")}
        digest = save_warning(fitted.model, folders["model"])
        if fitted.judged:
            folders["twin"] = Path(parent, "twin")
            save_warning(fitted.judged.model, folders["twin"])
        logged = log_python_model(
            WARNING, "serving_warning.py", folders=folders,
            signature=signature_of(fitted.model.contract, "left_probability"),
            metadata={"digest": digest, "contract": fitted.model.contract.to_json()},
        )  # fmt: skip
        return logged, digest


def _flat(measured: WarningTime) -> dict[str, float]:
    return {f"warning.{name}": getattr(measured, name) for name in METRICS}
