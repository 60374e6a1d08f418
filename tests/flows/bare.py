"""An ingest without Prefect, task by task, for tests that kill it many times."""

from __future__ import annotations

from flows.gates import validate_staged
from flows.ingest import accept, begin, prepare_batch
from flows.project import open_project
from flows.staging_tasks import stage_files


def ingest_bare(
    file: str, *, full: tuple[str, ...] = (), accept_volume: tuple[str, ...] = ()
) -> None:
    """Do what the flow `ingest` does with the files of a project."""
    project = open_project(file)
    with project.store.locked():
        ingestion = begin(project, full, accept_volume)
        staged = [
            folder
            for table in project.settings.sources
            for folder in stage_files.fn(file, table, ingestion)
        ]
        if staged:
            for folder in staged:
                prepare_batch.fn(file, folder)
            validate_staged.fn(file, staged, ingestion)
            accept.fn(file, staged, ingestion)
