"""Runs flows in this process, with Prefect's own database kept in the project."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from flows.environment import keep_prefect_at
from flows.project import open_project
from flows.warm_up import load_meanwhile


def whole_job(config: Path, *, as_of: date | None, known_at: datetime | None) -> str:
    """Run the flow `retention`; return its summary as Markdown."""
    project_file = _prepare(config)
    load_meanwhile()
    from flows.retention import retention

    return retention(project_file, as_of=as_of, known_at=known_at).to_markdown()


def one_stage(
    stage: str, config: Path, *, as_of: date | None, known_at: datetime | None
) -> list[str]:
    """Run everything up to `stage`; return the lines that say where the result is."""
    project_file = _prepare(config)
    from flows.stages import Stage, run_stage

    return run_stage(Stage(stage), project_file, as_of=as_of, known_at=known_at)


def _prepare(config: Path) -> str:
    """Refuse wrong settings before anything heavy loads."""
    project = open_project(config)
    keep_prefect_at(project.prefect_home)
    return str(project.file)
