"""Reads files: CSV as text, Parquet and JSON Lines as typed. A file is a batch, by its content."""

from __future__ import annotations

from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import IbisTypeError

from contracts.errors import ColumnMissing, EmptyTable, SourceMissing
from contracts.names import file_digest
from contracts.tables import TABLES
from ingestion.settings import SourceSettings
from ingestion.sources.encodings import as_utf8

ROW = "_row"

# What DuckDB calls the only column of a CSV without any line.
_NAME_WITHOUT_HEADER = "column0"


@dataclass(frozen=True)
class Delivery:
    """One delivered file and the hash of its content, which is its `batch_id`."""

    path: Path
    batch_id: str


def find_deliveries(table: str, source: SourceSettings, *, folder: Path) -> list[Delivery]:
    """Return the files of a source in name order; the same content twice counts once.

    Raises
    ------
    SourceMissing
        No file matches the path.
    """
    paths = sorted(path for path in _matches(source.path, folder) if path.is_file())
    if not paths:
        raise SourceMissing(table, source.path)
    by_content: dict[str, Delivery] = {}
    for path in paths:
        batch_id = file_digest(path)[:16]
        by_content.setdefault(batch_id, Delivery(path, batch_id))
    return list(by_content.values())


def read_deliveries(
    engine: Backend,
    table: str,
    source: SourceSettings,
    *,
    deliveries: list[Delivery],
    workspace: Path,
) -> ir.Table:
    """Return the rows of all files with `batch_id` and their position `_row` (1 is the first).

    A column that some files lack is left out where the settings do not read it. Types that differ
    between files become one that holds them all. Files in other encodings are rewritten below
    `workspace`, which must last until the rows have been read.

    Raises
    ------
    EmptyTable
        A file has not even a header.
    UnreadableFile
        A file is not in the encoding of the settings.
    ColumnMissing
        A file lacks a column that is read from another.
    """
    tables = [
        _read(engine, table, source, delivery, workspace=workspace) for delivery in deliveries
    ]
    names = list(dict.fromkeys(name for rows in tables for name in rows.columns))
    read = {source.columns.get(column.name, column.name) for column in TABLES[table].columns}
    read.update(source.columns.values())
    for rows, delivery in zip(tables, deliveries, strict=True):
        missing = [name for name in names if name in read and name not in rows.columns]
        if missing:
            found = [name for name in rows.columns if name not in {ROW, "batch_id"}]
            raise ColumnMissing(table, missing, found=found, path=str(delivery.path))
    shared = [name for name in names if all(name in rows.columns for rows in tables)]
    types = {name: _common_type({rows.schema()[name] for rows in tables}) for name in shared}
    return ibis.union(*(rows.select(shared).cast(types) for rows in tables))


def _matches(pattern: str, folder: Path) -> list[Path]:
    absolute = Path(escape(str(folder))) / pattern
    anchor = Path(absolute.anchor)
    return list(anchor.glob(str(absolute.relative_to(anchor))))


def _read(
    engine: Backend, table: str, source: SourceSettings, delivery: Delivery, *, workspace: Path
) -> ir.Table:
    if delivery.path.stat().st_size == 0:
        raise EmptyTable(table, str(delivery.path))
    if delivery.path.suffix in {".parquet", ".pq"}:
        rows = engine.read_parquet(escape(str(delivery.path)))
    elif _is_json_lines(delivery.path):
        rows = engine.read_json(escape(str(delivery.path)), format="newline_delimited")
    else:
        path = delivery.path
        if source.encoding != "utf-8":
            path = as_utf8(path, encoding=source.encoding, workspace=workspace, table=table)
        options: dict[str, Any] = {"delim": source.delimiter} if source.delimiter else {}
        if source.skip_lines:
            options["skip"] = source.skip_lines
        # `comment` would be guessed otherwise: rows with ids such as #1001 would be left out.
        rows = engine.read_csv(
            escape(str(path)), all_varchar=True, header=True, nullstr="", comment="", **options
        )
        if rows.columns == (_NAME_WITHOUT_HEADER,):
            raise EmptyTable(table, str(delivery.path))
    # Exports pad their headers; the settings name columns as a person reads them.
    rows = rows.rename({name.strip(): name for name in rows.columns if name.strip() != name})
    return rows.mutate(**{ROW: ibis.row_number() + 1, "batch_id": ibis.literal(delivery.batch_id)})


def _is_json_lines(path: Path) -> bool:
    return Path(path.name.removesuffix(".gz")).suffix in {".jsonl", ".ndjson"}


def _common_type(types: set[dt.DataType]) -> dt.DataType:
    """Return the type that holds the values of all; text where there is no other."""
    try:
        return dt.highest_precedence(types)
    except IbisTypeError:
        return dt.string
