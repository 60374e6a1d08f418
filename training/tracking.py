"""Tracks training in MLflow: one parent run, a child per model and per simple rule.

The store is SQLite at `<root>/mlflow.db` with artifacts below `<root>/artifacts`; nothing listens.
Models are saved as `.ubj`, which is data; nothing is pickled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib as mpl
import mlflow
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from contracts.errors import Transient
from contracts.names import CHAMPION, tracking_uri
from training.judgement import Judgement
from training.models import FittedModel
from training.plots import plots

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
        model: FittedModel,
        *,
        parent_run_id: str,
        parameters: dict[str, Any],
        dataset_digest: str,
        tags: dict[str, str],
    ) -> dict[str, str]:
        """Log a judged model and its rivals, register it, and return its name, version and run."""
        name = model.kind.name
        for rule, metrics in model.judgement.rules.items():
            self._log_rule(model, rule, metrics, parent_run_id=parent_run_id, tags=tags)
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"{name} xgboost", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": name, "approach": "xgboost"},
        ) as run:  # fmt: skip
            mlflow.log_params({**parameters, **_plan(model)})
            mlflow.log_metrics(_flat(model.judgement))
            mlflow.set_tag("beats_best_rule", str(model.judgement.is_better).lower())
            mlflow.log_input(_dataset(model, dataset_digest), context="training")
            with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "stammkunde"}):
                for file, figure in plots(model).items():
                    mlflow.log_figure(figure, f"plots/{file}")
            logged = mlflow.xgboost.log_model(
                model.booster,
                name=name,
                model_format="ubj",
                signature=_signature(model),
                pip_requirements=[f"xgboost-cpu=={version('xgboost-cpu')}"],
                metadata=_metadata(model),
            )
            registered = _register(name, logged.model_uri, run.info.run_id, logged.model_id)
            return {"name": name, "version": registered, "run_id": run.info.run_id}

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

    def promote(self, name: str, version: str) -> None:
        """Let the alias `champion` of model `name` point to `version`."""
        self.open()
        try:
            mlflow.MlflowClient().set_registered_model_alias(name, CHAMPION, version)
        except MlflowException as error:
            if "database is locked" in str(error):
                raise Transient(f"MLflow's database is locked: {error}") from error
            raise

    def has_version(self, name: str, version: str) -> bool:
        """Return whether the registry still has this version."""
        self.open()
        try:
            mlflow.MlflowClient().get_model_version(name, version)
        except MlflowException:
            return False
        return True

    def _log_rule(
        self,
        model: FittedModel,
        rule: str,
        metrics: dict[str, float],
        *,
        parent_run_id: str,
        tags: dict[str, str],
    ) -> None:
        name = model.kind.name
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"{name} rule: {rule}", nested=True,
            parent_run_id=parent_run_id, tags={**tags, "model": name, "approach": rule},
        ):  # fmt: skip
            mlflow.log_params(_plan(model))
            mlflow.log_metrics({f"holdout.{name}": value for name, value in metrics.items()})


def _register(name: str, uri: str, run_id: str, model_id: str) -> str:
    """Register a logged model as the newest version of `name`; return the version."""
    client = mlflow.MlflowClient()
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    return str(client.create_model_version(name, uri, run_id, model_id=model_id).version)


def _plan(model: FittedModel) -> dict[str, Any]:
    return {
        "horizon_days": model.split.horizon_days,
        "lost_after_days": model.lost_after_days,
        "train_cutoffs": ", ".join(map(str, model.split.train)),
        "holdout_cutoff": str(model.split.holdout),
    }


def _flat(judgement: Judgement) -> dict[str, float]:
    metrics = {f"holdout.{name}": value for name, value in judgement.metrics.items()}
    for name, (low, high) in judgement.intervals.items():
        metrics[f"holdout.{name}.low"], metrics[f"holdout.{name}.high"] = low, high
    low, high = judgement.advantage
    metrics["holdout.advantage.low"], metrics["holdout.advantage.high"] = low, high
    metrics["holdout.rows"], metrics["holdout.base"] = float(judgement.rows), judgement.base
    return metrics


def _dataset(model: FittedModel, digest: str) -> MetaDataset:
    columns = Schema(
        [
            ColSpec("double" if each.categories is None else "string", each.name)
            for each in model.contract.features
        ]
    )
    source = CodeDatasetSource(tags={"panel": digest})
    # MLflow offers this class as it is; only its declaration says that it is abstract.
    return MetaDataset(  # type: ignore[abstract]
        source, name=f"{model.kind.name} panel", digest=digest, schema=columns
    )


def _signature(model: FittedModel) -> ModelSignature:
    return ModelSignature(
        inputs=Schema([ColSpec("float", name) for name in model.contract.names]),
        outputs=Schema([ColSpec("float")]),
    )


def _metadata(model: FittedModel) -> dict[str, Any]:
    """Return what scoring must know of the model beside its trees."""
    trees = bytes(model.booster.save_raw("ubj"))
    return {
        "digest": hashlib.sha256(trees).hexdigest(),
        "contract": model.contract.to_json(),
        "contract_digest": model.contract.digest,
        "horizon_days": model.split.horizon_days,
        "lost_after_days": model.lost_after_days,
    }
