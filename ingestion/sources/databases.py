"""Reads tables of a database, all as they were at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingestion.sources.extracts import Extract, TableRequest, read_extract
from ingestion.sources.postgres import extract_postgres
from ingestion.sources.relational import extract_relational

__all__ = ["Extract", "TableRequest", "extract", "read_extract"]


def extract(url: str, requests: Sequence[TableRequest], *, folder: Path) -> dict[str, Extract]:
    """Read all requests from one snapshot of a database; return the extract of each table.

    `folder` exists; nothing is written elsewhere. A run that dies leaves files there that no
    extract speaks of. No error holds the URL or a value of a row, nor does one that it came from.

    Parameters
    ----------
    url
        `postgresql://...` with the parameters of libpq, or a URL of SQLAlchemy.

    Raises
    ------
    DatabaseUnreachable
        The database does not answer, or stopped answering; a retry can help.
    DatabaseRefused, RelationMissing, CursorUnusable, QueryFailed
        The settings, or the grants in the database, must change.
    """
    dialect, _, address = url.partition("://")
    if dialect.partition("+")[0] in {"postgresql", "postgres"}:
        return extract_postgres(f"postgresql://{address}", requests, folder=folder)
    return extract_relational(url, requests, folder=folder)
