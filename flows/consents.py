"""The consent ledger when something is published, which may be later than the run began."""

from __future__ import annotations

from datetime import datetime

from flows.ingest import ingest
from flows.names import TableRefs
from flows.project import open_project


def consents_now(project_file: str, tables: TableRefs, *, known_at: datetime | None) -> str | None:
    """Read what the source of consents has to say since; return the ledger, None without one.

    Features and scores take minutes, and somebody may have said no meanwhile. With `known_at` the
    ledger is that of the run: what was known then.

    Raises
    ------
    StammkundeError
        The source cannot be read, or a gate of validation failed: then nothing may be published.
    """
    is_delivered = "consents" in open_project(project_file).settings.sources
    if known_at is not None or not is_delivered:
        return tables.get("consents")
    return ingest(project_file, only=("consents",)).tables.get("consents")
