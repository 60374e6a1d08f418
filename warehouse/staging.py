"""How rows of one delivery lie on the disk, before and after they count.

Many rows lie in one file per customer bucket (`bucket=7/data_0.parquet`), few in one file. Only
what differs from row to row is stored: columns without a value are left out, and so is what is the
same in all rows, where they are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from glob import escape
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend

from warehouse.buckets import BUCKET, BUCKETS, Slice, bucket

_ONE_FILE = "part-0.parquet"

# Many small files cost more than they save.
_BYTES_WORTH_BUCKETS = 16 * 2**20

_ROW_GROUP = 122_880

# Ids, times and money have too many values for a dictionary; looking for one costs a fifth of all
# the writing. What has few values still gets one.
PARQUET = {"compression": "zstd", "parquet_version": "v2", "dictionary_size_limit": 1000}

# What all rows of a delivery have in common: column -> value.
Constants = Mapping[str, datetime | str]


def is_worth_buckets(source_bytes: int) -> bool:
    """Return whether rows from a source of that size are many."""
    return source_bytes >= _BYTES_WORTH_BUCKETS


def write_rows(  # noqa: PLR0913 - rows, where to, and how they lie there
    engine: Backend, rows: ir.Table, folder: Path, *, by: str, are_many: bool, constants: Constants
) -> None:
    """Write `rows` to the new folder; `by` is the column whose hash is the bucket."""
    folder.mkdir(parents=True, mode=0o700)
    bucketed = rows.mutate(**{BUCKET: bucket(rows[by])})
    if are_many:
        # Whole row groups per bucket; smaller ones cost more to write and to read.
        engine.raw_sql(f"SET partitioned_write_flush_threshold = {BUCKETS * _ROW_GROUP}")
        engine.to_parquet(bucketed, folder, partition_by=BUCKET, **PARQUET)
    if not any(folder.iterdir()):  # few rows, or none of many: no bucket was written
        whole = bucketed.mutate(**{name: _literal(value) for name, value in constants.items()})
        engine.to_parquet(whole, folder / _ONE_FILE, **PARQUET)


def read_rows(
    engine: BaseBackend,
    folder: Path,
    *,
    columns: Mapping[str, str],
    constants: Constants,
    only: Slice | None = None,
) -> ir.Table:
    """Return the rows that `write_rows` wrote to a folder, in `columns` (name -> type).

    Of a slice, whose bucketing is that of the folder, only the files of its buckets are read.
    """
    if is_small(folder):
        return read_small(engine, [folder], columns=columns, only=only)
    files = stored_files(folder, only)
    if not files:
        return no_rows(columns)
    stored = engine.read_parquet(files, hive_partitioning=True)
    stored = stored.mutate(**{name: _literal(value) for name, value in constants.items()})
    return _in_columns(stored, columns)


def read_stored(engine: BaseBackend, folder: Path) -> ir.Table:
    """Return the rows of a folder as they are stored, without what is left out."""
    return engine.read_parquet(stored_files(folder), hive_partitioning=True)


def read_small(
    engine: BaseBackend,
    folders: Sequence[Path],
    *,
    columns: Mapping[str, str],
    only: Slice | None = None,
) -> ir.Table:
    """Return the rows of folders of one file each, in `columns`; they hold their constants."""
    files = [escape(str(folder / _ONE_FILE)) for folder in folders]
    rows = engine.read_parquet(files, union_by_name=True)
    if only is not None:
        rows = rows.filter(rows[BUCKET].isin(sorted(only.buckets)))
    return _in_columns(rows, columns)


def no_rows(columns: Mapping[str, str]) -> ir.Table:
    """Return a table without rows."""
    return ibis.memtable(ibis.schema(columns).to_pyarrow().empty_table())


def stored_files(folder: Path, only: Slice | None = None) -> list[str]:
    """Return the files of a folder of many rows, or of a slice of it, as patterns."""
    files = sorted(folder.rglob("*.parquet"))
    if only is not None:
        kept = {f"{BUCKET}={number}" for number in only.buckets}
        files = [file for file in files if file.parent.name in kept]
    return [escape(str(file)) for file in files]


def is_small(folder: Path) -> bool:
    """Return whether the rows of a folder lie in one file."""
    return (folder / _ONE_FILE).exists()


def _in_columns(stored: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    found = {
        name: stored[name].cast(type_) if name in stored.columns else ibis.null(type_)
        for name, type_ in columns.items()
    }
    return stored.select(**found)


def _literal(value: datetime | str) -> ir.Scalar:
    if isinstance(value, datetime):
        return ibis.literal(value.replace(tzinfo=None)).cast("timestamp(6)")
    return ibis.literal(value)
