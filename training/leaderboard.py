"""The last training of a store: every approach with its headline metric, as MLflow has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mlflow
from mlflow.entities import Run

from contracts.names import tracking_uri
from training.judgement import Interval
from training.kinds import KINDS
from training.tracking import TRAINING


@dataclass(frozen=True)
class Place:
    """One approach on the holdout of a training; `grade` is of what was registered only."""

    model: str
    approach: str
    value: float
    interval: Interval | None
    grade: str | None


@dataclass(frozen=True)
class Leaderboard:
    """The approaches of one training, by model and headline metric, the best first."""

    name: str
    run_id: str
    headlines: dict[str, str]
    holdouts: dict[str, str]
    places: tuple[Place, ...]


def last_leaderboard(mlruns: Path, experiment: str) -> Leaderboard | None:
    """Return the newest training that was completed; None before the first."""
    if not mlruns.joinpath("mlflow.db").exists():
        return None
    mlflow.set_tracking_uri(tracking_uri(mlruns))
    trainings = _search(
        experiment, f"tags.stage = '{TRAINING}' and attributes.status = 'FINISHED'", count=1
    )
    if not trainings:
        return None
    training = trainings[0].info
    runs = _search(experiment, f"tags.mlflow.parentRunId = '{training.run_id}'", count=1000)
    places = [_place(run) for run in runs if run.data.tags.get("family")]
    return Leaderboard(
        name=training.run_name,
        run_id=training.run_id,
        headlines={name: kind.headline for name, kind in KINDS.items()},
        holdouts={run.data.tags["model"]: run.data.params["holdout_cutoff"] for run in runs
                  if run.data.tags.get("family")},
        places=tuple(sorted(places, key=lambda each: (each.model, -each.value))),
    )  # fmt: skip


def _search(experiment: str, filter_: str, *, count: int) -> list[Run]:
    return mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=filter_,
        order_by=["attributes.start_time DESC"],
        max_results=count,
        output_format="list",
    )


def _place(run: Run) -> Place:
    tags, metrics = run.data.tags, run.data.metrics
    name = f"holdout.{KINDS[tags['model']].headline}"
    ends = metrics.get(f"{name}.low"), metrics.get(f"{name}.high")
    interval = None if ends[0] is None or ends[1] is None else (ends[0], ends[1])
    return Place(tags["model"], tags["approach"], metrics[name], interval, tags.get("grade"))
