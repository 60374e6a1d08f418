"""Finds the delivered files of a source, and reads them as one table."""

from __future__ import annotations

from functools import lru_cache
from glob import has_magic
from itertools import takewhile
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import IbisTypeError

from contracts.errors import ColumnMissing, FileChanged, SourceMissing, UnreadableFile
from contracts.names import file_digest
from contracts.staged import FILE, ROW
from contracts.tables import TABLES
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import DIGEST_LENGTH, Delivery, Version, version_of
from ingestion.sources.formats import FileFormat
from ingestion.sources.reading import read_file
from ingestion.sources.remote import fetch_deliveries, is_remote


def find_deliveries(
    table: str, source: SourceSettings, *, folder: Path, workspace: Path
) -> list[Delivery]:
    """Return the files of a source in name order; the same content twice counts once.

    A relative path begins at `folder`. What an address names is fetched to `workspace`, which must
    last as long as the deliveries.

    Raises
    ------
    SourceMissing
        No file matches the path.
    FileChanged
        A file vanished before it was read.
    UnreadableFile
        A file may not be read.
    SettingsError
        An address holds a secret, or is none that can be read.
    DriverMissing
        What reads such an address is not installed.
    Transient
        The store does not answer.
    """
    pattern = source.path or ""
    if is_remote(pattern):
        found = fetch_deliveries(table, pattern, workspace=workspace)
    else:
        paths = sorted(path for path in _matches(pattern, folder) if path.is_file())
        found = [_delivery(table, path, folder) for path in paths]
    if not found:
        raise SourceMissing(table, pattern)
    by_content: dict[str, Delivery] = {}
    for delivery in found:
        by_content.setdefault(delivery.digest, delivery)
    return list(by_content.values())


def has_inbox(source: SourceSettings, *, folder: Path) -> bool:
    """Return whether the folder that the path looks in is there; an address is taken at its word.

    Where it is, a mover may have emptied it; where it is not, the path is wrong or a disk away.
    """
    pattern = source.path or ""
    if is_remote(pattern):
        return True
    fixed = takewhile(lambda part: not has_magic(part), Path(pattern).parent.parts)
    return folder.joinpath(*fixed).is_dir()


def read_deliveries(  # noqa: PLR0913 - files, their formats, and where to work
    engine: Backend,
    table: str,
    source: SourceSettings,
    *,
    deliveries: list[Delivery],
    formats: list[FileFormat],
    workspace: Path,
) -> ir.Table:
    """Return the rows of all files with `_file`, the position of their file, and `_row` in it.

    `_file` counts from 0, `_row` from 1. A column that some files lack is left out where the
    settings do not read it. Types that differ between files become one that holds them all.

    Raises
    ------
    EmptyTable
        A file has not even a header.
    UnreadableFile
        A file lacks its trailer.
    ColumnMissing
        A file lacks a column that is read from another.
    """
    tables = [
        read_file(engine, delivery, file_format, table=table, workspace=workspace).mutate(
            **{FILE: ibis.literal(position, dt.int32)}
        )
        for position, (delivery, file_format) in enumerate(zip(deliveries, formats, strict=True))
    ]
    names = list(dict.fromkeys(name for rows in tables for name in rows.columns))
    read = {source.column_of(column.name) for column in TABLES[table].columns}
    read.update(source.named_columns)
    for rows, delivery in zip(tables, deliveries, strict=True):
        missing = [name for name in names if name in read and name not in rows.columns]
        if missing:
            found = [name for name in rows.columns if name not in {ROW, FILE}]
            raise ColumnMissing(table, missing, found=found, path=delivery.name)
    shared = [name for name in names if all(name in rows.columns for rows in tables)]
    types = {name: _common_type({rows.schema()[name] for rows in tables}) for name in shared}
    return ibis.union(*(rows.select(shared).cast(types) for rows in tables))


def _matches(pattern: str, folder: Path) -> set[Path]:
    """Return what matches; a name that holds signs of a pattern, as in `[old]`, is itself too."""
    written = Path(pattern)
    found = {Path(written.anchor) if written.is_absolute() else folder}
    for part in written.parts[1:] if written.is_absolute() else written.parts:
        as_it_is = {path / part for path in found if (path / part).exists()}
        by_pattern = {match for path in found for match in path.glob(part)}
        found = as_it_is | (by_pattern if has_magic(part) else set())
    return found


def _delivery(table: str, path: Path, folder: Path) -> Delivery:
    name = str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    try:
        version = version_of(path)
        digest = _digest(path, version, path.stat().st_ctime_ns)
    except FileNotFoundError:
        raise FileChanged(table, name) from None
    except PermissionError:
        reason = "this user may not read it"
        raise UnreadableFile(table, name, reason=reason) from None
    return Delivery(path, name, digest, version.size, version)


@lru_cache(maxsize=100_000)
def _digest(path: Path, version: Version, changed_ns: int) -> str:
    """Hash a file once where several tables are read from it; `changed_ns` cannot be set back."""
    del version, changed_ns
    return file_digest(path)[:DIGEST_LENGTH]


def _common_type(types: set[dt.DataType]) -> dt.DataType:
    """Return the type that holds the values of all; text where there is no other."""
    try:
        return dt.highest_precedence(types)
    except IbisTypeError:
        return dt.string
