"""Brings rows into a table by COPY and a comparison: only what differs is written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import pyarrow as pa
import pyarrow.csv
from psycopg import sql

_AS_PLAIN_CSV = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")


@dataclass(frozen=True)
class Target:
    """A table and how its rows are told apart.

    `stamps` are columns that say by which publish a row was written: they alone change no row.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    stamps: tuple[str, ...] = ()

    @property
    def staged(self) -> sql.Identifier:
        """The temporary table that holds what arrives."""
        return sql.Identifier("pg_temp", f"new_{self.name}")

    @property
    def values(self) -> tuple[str, ...]:
        """The columns by which a row differs."""
        return tuple(name for name in self.columns if name not in {*self.key, *self.stamps})


class Schema:
    """The tables of one schema within one transaction."""

    def __init__(self, connection: psycopg.Connection, name: str) -> None:
        self.connection, self.name = connection, name

    def table(self, name: str) -> sql.Identifier:
        """Return the whole name of a table."""
        return sql.Identifier(self.name, name)

    def stage(self, target: Target, batches: Iterable[pa.RecordBatch]) -> None:
        """COPY rows into a temporary table like the target's."""
        self.run(
            "CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {table} "
            "WITH NO DATA", target,
        )  # fmt: skip
        into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)")
        statement = into.format(target.staged, listed(target.columns))
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for written in _ahead(batches):
                copy.write(written)
        self.run("ANALYZE {staged}", target)

    def drop_gone(self, target: Target) -> int:
        """Delete rows of the table whose key did not arrive; return how many."""
        return self.run(
            "DELETE FROM {table} AS old WHERE NOT EXISTS "
            "(SELECT FROM {staged} AS new WHERE {same_key})", target,
        )  # fmt: skip

    def keep_changed(self, target: Target) -> None:
        """Leave of what arrived only rows that the table does not hold as they are."""
        self.run(
            "DELETE FROM {staged} AS new USING {table} AS old WHERE {same_key} "
            "AND ({new_values}) IS NOT DISTINCT FROM ({old_values})", target,
        )  # fmt: skip
        self.run("ANALYZE {staged}", target)

    def upsert(self, target: Target) -> int:
        """Write what is left of what arrived; return how many rows that is."""
        return self.run(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged} "
            "ON CONFLICT ({key}) DO UPDATE SET {assigned}", target,
        )  # fmt: skip

    def run(self, statement: str, target: Target) -> int:
        """Run a statement about a target; return the rows it touched."""
        shared = [*target.values, *target.stamps]
        assigned = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in shared]
        keyed = [sql.SQL("old.{0} = new.{0}").format(sql.Identifier(name)) for name in target.key]
        composed = sql.SQL(statement).format(
            table=self.table(target.name), staged=target.staged, columns=listed(target.columns),
            key=listed(target.key), same_key=sql.SQL(" AND ").join(keyed),
            new_values=listed(target.values, of="new"), old_values=listed(target.values, of="old"),
            assigned=sql.SQL(", ").join(assigned),
        )  # fmt: skip
        return self.connection.execute(composed).rowcount


def listed(names: Sequence[str], *, of: str | None = None) -> sql.Composed:
    """Return names for a list of columns, of a table where one is named."""
    each = [sql.Identifier(name) if of is None else sql.Identifier(of, name) for name in names]
    return sql.SQL(", ").join(each)


def _ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[memoryview]:
    """Yield batches as CSV; the next one is made while the server takes the one before."""
    arriving = iter(batches)

    def following() -> memoryview | None:
        batch = next(arriving, None)
        return None if batch is None else as_csv(batch)

    with ThreadPoolExecutor(1, "write-back") as maker:
        made = following()
        while made is not None:
            pending = maker.submit(following)
            yield made
            made = pending.result()


def as_csv(rows: pa.RecordBatch) -> memoryview:
    """Return rows as PostgreSQL's CSV: text is quoted, so that NULL is what is empty and not."""
    written = io.BytesIO()
    pyarrow.csv.write_csv(rows, written, _AS_PLAIN_CSV)
    return written.getbuffer()
