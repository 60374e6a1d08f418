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

BUCKETS = 16
BUCKET = "bucket"

_ONE_FILE = "part-0.parquet"

# Many small files cost more than they save.
_BYTES_WORTH_BUCKETS = 16 * 2**20

_ROW_GROUP = 122_880

# Ids, times and money have too many values for a dictionary; looking for one costs a fifth of all
# the writing. What has few values still gets one.
PARQUET = {"compression": "zstd", "parquet_version": "v2", "dictionary_size_limit": 1000}

# Ids in steps of a power of two, as some systems give them, must spread too.
_PRIME = 65_521

# What all rows of a delivery have in common: column -> value.
Constants = Mapping[str, datetime | str]


def bucketing(engine: Backend, by: ir.Value) -> str:
    """Return what stands for how the buckets of a column are computed: equal text, equal buckets.

    Those of whole numbers are the same everywhere; the engine's hash of a text may differ between
    its versions.
    """
    if isinstance(by, ir.IntegerValue):
        return f"number % {_PRIME} % {BUCKETS}"
    probe = engine.to_pyarrow(_hash_text(ibis.literal("stammkunde"))).as_py()
    return f"hash {probe % 2**32:08x} % {BUCKETS}"


def is_worth_buckets(source_bytes: int) -> bool:
    """Return whether rows from a source of that size are many."""
    return source_bytes >= _BYTES_WORTH_BUCKETS


def write_rows(  # noqa: PLR0913 - rows, where to, and how they lie there
    engine: Backend, rows: ir.Table, folder: Path, *, by: str, are_many: bool, constants: Constants
) -> None:
    """Write `rows` to the new folder; `by` is the column whose hash is the bucket."""
    folder.mkdir(parents=True, mode=0o700)
    bucketed = rows.mutate(**{BUCKET: _bucket(rows[by])})
    if are_many:
        # Whole row groups per bucket; smaller ones cost more to write and to read.
        engine.raw_sql(f"SET partitioned_write_flush_threshold = {BUCKETS * _ROW_GROUP}")
        engine.to_parquet(bucketed, folder, partition_by=BUCKET, **PARQUET)
    if not any(folder.iterdir()):  # few rows, or none of many: no bucket was written
        whole = bucketed.mutate(**{name: _literal(value) for name, value in constants.items()})
        engine.to_parquet(whole, folder / _ONE_FILE, **PARQUET)


def read_rows(
    engine: BaseBackend, folder: Path, *, columns: Mapping[str, str], constants: Constants
) -> ir.Table:
    """Return the rows that `write_rows` wrote to a folder, in `columns` (name -> type)."""
    if (folder / _ONE_FILE).exists():
        return read_small(engine, [folder], columns=columns)
    stored = read_stored(engine, folder)
    stored = stored.mutate(**{name: _literal(value) for name, value in constants.items()})
    return _in_columns(stored, columns)


def read_stored(engine: BaseBackend, folder: Path) -> ir.Table:
    """Return the rows of a folder as they are stored, without what is left out."""
    files = [escape(str(path)) for path in sorted(folder.rglob("*.parquet"))]
    return engine.read_parquet(files, hive_partitioning=True)


def read_small(
    engine: BaseBackend, folders: Sequence[Path], *, columns: Mapping[str, str]
) -> ir.Table:
    """Return the rows of folders of one file each, in `columns`; they hold their constants."""
    files = [escape(str(folder / _ONE_FILE)) for folder in folders]
    return _in_columns(engine.read_parquet(files, union_by_name=True), columns)


def is_small(folder: Path) -> bool:
    """Return whether the rows of a folder lie in one file."""
    return (folder / _ONE_FILE).exists()


def _bucket(by: ir.Value) -> ir.Value:
    if isinstance(by, ir.IntegerValue):
        number = by.abs() % _PRIME % BUCKETS
    else:
        number = _hash_text(by) % BUCKETS
    return number.fill_null(0).cast("uint8")


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


@ibis.udf.scalar.builtin(name="hash", signature=(("string",), "uint64"))  # type: ignore[untyped-decorator]
def _hash_text(text: str) -> int:  # type: ignore[empty-body]
    """Hash a text as the engine does: quick, and the same within one version of it."""
