"""Opens a file nobody has configured yet: how it is written, and its rows."""

from __future__ import annotations

from glob import escape
from pathlib import Path

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.staged import ROW
from ingestion.settings import SourceSettings
from ingestion.sources.detecting import detect
from ingestion.sources.files import find_deliveries
from ingestion.sources.formats import FileFormat
from ingestion.sources.reading import read_file

# Errors of a source name its table; this file has none yet.
_NO_TABLE = "?"


def look_at(engine: Backend, file: Path, *, workspace: Path) -> tuple[FileFormat, ir.Table]:
    """Return how the file is written, and its rows: as text, or with the types of Parquet.

    What numbers and dates are is left open. `workspace` must last until the rows have been read.

    Raises
    ------
    EmptyTable
        There is nothing in the file, not even a header.
    UnreadableFile
        It is damaged, or nothing that can be read.
    """
    source = SourceSettings(path=escape(file.name))
    deliveries = find_deliveries(
        _NO_TABLE, source, folder=file.absolute().parent, workspace=workspace
    )
    written = detect(
        engine, deliveries[0], source, table=_NO_TABLE, numbers=(), times=(), known=None,
        workspace=workspace,
    )  # fmt: skip
    rows = read_file(engine, deliveries[0], written, table=_NO_TABLE, workspace=workspace)
    return written, rows.drop(ROW)
