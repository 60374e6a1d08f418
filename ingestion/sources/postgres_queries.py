"""Says in SQL what is read of PostgreSQL, and as what type each column is read."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pyarrow as pa
from psycopg import sql

from ingestion.sources.extracts import TableRequest

# Of decimals: as many fit into 64 bits, and as many into the widest that there is.
_SHORT_DIGITS, _MOST_DIGITS = 18, 38

# Types of the server, by their number, that are read as they are sent.
_AS_SENT = {
    16: pa.bool_(),
    20: pa.int64(),
    25: pa.string(),
    701: pa.float64(),
    1043: pa.string(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", "UTC"),
}
_INT2, _INT4, _FLOAT4, _NUMERIC = 21, 23, 700, 1700


@dataclass(frozen=True)
class Column:
    """A column as it is selected, and as what it is read."""

    name: str
    selected: sql.Composable
    kind: pa.DataType


def source_of(request: TableRequest) -> sql.Composable:
    """Return what stands behind FROM: the relation, its name quoted, or the query in brackets."""
    if request.relation is not None:
        return sql.SQL("{} AS source").format(sql.Identifier(*request.relation.split(".")))
    # The line end closes a comment that the query may end with.
    query = (request.query or "").rstrip().rstrip(";")
    return sql.SQL("({}\n) AS source").format(sql.SQL(query))


def column_of(column: psycopg.Column) -> Column:
    """Return how a column is selected; what has no type of its own here is read as text."""
    name = sql.Identifier(column.name)
    kind = _AS_SENT.get(column.type_code)
    if kind is not None:
        return Column(column.name, name, kind)
    if column.type_code in {_INT2, _INT4}:
        return Column(column.name, sql.SQL("{}::int8").format(name), pa.int64())
    if column.type_code == _FLOAT4:
        return Column(column.name, sql.SQL("{}::float8").format(name), pa.float64())
    if column.type_code != _NUMERIC:
        return Column(column.name, sql.SQL("{}::text").format(name), pa.string())
    digits, places = column.precision or 0, column.scale or 0
    if 0 < digits <= _SHORT_DIGITS and 0 <= places <= digits:
        return Column(column.name, name, pa.decimal64(digits, places))
    # As text it is exact, whatever its length. What is no number is NULL, as everywhere.
    number = sql.SQL(
        "CASE WHEN {0}::text NOT IN ('NaN', 'Infinity', '-Infinity') THEN {0}::text END"
    ).format(name)
    fits = 0 < digits <= _MOST_DIGITS and 0 <= places <= digits
    return Column(column.name, number, pa.decimal128(digits, places) if fits else pa.string())


def query_of(request: TableRequest, columns: list[Column]) -> sql.Composed:
    """Return the statement that reads a request: all of it, or what is new since its cursor."""
    selected = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(column.selected, sql.Identifier(column.name))
        for column in columns
    )
    query = sql.SQL("SELECT {} FROM {}").format(selected, source_of(request))
    if request.cursor is not None and request.since is not None:
        kind = next(column.kind for column in columns if column.name == request.cursor)
        query += sql.SQL(" WHERE ") + _is_new(request.cursor, kind, request)
    return query


def _is_new(cursor: str, kind: pa.DataType, request: TableRequest) -> sql.Composed:
    """Return the condition on rows to read; those without a value of the cursor are among them."""
    since: sql.Composable = sql.Literal(request.since)
    if pa.types.is_temporal(kind):
        zoned = pa.types.is_timestamp(kind) and kind.tz is not None
        since = sql.SQL("{}::{} - make_interval(secs => {})").format(
            since,
            sql.SQL("timestamptz" if zoned else "timestamp"),
            sql.Literal(request.overlap_hours * 3600),
        )
    return sql.SQL("{0} >= {1} OR {0} IS NULL").format(sql.Identifier(cursor), since)
