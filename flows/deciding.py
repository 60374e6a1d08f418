"""Decides on the versions that a training registered: which of them score from now on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from prefect import task

from flows.names import TableRefs
from flows.panel import PanelRefs, build_panel, read_lessons
from flows.progress import step
from flows.project import Project, open_project
from flows.retrying import RETRIES

# Model name -> `dataclasses.asdict` of what was decided, and `champion`, who scores now.
Decisions = dict[str, dict[str, Any]]


def decide_on(
    project_file: str,
    record: dict[str, Any],
    tables: TableRefs,
    as_of: date,
    *,
    known_at: datetime | None,
) -> Decisions:
    """Return what is decided on each version of a training; what was decided earlier stands."""
    decided = find_decisions(project_file, record)
    if len(decided) < len(record):
        panel = build_panel(project_file, tables, as_of, known_at=known_at)
        decided = decide(project_file, record, as_of=as_of, panel=panel)
    return decided


def told(name: str, model: dict[str, Any]) -> str:
    """Return what became of a trained version, in a sentence."""
    decision = model["decision"]
    champion = decision["champion"]
    scores = f"{name}/{champion} scores" if champion else f"no version of {name} scores"
    return (
        f"{name}/{model['version']} is of grade {decision['grade']} ({decision['outcome']}: "
        f"{decision['reason']}); {scores}"
    )


@task(task_run_name="find earlier decisions", **RETRIES)
def find_decisions(project_file: str, record: dict[str, Any]) -> Decisions:
    """Return what was decided on the versions before."""
    from training.admission import decided_on

    project, now = open_project(project_file), _now()
    found = {}
    for name, model in record.items():
        registry = _registry(project, name)
        if decision := decided_on(registry, model["run_id"], now=now):
            found[name] = {**asdict(decision), "champion": registry.champion()}
    return found


@task(task_run_name="decide", **RETRIES)
def decide(
    project_file: str, record: dict[str, Any], *, as_of: date, panel: PanelRefs
) -> Decisions:
    """Compare each version with its champion, grade it, and let the better one score."""
    from training.admission import Trained, admit
    from training.judgement import Judgement

    project = open_project(project_file)
    decisions = {}
    with project.open_lake() as lake:
        lessons = cache(lambda: read_lessons(project, lake, panel))
        for name, model in record.items():
            judgement = Judgement.from_json(model["judgement"])
            trained = Trained(
                str(model["version"]), model["run_id"], str(as_of), model["holdout"], judgement
            )
            registry = _registry(project, name)
            with step(f"decide on {name}") as done:
                decision = admit(registry, trained, lessons, now=_now())
                done.outcome = f"grade {decision.grade}; {decision.outcome}: {decision.reason}"
            decisions[name] = {**asdict(decision), "champion": registry.champion()}
    return decisions


def _registry(project: Project, name: str) -> Any:
    from training.promotion import Registry

    return Registry(project.mlruns, name)


def _now() -> datetime:
    """Return the time of a decision: what an auditor asks for, and no model sees."""
    return datetime.now(UTC)
