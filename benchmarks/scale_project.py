"""A project over the made tables of a scale test, and its ingest without flows around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.ingest import accept as accept_batches
from flows.ingest import begin, prepare_batch
from flows.project import open_project
from flows.staging_tasks import stage_files

_SETTINGS = """\
[project]
name = "scale"
currency = "EUR"
root = "{work}"
[engine]
memory_gb = {memory_gb}
{engine}
[sources.orders]
path = "{data}/orders/*.parquet"
[sources.interactions]
path = "{data}/email_events/*.parquet"
columns = {{ occurred_at = "event_at", kind = "event_type" }}
[sources.customers]
path = "{data}/customers/*.parquet"
columns = {{ created_at = "signup_date" }}
[sources.tickets]
path = "{data}/tickets/*.parquet"
columns = {{ closed_at = "resolved_at", satisfaction = "csat", solved = "outcome" }}
"""


def scale_project(
    data: Path,
    work: Path,
    *,
    memory_gb: float = 1.5,
    engine: str = "",
    horizon_days: int | None = None,
) -> str:
    """Write the settings of the project in `work` and return their file.

    `engine` holds more lines of its table [engine]; without `horizon_days` the default stands.
    """
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    file = work / "stammkunde.toml"
    text = _SETTINGS.format(work=work, data=data.resolve(), memory_gb=memory_gb, engine=engine)
    business = "" if horizon_days is None else f"[business]\nhorizon_days = {horizon_days}\n"
    file.write_text(text + business)
    return str(file)


def ingest_unjudged(file: str, tables: Sequence[str]) -> None:
    """Read, compare and accept what the sources of `tables` deliver; nothing is validated."""
    project = open_project(file)
    with project.store.locked():
        ingestion = begin(project, (), ())
        for table in tables:
            for folder in stage_files.fn(file, table, ingestion):
                prepare_batch.fn(file, folder)
        folders = [str(path) for path in sorted((project.store.staging / "rows").iterdir())]
        accept_batches.fn(file, folders, ingestion)
