"""Tracks training in MLflow: one parent run, a child per model, simple rule and peer.

The store is SQLite at `<root>/mlflow.db` with artifacts below `<root>/artifacts`; nothing listens.
Models are JSON and `.ubj`, which is data; nothing is pickled.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
import mlflow
from mlflow.exceptions import MlflowException
from mlflow.models.model import ModelInfo

from contracts.names import tracking_uri
from forecasting.store import save
from training.backtesting import BacktestRow
from training.judgement import Judgement
from training.models import FittedModel, JudgedModel
from training.plots import plots
from training.run_facts import dataset, metadata, signature
from training.search import SEARCHED, Trial

# Lets the UI open with runs, metrics and models, not with its pages on language models.
_SHOWN_AS = {"mlflow.experimentKind": "custom_model_development"}


@dataclass(frozen=True)
class Tracking:
    """One experiment in the MLflow store below `root`."""

    root: Path
    experiment: str

    def open(self) -> str:
        """Point MLflow at the store, make both where absent, and return the experiment's id."""
        self.root.mkdir(parents=True, exist_ok=True)
        mlflow.set_tracking_uri(tracking_uri(self.root))
        found = mlflow.get_experiment_by_name(self.experiment)
        if found is not None:
            return str(found.experiment_id)
        return str(
            mlflow.create_experiment(
                self.experiment,
                artifact_location=(self.root / "artifacts").as_uri(),
                tags=_SHOWN_AS,
            )
        )

    @contextmanager
    def training_run(self, *, as_of: date, tags: dict[str, str]) -> Iterator[str]:
        """Open the parent run of one training and yield its id; it fails if the block does."""
        experiment_id = self.open()
        all_tags = {"as_of": str(as_of), **tags}
        with mlflow.start_run(
            experiment_id=experiment_id, run_name=f"train {as_of}", tags=all_tags
        ) as run:
            yield run.info.run_id

    def log_model(
        self,
        fitted: FittedModel,
        *,
        parent_run_id: str,
        parameters: dict[str, Any],
        dataset_digest: str,
        tags: dict[str, str],
    ) -> dict[str, str]:
        """Log a judged model and its rivals, register it, and return its name, version and run."""
        judged = fitted.judged
        name = judged.kind.name
        for approach, metrics in _rivals(judged).items():
            self._log_rival(judged, approach, metrics, parent_run_id=parent_run_id, tags=tags)
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"{name} hybrid", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": name, "approach": "hybrid"},
        ) as run:  # fmt: skip
            mlflow.log_params({**parameters, **_plan(judged)})
            mlflow.log_metrics(_flat(judged.judgement))
            mlflow.set_tag("beats_best_rule", str(judged.judgement.is_better).lower())
            mlflow.log_input(dataset(judged, dataset_digest), context="training")
            with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "stammkunde"}):
                for file, figure in plots(judged).items():
                    mlflow.log_figure(figure, f"plots/{file}")
            logged = _log_files(fitted)
            registered = register(
                name, logged, run.info.run_id, {**tags, **_version_tags(judged, logged)}
            )
            return {"name": name, "version": registered, "run_id": run.info.run_id}

    def log_trial(self, trial: Trial, *, parent_run_id: str, tags: dict[str, str]) -> None:
        """Log one try of a search: the settings that are searched, and the log loss."""
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"churn try {trial.number}", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": "churn", "approach": "try"},
        ):  # fmt: skip
            mlflow.log_params({name: getattr(trial.settings, name) for name in SEARCHED})
            mlflow.log_metric("trial.log_loss", trial.log_loss)

    def log_audit(
        self,
        audit: str,
        *,
        as_of: date,
        metrics: dict[str, float],
        found: dict[str, Any],
        tags: dict[str, str],
    ) -> None:
        """Log a run of its own with the tag `audit`, and what was found as `<audit>.json`."""
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"audit {audit} {as_of}",
            tags={**tags, "as_of": str(as_of), "audit": audit},
        ):  # fmt: skip
            mlflow.log_metrics(metrics)
            mlflow.log_dict(found, f"{audit}.json")

    def log_backtest(
        self, rows: Sequence[BacktestRow], *, as_of: date, tags: dict[str, str]
    ) -> None:
        """Log a run per approach of each model, its metrics with a step per origin."""
        origins = sorted({row.origin for row in rows})
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"backtest {origins[0]} to {origins[-1]}",
            tags={**tags, "as_of": str(as_of)},
        ):  # fmt: skip
            mlflow.log_param("origins", ", ".join(map(str, origins)))
            for model, approach in dict.fromkeys((row.model, row.approach) for row in rows):
                of_one = [row for row in rows if (row.model, row.approach) == (model, approach)]
                with mlflow.start_run(
                    run_name=f"{model} {approach}", nested=True,
                    tags={**tags, "model": model, "approach": approach},
                ):  # fmt: skip
                    for row in of_one:
                        mlflow.log_metric(
                            f"holdout.{row.metric}", row.value, step=origins.index(row.origin)
                        )

    def has_version(self, name: str, version: str) -> bool:
        """Return whether the registry still has this version."""
        self.open()
        try:
            mlflow.MlflowClient().get_model_version(name, version)
        except MlflowException:
            return False
        return True

    def _log_rival(
        self,
        judged: JudgedModel,
        approach: str,
        metrics: dict[str, float],
        *,
        parent_run_id: str,
        tags: dict[str, str],
    ) -> None:
        name = judged.kind.name
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"{name} {approach}", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": name, "approach": approach},
        ):  # fmt: skip
            mlflow.log_params(_plan(judged))
            mlflow.log_metrics({f"holdout.{name}": value for name, value in metrics.items()})


