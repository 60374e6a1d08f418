"""The flow `train`: a panel of past cutoffs, two judged models, one registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from prefect import flow, task

from contracts.errors import NoChampion
from features.meanings import meanings
from features.stream import known_by
from flows.catalogue import list_features
from flows.deciding import decide_on
from flows.names import TableRefs
from flows.panel import build_panel
from flows.progress import step
from flows.project import Project, code_version, open_project
from flows.records import find_record, keep_record
from flows.returns import find_returns
from flows.stored_panel import PanelRefs, read_lessons
from flows.warning_models import judge_beside
from training.judgement import Judgement
from training.treated_rows import told_treated, treated_facts, treated_metrics

if TYPE_CHECKING:
    from training.learning_curve import CurvePoint
    from training.lessons import Lessons
    from training.models import JudgedModel
    from training.returns import Returned

# What training leaves for the summary: model name -> version, metrics, rivals, decision.
TrainingRecord = dict[str, Any]


@flow(name="train")
def train(
    project_file: str, tables: TableRefs, as_of: date, *, known_at: datetime | None = None
) -> TrainingRecord:
    """Fit, judge, register and grade the churn and the CLV model; the better ones score.

    The same inputs, settings and code train once: their record is found again, and what was
    decided on it.

    Raises
    ------
    NotEnoughData
        The history is too short, or has too few customers or churners.
    """
    project = open_project(project_file)
    settings = project.settings
    key = project.key(
        "train", tables, as_of, known_at, settings.business.model_dump(),
        settings.economics.model_dump(),
        settings.training.model_dump(), settings.engine.threads,
    )  # fmt: skip
    record = find_trained(project_file, key)
    panel = cache(lambda: build_panel(project_file, tables, as_of, known_at=known_at))
    if record is None:
        panel()
        tags = {"as_of": str(as_of), "code_version": code_version(), "data_fingerprint": key}
        with _tracking(project).training_run(
            as_of=as_of, tags=tags, settings=_settings(project)
        ) as parent_run_id:
            record = fit_models(
                project_file, key=key, parent_run_id=parent_run_id, panel=panel(), tables=tables,
                tags=tags, known_at=known_at,
            )  # fmt: skip
        keep_record(project.records, "train", key, record)
    if settings.warning.with_training and not settings.business.is_contract:
        warned = judge_beside(
            project_file, tables, as_of, churn_run_id=str(record["churn"]["run_id"]),
            known_at=known_at,
        )  # fmt: skip
        record = {**record, "churn": {**record["churn"], "warning": warned}}
    decided = decide_on(project_file, record, as_of=as_of, panel=panel)
    return {name: {**model, "decision": decided[name]} for name, model in record.items()}


def check_champions(record: TrainingRecord) -> None:
    """Check that some version of every model may score.

    Raises
    ------
    NoChampion
        What was trained is too weak, and nothing was champion before.
    """
    weak = {
        name: (str(model["version"]), model["decision"]["reason"])
        for name, model in record.items()
        if model["decision"]["champion"] is None
    }
    if weak:
        raise NoChampion(weak)


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


@task(task_run_name="fit models")
def fit_models(  # noqa: PLR0913 - what is learnt from, and where it is logged
    project_file: str,
    *,
    key: str,
    parent_run_id: str,
    panel: PanelRefs,
    tables: TableRefs,
    tags: dict[str, str],
    known_at: datetime | None,
) -> TrainingRecord:
    """Fit and judge all models, log and register them in MLflow; return the record."""
    from training.by_group import FEWEST
    from training.card_facts import card_facts
    from training.kinds import kind_of
    from training.models import fit
    from training.returns import return_rates
    from training.selecting import with_best_features

    project = open_project(project_file)
    with project.open_lake() as lake, step("read the panel") as done:
        whole = read_lessons(project, lake, panel)
        lessons = with_best_features(whole, meanings())
        number, of = len(lessons.panel.feature_names), len(whole.panel.feature_names)
        chosen = f", {number} of {of} features" if number < of else ""
        done.outcome = f"{len(lessons.panel):,} rows{chosen}"
        common = {
            "tables": {table: lake.row_count(ref) for table, ref in tables.items()},
            "first_order_on": str(date(1970, 1, 1) + timedelta(days=lessons.daily.start)),
            "fewest": FEWEST,
            "net_of_refunds": panel.is_net,
            **tags,
        }
        orders = known_by(lake.table(tables["orders"]), known_at)
        returned = find_returns(lessons, orders)
        rates = return_rates(returned, horizon_days=project.settings.business.horizon_days)
    families = {each.feature.name: each.family.name for each in list_features()}
    if project.settings.training.search_trials:
        lessons = search_settings(project, lessons, parent_run_id=parent_run_id, tags=tags)
    record, judged = {}, {}
    for name, split in panel.splits.items():
        with step(f"fit {name}") as done:
            fitted = fit(kind_of(name, lessons.business), lessons)
            curve = find_curve(fitted.judged, lessons)
            treated = treated_facts(fitted.judged.holdout.treated, split)
            registered = _tracking(project).log_model(
                fitted,
                parent_run_id=parent_run_id,
                settings=lessons.settings,
                dataset_digest=key,
                tags=tags if treated is None else {**tags, "treated": lessons.settings.treated},
                beside={**(rates if name == "churn" else {}), **treated_metrics(treated)},
                curve=curve,
            )
            judged[name] = fitted.judged
            card = card_facts(fitted, families=families)
            told = [_headline(fitted.judged.judgement), *_alarms(card), *_curve(curve)]
            done.outcome = "; ".join(told)
        record[name] = {
            **registered,
            "judgement": asdict(fitted.judged.judgement),
            "horizon_days": split.final.horizon_days,
            "holdout": str(split.holdout),
            "holdout_days": split.judged.horizon_days,
            "learnt_days": split.final.learnt_days,
            "lost_after_days": fitted.judged.lost_after_days,
            "card": {
                **common,
                **card,
                "returns": [_as_row(each) for each in returned],
                "curve": [asdict(each) for each in curve],
            },
        }
    _tracking(project).log_common(judged, parent_run_id=parent_run_id)
    return record


def find_curve(judged: JudgedModel, lessons: Lessons) -> tuple[CurvePoint, ...]:
    """Return the learning curve of a model where the settings ask for it, else nothing."""
    from training.learning_curve import learning_curve

    return learning_curve(judged, lessons) if lessons.settings.learning_curve else ()


def search_settings(
    project: Project, lessons: Lessons, *, parent_run_id: str, tags: dict[str, str]
) -> Lessons:
    """Return the lessons with the best settings of the trees that a search finds."""
    from training.search import search

    tracking = _tracking(project)
    with step("search settings") as done:
        best, trials = search(
            lessons,
            lessons.splits["churn"],
            tell=lambda trial: tracking.log_trial(trial, parent_run_id=parent_run_id, tags=tags),
        )
        chosen = min(trials, key=lambda trial: trial.log_loss)
        done.outcome = f"{len(trials)} tried, log loss {chosen.log_loss:.4f}" + (
            f" by try {chosen.number}, {trials[0].log_loss:.4f} before" if chosen.number else ""
        )
    return replace(lessons, settings=best)


def _settings(project: Project) -> dict[str, Any]:
    """Return the settings that a training depends on."""
    settings = project.settings
    return {
        "business": settings.business.model_dump(),
        "economics": settings.economics.model_dump(),
        "training": settings.training.model_dump(),
    }


def _curve(curve: Sequence[CurvePoint]) -> list[str]:
    """Return what a learning curve says, in a line; nothing where there is none."""
    points = ", ".join(f"{each.value:.3f} of {each.customers:,}" for each in curve)
    return [f"learnt from fewer customers: {points}"] if points else []


def _as_row(returned: Returned) -> dict[str, Any]:
    return {**asdict(returned), "cutoff": str(returned.cutoff), "rate": returned.rate}


def _headline(judgement: Judgement) -> str:
    name = judgement.headline
    rule = judgement.rules[judgement.best_rule][name]
    return f"{name} {judgement.metrics[name]:.3f}, best simple rule {rule:.3f}"


def _alarms(card: dict[str, Any]) -> list[str]:
    """Return what a card says that should not wait until somebody reads it."""
    treated = told_treated(card["treated"]) if card["treated"] else []
    return [*treated, card["outcome_alarm"]] if card["outcome_alarm"] else treated


def _tracking(project: Project) -> Any:
    from training.tracking import Tracking

    return Tracking(project.mlruns, project.settings.project.name)
