"""Reads tables of PostgreSQL as they were at one moment, by COPY from one transaction."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import cast

import psycopg
import pyarrow as pa
from psycopg import pq, sql

from contracts.errors import CursorUnusable, RelationMissing
from contracts.postgres import connect, place_of
from ingestion.sources.copy_binary import HEADER, TRAILER, GarbledCopy, decode
from ingestion.sources.extracts import Extract, ExtractFile, TableRequest, check_columns
from ingestion.sources.postgres_errors import explain
from ingestion.sources.postgres_queries import Column, column_of, query_of, source_of

# What a role or a database may set otherwise, and would change how values are written, or wait
# without end. Set in the transaction: poolers between us and the server refuse other ways.
_SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "statement_timeout": "1h",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10min",
}

_BLOCK_BYTES = 4 << 20
# Blocks that have arrived and are not written yet; with these the memory is bounded.
_BLOCKS_WAITING = 2
# To look at the size of the block takes a tenth of the time that reading a row takes.
_ROWS_BETWEEN_LOOKS = 64

# Rows as they were sent, and the size of each in bytes.
_Block = tuple[bytearray, list[int]]

# SQLSTATEs of a relation that is not there, or whose name can be none.
_NO_SUCH_RELATION = {"42P01", "3F000", "42601", "42602", "0A000"}
_RELATIONS = """
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
"""


def extract_postgres(
    url: str, requests: Sequence[TableRequest], *, folder: Path
) -> dict[str, Extract]:
    """Read all requests from one snapshot of the database; files are made below `folder`.

    A role that may only SELECT is enough: nothing is written, locked against writers or created.

    Raises
    ------
    DatabaseUnreachable
        It does not answer, or stopped answering. Nothing is returned of what was read till then.
    DatabaseRefused, RelationMissing, CursorUnusable, QueryFailed
        The settings or the grants must change.
    """
    place = place_of(url)
    reading: TableRequest | None = None
    extracts = {}
    try:
        with closing(connect(url)) as connection:
            now = _begin(connection)
            for reading in requests:
                columns = _describe(connection, reading, place)
                schema = pa.schema([(column.name, column.kind) for column in columns])
                with ExtractFile(reading, schema, folder=folder, now=now) as file:
                    _write_behind(file, _blocks(connection, query_of(reading, columns)), schema)
                    extracts[reading.table] = file.finish()
        return extracts
    except (psycopg.Error, GarbledCopy) as error:
        failure = explain(error, place, reading)
    # Not within `except`: the driver's error, which may quote the URL or a row, would hang on it.
    raise failure


def _begin(connection: psycopg.Connection) -> datetime:
    """Begin the transaction whose snapshot all tables are read from; return its time."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    pinned = [
        sql.SQL("set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(value))
        for name, value in _SESSION.items()
    ]
    connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(pinned)))
    row = connection.execute("SELECT now()").fetchone()
    return cast(tuple[datetime], row)[0]


def _describe(connection: psycopg.Connection, request: TableRequest, place: str) -> list[Column]:
    """Return the columns of a request, each with how it is selected and read."""
    statement = sql.SQL("SELECT * FROM {} LIMIT 0").format(source_of(request))
    missing = False
    try:
        described = connection.execute(statement).description or []
    except psycopg.Error as error:
        missing = request.relation is not None and error.sqlstate in _NO_SUCH_RELATION
        if not missing:
            raise
    if missing:
        connection.rollback()
        found = [name for (name,) in connection.execute(_RELATIONS)]
        raise RelationMissing(request.table, request.relation or "", place=place, found=found)
    check_columns(request, [column.name for column in described], place=place)
    columns = [column_of(column) for column in described]
    for column in columns:
        if column.name == request.cursor and column.kind in {pa.string(), pa.bool_()}:
            problem = "is no time, and no number whose decimal places are declared"
            raise CursorUnusable(request.table, column.name, problem=problem)
    return columns


def _write_behind(file: ExtractFile, blocks: Iterable[_Block], schema: pa.Schema) -> None:
    """Decode and write blocks in a second thread, in their order, while the next ones arrive.

    Receiving stays where Ctrl-C is heard. What fails there is raised here, and on every path the
    thread has ended when this returns.
    """

    def write(block: bytearray, sizes: list[int]) -> None:
        file.write(decode(block, sizes, schema))

    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1, "extract") as writer:
        for block, sizes in blocks:
            if len(waiting) == _BLOCKS_WAITING:
                waiting.popleft().result()
            waiting.append(writer.submit(write, block, sizes))
        for written in waiting:
            written.result()


def _blocks(connection: psycopg.Connection, query: sql.Composed) -> Iterator[_Block]:
    """Yield the rows of a query as PostgreSQL sends them, and the size of each in bytes.

    psycopg's own loop over rows costs four times as much as this one, for the same messages.
    """
    rows = 0
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        # psycopg waits for the first message: till then the server may sort for long.
        first = bytes(copy.read()).removeprefix(HEADER)
        block, sizes, size = bytearray(first), [len(first)] if first else [], 1
        server = connection.pgconn
        arrived = select.poll()
        arrived.register(server.socket, select.POLLIN)
        while size >= 0:
            for _ in repeat(None, _ROWS_BETWEEN_LOOKS):
                size, row = server.get_copy_data(1)
                if size <= 0:
                    break
                block += row
                sizes.append(size)
            if size == 0:
                arrived.poll()
                server.consume_input()
            if size < 0 or len(block) >= _BLOCK_BYTES:
                if sizes and sizes[-1] == len(TRAILER):
                    del block[-sizes.pop() :]
                rows += len(sizes)
                if sizes:
                    yield block, sizes
                block, sizes = bytearray(), []
        _check_end(server, rows)


def _check_end(server: pq.abc.PGconn, rows: int) -> None:
    """Take the server's word that all rows were sent, and that they are as many as arrived."""
    ends = list(iter(server.get_result, None))
    for end in ends:
        if end.status != pq.ExecStatus.COMMAND_OK:
            state = end.error_field(pq.DiagnosticField.SQLSTATE) or b""
            raise psycopg.errors.lookup(state.decode())
    if [end.command_status for end in ends] != [b"COPY %d" % rows]:
        raise GarbledCopy