def _rivals(judged: JudgedModel) -> dict[str, dict[str, float]]:
    """Return name -> metrics of everything that was judged beside the model."""
    rules = {f"rule: {name}": metrics for name, metrics in judged.judgement.rules.items()}
    return {**rules, **judged.judgement.peers}


def _log_files(fitted: FittedModel) -> ModelInfo:
    """Log the files of a model and of its twin, and the code that serves them."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # MLflow would have rows of customers as an example.
        warnings.filterwarnings("ignore", ".*input example was not provided", UserWarning)
        model, twin = Path(folder, "model"), Path(folder, "twin")
        digests = {
            "digest": save(fitted.model, model),
            "twin_digest": save(fitted.judged.model, twin),
        }
        logged: ModelInfo = mlflow.pyfunc.log_model(
            name=fitted.kind.name,
            python_model=str(Path(__file__).with_name("serving.py")),
            artifacts={"model": model.as_uri(), "twin": twin.as_uri()},
            signature=signature(fitted.model),
            pip_requirements=[
                f"{package}=={version(package)}" for package in ("stammkunde", "xgboost-cpu")
            ],
            metadata={**digests, **metadata(fitted)},
        )
        return logged


def register(name: str, logged: ModelInfo, run_id: str, tags: dict[str, str]) -> str:
    """Register a logged model as the newest version of `name`; return the version."""
    client = mlflow.MlflowClient()
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    registered = client.create_model_version(
        name, logged.model_uri, run_id, tags=tags, model_id=logged.model_id
    )
    return str(registered.version)


def _version_tags(judged: JudgedModel, logged: ModelInfo) -> dict[str, str]:
    split, described = judged.split, logged.metadata or {}
    return {
        "as_of": str(split.final.as_of),
        "holdout": str(split.holdout),
        "digest": described["digest"],
    }


def _plan(judged: JudgedModel) -> dict[str, Any]:
    final, twin = judged.split.final, judged.split.judged
    return {
        "horizon_days": final.horizon_days,
        "learnt_days": final.learnt_days,
        "cutoffs": ", ".join(map(str, final.cutoffs)),
        "lost_after_days": judged.lost_after_days,
        "holdout_cutoff": str(judged.split.holdout),
        "holdout_days": twin.horizon_days,
        "holdout_learnt_from": ", ".join(map(str, twin.cutoffs)),
    }


def _flat(judgement: Judgement) -> dict[str, float]:
    metrics = {f"holdout.{name}": value for name, value in judgement.metrics.items()}
    for name, (low, high) in judgement.intervals.items():
        metrics[f"holdout.{name}.low"], metrics[f"holdout.{name}.high"] = low, high
    low, high = judgement.advantage
    metrics["holdout.advantage.low"], metrics["holdout.advantage.high"] = low, high
    metrics["holdout.rows"], metrics["holdout.base"] = float(judgement.rows), judgement.base
    return metrics
