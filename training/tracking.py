"""Tracks training in MLflow: one parent run, a child per model, simple rule and peer.

The store is SQLite at `<root>/mlflow.db` with artifacts below `<root>/artifacts`; nothing listens.
Models are JSON and `.ubj`, which is data; nothing is pickled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import mlflow
from mlflow.data.meta_dataset import MetaDataset
from mlflow.exceptions import MlflowException

from contracts.names import tracking_uri
from training.backtesting import BacktestRow
from training.learning_curve import CurvePoint
from training.ledger import Decision
from training.model_files import log_files, register
from training.models import FittedModel, JudgedModel
from training.plots import plots
from training.plots.charts import page, svg
from training.plots.risk_and_value import draw_risk_and_value
from training.run_facts import (
    dataset,
    headlines,
    holdout_parameters,
    model_metrics,
    parameters,
    rival_metrics,
)
from training.search import SEARCHED, Trial
from training.settings import TrainingSettings
from training.standings import Family, Standing, standings

# The model card among the artifacts of a run.
CARD = "card.md"
# The tag `stage` of the run of a whole training.
TRAINING = "train"
# Lets the UI open with runs, metrics and models, not with its pages on language models.
_SHOWN_AS = {"mlflow.experimentKind": "custom_model_development"}
# What the UI shows at the top of a run.
_DESCRIPTION = "mlflow.note.content"


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
    def training_run(
        self, *, as_of: date, tags: dict[str, str], settings: dict[str, Any]
    ) -> Iterator[str]:
        """Open the parent run of one training and yield its id; it fails if the block does.

        Its settings are kept as `settings.json`; as parameters they would be the same in most runs.
        """
        experiment_id = self.open()
        all_tags = {"as_of": str(as_of), "stage": TRAINING, **tags}
        with mlflow.start_run(
            experiment_id=experiment_id, run_name=f"train {as_of}", tags=all_tags
        ) as run:
            mlflow.log_dict(settings, "settings.json")
            yield run.info.run_id

    def log_model(  # noqa: PLR0913 - the model, and where it is from
        self,
        fitted: FittedModel,
        *,
        parent_run_id: str,
        settings: TrainingSettings,
        dataset_digest: str,
        tags: dict[str, str],
        beside: Mapping[str, float] | None = None,
        curve: Sequence[CurvePoint] = (),
    ) -> dict[str, str]:
        """Log a judged model and its rivals, register it, and return its name, version and run.

        `beside` are more metrics of the model, that are not of its holdout; `curve` is logged with
        the number of customers as its steps.
        """
        judged, name = fitted.judged, fitted.kind.name
        learnt_from = dataset(judged, dataset_digest)
        for standing in standings(judged.judgement):
            if standing.family is not Family.MODEL:
                with self._child(name, standing, parent_run_id, tags):
                    mlflow.log_params(holdout_parameters(judged))
                    mlflow.log_metrics(rival_metrics(standing))
                    mlflow.log_input(learnt_from, context="holdout")
                continue
            with self._child(name, standing, parent_run_id, tags) as run_id:
                mlflow.log_params(parameters(fitted, settings))
                mlflow.log_metrics({**model_metrics(standing, fitted), **(beside or {})})
                for place, each in enumerate(fitted.outcomes):
                    mlflow.log_metric("cutoffs.mean_outcome", each.mean, step=place)
                for point in curve:
                    name_of_curve = f"learning_curve.{judged.judgement.headline}"
                    mlflow.log_metric(name_of_curve, point.value, step=point.customers)
                mlflow.set_tag("beats_best_rule", str(judged.judgement.is_better).lower())
                mlflow.log_input(learnt_from, context="training")
                log_charts(plots(judged), title=f"{name}, judged on {judged.split.holdout}")
                version = register(name, log_files(fitted), run_id, tags)
            self._summarise(name, standing, parent_run_id, learnt_from)
        return {"name": name, "version": version, "run_id": run_id}

    @contextmanager
    def _child(
        self, name: str, standing: Standing, parent_run_id: str, tags: dict[str, str]
    ) -> Iterator[str]:
        """Open the run of one approach to what a model predicts, and yield its id."""
        told = f"rule: {standing.approach}" if standing.family is Family.RULE else standing.approach
        more = {"model": name, "approach": told, "family": standing.family}
        with mlflow.start_run(
            experiment_id=self.open(), run_name=f"{name} {told}", nested=True,
            parent_run_id=parent_run_id, tags={**tags, **more},
        ) as run:  # fmt: skip
            yield run.info.run_id

    def log_common(self, judged: Mapping[str, JudgedModel], *, parent_run_id: str) -> None:
        """Log what both models say together to the run of the whole training."""
        chart = draw_risk_and_value(judged["churn"], judged["clv"])
        if chart is not None:
            with mlflow.start_run(run_id=parent_run_id, nested=True):
                log_charts({"risk_and_value": chart}, title="Value against risk")

    def log_decision(  # noqa: PLR0913 - which version, and what is said of it
        self, name: str, version: str, run_id: str, *, decision: Decision, card: str, page: str
    ) -> None:
        """Log the card of a version, and show its grade on its run and on that of the training."""
        self.open()
        client = mlflow.MlflowClient()
        client.log_text(run_id, card, CARD)
        client.log_text(run_id, page, f"{CARD.removesuffix('.md')}.html")
        told = {"grade": str(decision.grade), "outcome": decision.outcome, "why": decision.reason}
        parent = client.get_run(run_id).data.tags["mlflow.parentRunId"]
        for key, value in told.items():
            client.set_tag(run_id, key, value)
            client.set_tag(parent, f"{name}.{key}", value)
        sentence = f"Grade {decision.grade}, {decision.outcome}: {decision.reason}."
        client.update_model_version(name, version, sentence)
        client.set_tag(run_id, _DESCRIPTION, f"{sentence} More is in the artifacts: `{CARD}`.")

    def read_card(self, run_id: str) -> str | None:
        """Return the card in Markdown that was logged to a run; None where there is none."""
        self.open()
        try:
            return mlflow.artifacts.load_text(f"runs:/{run_id}/{CARD}")
        except (MlflowException, OSError):
            return None

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

    def _summarise(
        self, name: str, standing: Standing, parent_run_id: str, learnt_from: MetaDataset
    ) -> None:
        """Show a model in the run of the whole training."""
        with mlflow.start_run(run_id=parent_run_id, nested=True):
            mlflow.log_metrics(headlines(name, standing))
            mlflow.log_input(learnt_from, context="training")


def log_charts(charts: Mapping[str, alt.LayerChart], *, title: str) -> None:
    """Log each chart as a picture, and all as one page, to the run that is open."""
    for name, chart in charts.items():
        mlflow.log_text(svg(chart), f"plots/{name}.svg")
    mlflow.log_text(page(charts, title=title), "plots/plots.html")
