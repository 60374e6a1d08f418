"""The flow `train`: a panel of past cutoffs, two judged models, one registry."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from prefect import flow, task

from features.catalogue import join_families
from features.definitions import definitions
from features.stream import known_by
from flows.feature_tables import build_features
from flows.names import TableRefs
from flows.progress import step
from flows.project import Project, code_version, open_project
from flows.records import find_record, keep_record
from flows.retrying import RETRIES
from training.judgement import Judgement
from training.labels import label_horizon
from training.splits import Split, split_by_time
from validation.enough import Needs, check_enough, order_history

# What training leaves for the summary: model name -> version, metrics, rivals.
TrainingRecord = dict[str, Any]


@flow(name="train")
def train(
    project_file: str, tables: TableRefs, as_of: date, *, known_at: datetime | None = None
) -> TrainingRecord:
    """Fit, judge and register the churn and the CLV model; both become champion.

    The same inputs, settings and code train once: their record is found again.

    Raises
    ------
    NotEnoughData
        The history is too short, or has too few customers or churners.
    """
    project = open_project(project_file)
    settings = project.settings
    key = project.key(
        "train", tables, as_of, known_at, settings.business.model_dump(),
        settings.training.model_dump(), settings.engine.threads,
    )  # fmt: skip
    record = find_trained(project_file, key)
    if record is None:
        splits = plan_splits(project_file, tables["orders"], as_of, known_at)
        dates = sorted({cutoff for split in splits.values() for cutoff in split.mature})
        panel = build_features(
            project_file, tables, dates, known_at=known_at, max_rows=settings.training.panel_rows
        )
        labels = {
            name: label(
                project_file,
                name,
                orders=tables["orders"],
                spine_ref=panel["spine"],
                split=split,
                known_at=known_at,
            )
            for name, split in splits.items()
        }
        tags = {"as_of": str(as_of), "code_version": code_version(), "data_fingerprint": key}
        with _tracking(project).training_run(as_of=as_of, tags=tags) as parent_run_id:
            record = {
                name: fit_model(
                    project_file, name, key=key, parent_run_id=parent_run_id, panel=panel,
                    labels=labels[name], split=split, tags=tags,
                )
                for name, split in splits.items()
            }  # fmt: skip
        keep_record(project.records, "train", key, record)
    promote(project_file, {name: str(model["version"]) for name, model in record.items()})
    return record


@task(task_run_name="find earlier training")
def find_trained(project_file: str, key: str) -> TrainingRecord | None:
    """Return the record of the same training, if its models are still registered."""
    project = open_project(project_file)
    record = find_record(project.records, "train", key)
    if record is None or not project.mlruns.joinpath("mlflow.db").exists():
        return None
    tracking = _tracking(project)
    versions = [(name, str(model["version"])) for name, model in record.items()]
    return record if all(tracking.has_version(*version) for version in versions) else None


@task(task_run_name="plan cutoffs")
def plan_splits(
    project_file: str, orders: str, as_of: date, known_at: datetime | None
) -> dict[str, Split]:
    """Return model name -> cutoffs, as far back as the orders allow.

    Raises
    ------
    NotEnoughData
        There are too few orders, customers or days; all that is lacking is said at once.
    """
    project = open_project(project_file)
    business, training = project.settings.business, project.settings.training
    horizons = {"churn": business.horizon_days, "clv": business.value_horizon_days}
    needs = Needs(
        horizon_days=max(horizons.values()), min_history_days=training.min_history_days,
        min_customers=training.min_customers, min_churners=training.min_churners,
        cutoffs=training.cutoffs, cutoff_step_days=training.cutoff_step_days,
    )  # fmt: skip
    with project.open_lake() as lake:
        history = order_history(known_by(lake.table(orders), known_at), as_of)
    check_enough(history, needs)
    first_order_on = history.first_order_on or as_of
    return {
        name: split_by_time(
            as_of=as_of, first_order_on=first_order_on, horizon_days=horizon_days,
            cutoffs=training.cutoffs, step_days=training.cutoff_step_days,
            min_history_days=training.min_history_days,
        )
        for name, horizon_days in horizons.items()
    }  # fmt: skip


@task(task_run_name="label {model}")
def label(  # noqa: PLR0913 - a label is a spine, orders and a horizon
    project_file: str,
    model: str,
    *,
    orders: str,
    spine_ref: str,
    split: Split,
    known_at: datetime | None,
) -> str:
    """Write what followed each mature cutoff of one model; return the reference."""
    project = open_project(project_file)
    value = project.settings.business.value_column
    with project.open_lake() as lake, step(f"label {model}") as done:
        key = project.key("label", spine_ref, orders, asdict(split), value, known_at)
        known = known_by(lake.table(orders), known_at)
        spine = lake.table(spine_ref)
        mature = spine.filter(spine.snapshot_date.isin(split.mature))
        ref = lake.keep(
            f"labels_{model}",
            key,
            lambda: label_horizon(mature, known, horizon_days=split.horizon_days, value=value),
        )
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


@task(task_run_name="fit {model}")
def fit_model(  # noqa: PLR0913 - a model is a panel, labels and cutoffs, under one parent run
    project_file: str,
    model: str,
    *,
    key: str,
    parent_run_id: str,
    panel: TableRefs,
    labels: str,
    split: Split,
    tags: dict[str, str],
) -> dict[str, Any]:
    """Fit and judge one model, log and register it in MLflow; return its part of the record."""
    from training.models import KINDS, fit
    from training.panel import read_panel

    project = open_project(project_file)
    settings = project.settings
    with project.open_lake() as lake, step(f"fit {model}") as done:
        families = [lake.table(ref) for name, ref in panel.items() if name != "spine"]
        rows = read_panel(join_families(families), lake.table(labels), definitions=definitions())
        fitted = fit(
            KINDS[model], rows, split, business=settings.business, settings=settings.training,
            threads=settings.engine.threads,
        )  # fmt: skip
        registered = _tracking(project).log_model(
            fitted,
            parent_run_id=parent_run_id,
            parameters=settings.training.model_dump(),
            dataset_digest=key,
            tags=tags,
        )
        done.outcome = f"{len(rows):,} rows, {_headline(fitted.judgement)}"
    return {
        **registered,
        "judgement": asdict(fitted.judgement),
        "horizon_days": split.horizon_days,
        "holdout": str(split.holdout),
        "lost_after_days": fitted.lost_after_days,
    }


@task(task_run_name="promote", **RETRIES)
def promote(project_file: str, versions: dict[str, str]) -> None:
    """Let the alias `champion` point to these versions."""
    tracking = _tracking(open_project(project_file))
    for name, version in versions.items():
        tracking.promote(name, version)


def _headline(judgement: Judgement) -> str:
    name = judgement.headline
    rule = judgement.rules[judgement.best_rule][name]
    return f"{name} {judgement.metrics[name]:.3f}, best simple rule {rule:.3f}"


def _tracking(project: Project) -> Any:
    from training.tracking import Tracking

    return Tracking(project.mlruns, project.settings.project.name)
