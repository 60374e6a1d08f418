"""The flow `train warning`: the model of early warning, and the warning time of its twin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from prefect import flow, task

from contracts.errors import NotEnoughData, WarningTooWeak
from flows.drawing import draw_customers
from flows.names import TableRefs
from flows.progress import step
from flows.project import Project, code_version, open_project
from flows.records import find_record, keep_record
from flows.warning_panel import (
    SilenceRefs,
    WarningRefs,
    build_silences,
    build_warning_panel,
    plan,
    read_silences_of,
    read_warning_lessons,
)
from forecasting.warning_settings import WarningSettings
from forecasting.warning_sizes import FitSize

if TYPE_CHECKING:
    from training.warning_time import WarningJudgement

# What the training leaves: name, version, digest and day of the model, and how its twin did.
WarningRecord = dict[str, Any]

# A Monday, from which the days of fits are counted: so all runs of a month share one model.
_ORIGIN = date(1970, 1, 5)


def day_of_fit(as_of: date, settings: WarningSettings) -> date:
    """Return the newest day of a fit at or before a day: they are `refit_days` apart."""
    return as_of - timedelta(days=(as_of - _ORIGIN).days % settings.refit_days)


def key_of_fit(
    project: Project, tables: TableRefs, day: date, size: FitSize, known_at: datetime | None
) -> str:
    """Return the fingerprint of a fit: it is by which tables there are, not by what is in them."""
    settings = project.settings
    return project.key(
        "train warning", sorted(tables), day, known_at, size.to_json(), settings.training.seed,
        settings.engine.threads,
    )  # fmt: skip


@flow(name="train warning")
def train_warning(
    project_file: str,
    tables: TableRefs,
    as_of: date,
    *,
    size: FitSize,
    known_at: datetime | None = None,
) -> WarningRecord:
    """Fit, judge and register the warning model as of a day.

    It is fitted once for a day, size and code, whatever is delivered later: its record is found
    again.

    Raises
    ------
    NotEnoughData
        Too few silences to learn from.
    """
    project = open_project(project_file)
    key = key_of_fit(project, tables, as_of, size, known_at)
    record = find_fitted(project_file, key)
    if record is None:
        planned = plan(project_file, tables["orders"], as_of, known_at, size.settings)
        if not planned.snapshots(as_of):
            raise NotEnoughData(
                f"Early warning learns from {size.settings.step_days} days of orders at least; "
                "there are fewer. Deliver more history."
            )
        if size.customers is not None:
            tables = draw_customers(project_file, tables, size.customers)
        panel = build_warning_panel(
            project_file, tables, fits=planned.fits, dates=planned.dates,
            max_rows=size.settings.panel_rows
            * len(planned.dates)
            // len(planned.snapshots(as_of)),
            known_at=known_at, families=size.families,
        )  # fmt: skip
        weekly = None
        if planned.weeks:
            weekly = build_silences(
                project_file, tables, list(planned.weeks), before=as_of,
                max_rows=size.settings.judged_rows, known_at=known_at, families=size.families,
            )  # fmt: skip
        record = fit(project_file, as_of, panel=panel, weekly=weekly, size=size, key=key)
        keep_record(project.records, "train warning", key, record)
    return record


def check_strength(record: WarningRecord) -> None:
    """Check that the best simple rule does not clearly find more than a model.

    Raises
    ------
    WarningTooWeak
        It does.
    """
    judged = record["judgement"]
    if judged and judged["advantage"][1] < 0:
        raise WarningTooWeak(f"{record['name']}/{record['version']}", judged["best_rule"])


@task(task_run_name="find earlier training")
def find_fitted(project_file: str, key: str) -> WarningRecord | None:
    """Return the record of the same training, if its model is still registered."""
    project = open_project(project_file)
    record = find_record(project.records, "train warning", key)
    if record is None or not project.mlruns.joinpath("mlflow.db").exists():
        return None
    is_there = tracking_of(project).has_version(record["name"], str(record["version"]))
    return record if is_there else None


@task(task_run_name="fit the warning model")
def fit(  # noqa: PLR0913 - what is learnt from, and how
    project_file: str,
    as_of: date,
    *,
    panel: WarningRefs,
    weekly: SilenceRefs | None,
    size: FitSize,
    key: str,
) -> WarningRecord:
    """Fit and judge the model, log and register it in MLflow; return the record."""
    from training.warning import fit_warning
    from training.warning_judging import judge_twin
    from training.warning_tracking import FittedWarning, log_warning

    project = open_project(project_file)
    training = project.settings.training
    with project.open_lake() as lake, step("read silences") as done:
        lessons = read_warning_lessons(project, lake, panel, size.settings)
        contract = lessons.silences.contract
        watched = weekly and read_silences_of(lake, weekly, contract=contract)
        done.outcome = f"{len(lessons.silences):,} to learn from" + (
            f", {len(watched):,} to be judged on" if watched else ""
        )
    with step("fit warning") as done:
        judged = watched and judge_twin(lessons, watched, resamples=training.bootstrap_rounds)
        fitted = FittedWarning(fit_warning(lessons, max(lessons.bases)), judged or None)
        judgement = fitted.judged.judgement if fitted.judged else None
        done.outcome = headline(judgement)
    tags = {"as_of": str(as_of), "code_version": code_version(), "data_fingerprint": key}
    tracking = tracking_of(project)
    settings = {"warning": size.to_json(), "seed": training.seed}
    with tracking.training_run(as_of=as_of, tags=tags, settings=settings) as parent_run_id:
        registered = log_warning(
            tracking, fitted, parent_run_id=parent_run_id,
            parameters=size.to_json(), tags=tags,
        )  # fmt: skip
    told = None if judgement is None else judgement.to_json()
    return {**registered, "fitted_on": str(as_of), "fit": key, "judgement": told}


def headline(judgement: WarningJudgement | None) -> str:
    """Return what a line says of how early the model warns."""
    if judgement is None:
        return "not judged: the history is too short, or hardly anybody left"
    model, rule = judgement.model, judgement.rules[judgement.best_rule]
    return (
        f"found {model.found:.1%} of those who left, after {model.delay_days:.0f} days; best "
        f"simple rule, {judgement.best_rule}, {rule.found:.1%} after {rule.delay_days:.0f}"
    )


def tracking_of(project: Project) -> Any:
    """Return what writes to the MLflow store of a project."""
    from training.tracking import Tracking

    return Tracking(project.mlruns, project.settings.project.name)
