"""The flow `retention`: the whole way from CRM files to published segments."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from flows.dates import settle_as_of
from flows.ingest import Ingested, ingest
from flows.project import open_project
from flows.publishing import ScoringRecord
from flows.score import score
from flows.summary import Summary, summarise
from flows.train import TrainingRecord, check_champions, train


@flow(name="retention")
def retention(
    project_file: str, as_of: date | None = None, known_at: datetime | None = None
) -> Summary:
    """Ingest, validate, train, score and publish; return what a person wants to know of it.

    Parameters
    ----------
    project_file
        The settings, `stammkunde.toml`.
    as_of
        The day as of which customers are seen; the day after the last order if absent.
    known_at
        Records ingested later do not count; all count if absent.

    Raises
    ------
    StammkundeError
        Wrong settings, or a gate stopped the run; the last publish is as it was.
    """
    ingested = ingest(project_file, known_at=known_at)
    tables = ingested.tables
    day = settle_as_of(project_file, tables["orders"], as_of)
    trained = train(project_file, tables, day, known_at=known_at)
    check_champions(trained)
    scored = score(project_file, tables, day, known_at=known_at)
    return report(project_file, ingested, trained, scored)


@task(task_run_name="report")
def report(
    project_file: str, ingested: Ingested, trained: TrainingRecord, scored: ScoringRecord
) -> Summary:
    """Return the summary of a run, and leave it as an artifact in Prefect."""
    folder = Path(scored["folder"])
    manifest = json.loads((folder / "manifest.json").read_text())
    summary = summarise(
        open_project(project_file),
        findings=(*ingested.received, *ingested.findings, *manifest["drift"]["told"]),
        trained=trained, manifest=manifest, folder=folder,
    )  # fmt: skip
    create_markdown_artifact(summary.to_markdown(), key="retention-summary")
    return summary
