"""What is asked of a database for one table, and the file its answer is kept in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from contracts.errors import CursorUnusable, QueryFailed
from contracts.staged import ROW

# What the engine reads in parallel: it takes row groups, and wants them about this long.
_ROWS_PER_GROUP = 122_880
_BYTES_PER_GROUP = 64 << 20

# No clock on Earth is further ahead of UTC, so no honest time without a zone is later than this.
_FURTHEST_AHEAD = timedelta(hours=14)


@dataclass(frozen=True)
class TableRequest:
    """What to read for one canonical table.

    Attributes
    ----------
    table
        Canonical name; errors name it.
    relation, query
        A table or view ("crm.orders"), or a SELECT in its place.
    cursor
        Column of numbers or times that grows with every change.
    since
        `Extract.newest` of what was accepted last; None reads all rows.
    overlap_hours
        How far before `since` times are read again. Numbers are read from `since` on, inclusive.
    """

    table: str
    relation: str | None = None
    query: str | None = None
    cursor: str | None = None
    since: str | None = None
    overlap_hours: float = 24.0


@dataclass(frozen=True)
class Extract:
    """What was read: a file, the Ibis type of each source column, and how far it goes.

    `newest` is the greatest value of the cursor, as text for the next `TableRequest.since`; times
    later than the clock do not count, or one wrong year would hide all changes to come. It is None
    without cursor or rows.
    """

    table: str
    path: Path
    types: dict[str, str]
    rows: int
    newest: str | None


def read_extract(engine: Backend, extract: Extract) -> ir.Table:
    """Return the rows of an extract, typed, with their position `_row` (1 is the first)."""
    return engine.read_parquet(escape(str(extract.path)))


def check_columns(request: TableRequest, names: Sequence[str], *, place: str) -> None:
    """Check that columns can be told apart and that the cursor is one of them.

    Raises
    ------
    QueryFailed
        Two columns have one name, or differ in case only, which the engine does not see.
    CursorUnusable
        The cursor is none of them.
    """
    seen = {ROW}
    for name in names:
        if name.casefold() in seen:
            problem = f"the column `{name}` is there twice, or named as one of ours"
            raise QueryFailed(request.table, place, problem=problem)
        seen.add(name.casefold())
    if request.cursor is not None and request.cursor not in names:
        problem = f"is no column of its source, which has {', '.join(names)}"
        raise CursorUnusable(request.table, request.cursor, problem=problem)


class ExtractFile:
    """Writes the rows of one request, batch by batch, in bounded memory.

    The file is Parquet without compression or statistics: it is read once and then deleted.
    """

    def __init__(
        self, request: TableRequest, schema: pa.Schema, *, folder: Path, now: datetime
    ) -> None:
        self._request, self._schema, self._now = request, schema, now
        self._path = folder / f"{request.table}.parquet"
        texts = [column.name for column in schema if pa.types.is_string(column.type)]
        self._writer = pq.ParquetWriter(
            self._path,
            schema.append(pa.field(ROW, pa.int64())),
            compression="none",
            use_dictionary=texts,
            store_decimal_as_integer=True,
            write_statistics=False,
        )
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._rows_waiting = self._bytes_waiting = 0
        self._newest: list[pa.Scalar] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._writer.close()
            return
        with suppress(OSError):  # what it could not write before it cannot write now
            self._writer.close()
        self._path.unlink(missing_ok=True)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; they have the columns of the schema, in its order."""
        if self._request.cursor is not None:
            self._newest.append(_greatest(batch.column(self._request.cursor), self._now))
        self._waiting.append(batch)
        self._rows_waiting += batch.num_rows
        self._bytes_waiting += batch.nbytes
        if self._rows_waiting >= _ROWS_PER_GROUP or self._bytes_waiting >= _BYTES_PER_GROUP:
            self._write_group()

    def finish(self) -> Extract:
        """Write what is left and return the extract."""
        self._write_group()
        self._writer.close()
        newest = None
        if self._newest:
            newest = _as_text(pc.max(pa.array(self._newest)))
        types = {name: str(kind) for name, kind in ibis.schema(self._schema).items()}
        return Extract(self._request.table, self._path, types, self._rows, newest)

    def _write_group(self) -> None:
        group = pa.Table.from_batches(self._waiting, self._schema)
        first = self._rows + 1
        positions = pa.array(np.arange(first, first + group.num_rows))
        self._writer.write_table(group.append_column(ROW, positions))
        self._rows += group.num_rows
        self._waiting, self._rows_waiting, self._bytes_waiting = [], 0, 0


def _greatest(values: pa.Array, now: datetime) -> pa.Scalar:
    """Return the greatest value; of times, the greatest that is not later than the clock."""
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.decimal128(values.type.precision, values.type.scale))
    greatest = pc.max(values)
    limit = _latest_honest(greatest, now)
    if limit is None or not pc.greater(greatest, limit).as_py():
        return greatest
    return pc.max(values.filter(pc.less_equal(values, limit)))


def _latest_honest(greatest: pa.Scalar, now: datetime) -> pa.Scalar | None:
    """Return the latest time that a column like that of `greatest` can hold; None for numbers."""
    kind = greatest.type
    ahead = (now + _FURTHEST_AHEAD).replace(tzinfo=None)
    if not greatest.is_valid:
        return None
    if pa.types.is_timestamp(kind):
        return pa.scalar(ahead if kind.tz is None else now, kind)
    if pa.types.is_date(kind):
        return pa.scalar(ahead.date(), kind)
    if pa.types.is_string(kind) and is_time(greatest.as_py()):
        return pa.scalar(ahead.isoformat(sep=greatest.as_py()[10:11] or " "), kind)
    return None


def is_time(text: str) -> bool:
    """Return whether `text` starts with a date as ISO 8601 writes it."""
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return len(text) >= len("2024-01-31")


def _as_text(newest: pa.Scalar) -> str | None:
    if not newest.is_valid:
        return None
    if pa.types.is_temporal(newest.type) and pc.year(newest).as_py() < 1:
        return None  # before Christ; Python has no such time, and no change was made then
    value = newest.as_py()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
