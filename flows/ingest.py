"""The flow `ingest`: what is new of every source, validated, accepted in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from prefect import flow, task

from flows.accepting import commit, prepare, prepared
from flows.canonical import canonical_tables
from flows.fates import tell_fates
from flows.gates import last_verdict, validate_staged
from flows.names import Ingestion, TableRefs
from flows.progress import step
from flows.project import Project, open_project
from flows.sourceless import tell_sourceless
from flows.staged import Staged
from flows.staging_tasks import stage_database, stage_files
from warehouse.room import told_if_full


@dataclass(frozen=True)
class Ingested:
    """The canonical tables, and lines for a person.

    `received` says what became of the rows that came, a line per table; `findings` what validation
    found.
    """

    tables: TableRefs
    findings: tuple[str, ...] = ()
    received: tuple[str, ...] = ()


@flow(name="ingest")
def ingest(
    project_file: str,
    *,
    known_at: datetime | None = None,
    full: Sequence[str] = (),
    accept_volume: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Ingested:
    """Accept what is new of every source, if validation lets it, and return the tables.

    Parameters
    ----------
    known_at
        The tables are those that were known then; all that was ever accepted counts if absent.
    full
        Tables to read whole; keys that no longer come are recorded as deleted.
    accept_volume
        Tables that may shrink or grow more than usual this time.
    only
        Tables whose sources are looked at; all if absent.

    Raises
    ------
    StammkundeError
        A source cannot be read, or a gate of validation failed; what was accepted before stays.
    """
    project = open_project(project_file)
    with told_if_full(project.root), project.store.locked():
        project.store.verify()
        ingestion = begin(project, full, accept_volume, only)
        staged = _stage_sources(project, ingestion)
        received: tuple[str, ...] = ()
        if staged:
            for folder in staged:
                prepare_batch(project_file, folder)
            validate_staged(project_file, staged, ingestion)
            received = accept(project_file, staged, ingestion)
    verdict = last_verdict(project)
    found = () if verdict is None else verdict.describe()
    findings = (*found, *tell_sourceless(project))
    return Ingested(canonical_tables(project_file, known_at), findings, received)


@task(task_run_name="compare with what is known")
def prepare_batch(project_file: str, folder: str) -> None:
    """Write what a staged table changes of what is known; it does not count yet."""
    project = open_project(project_file)
    staged = Staged.load(folder)
    history = project.store.history().get(staged.table, [])
    with project.open_lake() as lake, step(f"compare {staged.table}") as done:
        done.outcome = tell_fates(prepare(lake, project, staged, history).counts)


@task(task_run_name="accept")
def accept(project_file: str, folders: list[str], ingestion: Ingestion) -> tuple[str, ...]:
    """Let the prepared batches count, all in one step; return a line for each."""
    project = open_project(project_file)
    with step("accept") as done:
        batches = prepared(project, [Staged.load(folder) for folder in folders])
        if batches:
            commit(project, batches, ingestion)
        done.outcome = ", ".join(batches) or "nothing changed"
    return tuple(f"{table}: {tell_fates(batch.counts)}" for table, batch in batches.items())


def begin(
    project: Project,
    full: Sequence[str],
    accept_volume: Sequence[str],
    only: Sequence[str] = (),
) -> Ingestion:
    """Return the facts of the ingest that begins now: the only place that reads the clock."""
    # Knowledge only grows: a clock that was set back must not date a commit before the last one.
    last = project.store.newest()
    now = datetime.now(UTC)
    return Ingestion(
        number=project.store.next_number(),
        ingested_at=now if last is None else max(now, last),
        full=tuple(full),
        accept_volume=tuple(accept_volume),
        only=tuple(only),
    )


def _stage_sources(project: Project, ingestion: Ingestion) -> list[str]:
    """Stage every source that has something new; return the folders of the staged tables."""
    file = str(project.file)
    staged: list[str] = []
    for database in dict.fromkeys(
        source.database
        for table, source in project.settings.sources.items()
        if source.database and ingestion.looks_at(table)
    ):
        staged += stage_database(file, database, ingestion)
    for table, source in project.settings.sources.items():
        if source.path is not None and ingestion.looks_at(table):
            staged += stage_files(file, table, ingestion)
    return staged
