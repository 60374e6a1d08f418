"""Reads tables of any database that SQLAlchemy speaks to, from one transaction.

SQLite is tested. Others read by the same statements, at the isolation that they offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from contracts.errors import DatabaseRefused, DatabaseUnreachable, QueryFailed, RelationMissing
from ingestion.sources.extracts import (
    Extract,
    ExtractFile,
    TableRequest,
    check_columns,
)
from ingestion.sources.loose_rows import LooseRows

_ROWS_PER_CHUNK = 20_000

# One moment for all tables, in the words of different databases; the first that is known is taken.
_ONE_MOMENT = ("REPEATABLE READ", "SNAPSHOT", "SERIALIZABLE")

_PLAIN = re.compile(r"[\w.-]+")


def extract_relational(
    url: str, requests: Sequence[TableRequest], *, folder: Path
) -> dict[str, Extract]:
    """Read all requests in one transaction; files are made below `folder`.

    Raises
    ------
    DatabaseUnreachable
        It does not answer, or stopped answering. Nothing is returned of what was read till then.
    DatabaseRefused, RelationMissing, CursorUnusable, QueryFailed
        The settings or the grants must change.
    """
    place = "The database"
    reading: TableRequest | None = None
    extracts = {}
    try:
        address = sa.make_url(url)
        place = _place_of(address)
        with _transaction(address, place) as connection:
            now = datetime.now(UTC)
            for reading in requests:
                extracts[reading.table] = _extract(
                    connection, reading, folder=folder, place=place, now=now
                )
        return extracts
    except (exc.SQLAlchemyError, ImportError) as error:
        failure = _explain(error, place, reading)
    # Not within `except`: the driver's error, which may quote the URL or a row, would hang on it.
    raise failure


@contextmanager
def _transaction(address: sa.URL, place: str) -> Iterator[sa.Connection]:
    """Connect and begin a transaction that sees all tables as of one moment."""
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        if not path.is_file():
            raise DatabaseRefused(place, reason="there is no such file")
        # Read-only by its URI, or SQLite would create what it does not find.
        query = {**address.query, "mode": "ro", "uri": "true"}
        address = address.set(database=path.absolute().as_uri(), query=query)
    engine = sa.create_engine(address, poolclass=sa.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins no transaction for a SELECT; without one, each sees its own.
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("BEGIN")
        elif level := _isolation(connection):
            connection.execution_options(isolation_level=level)
        yield connection


def _isolation(connection: sa.Connection) -> str | None:
    raw = connection.connection.dbapi_connection
    if raw is None:
        return None
    known = connection.dialect.get_isolation_level_values(raw)
    return next((level for level in _ONE_MOMENT if level in known), None)


def _extract(
    connection: sa.Connection, request: TableRequest, *, folder: Path, place: str, now: datetime
) -> Extract:
    columns = _describe(connection, request, place)
    statement = sa.select(sa.text("*")).select_from(_source(request))
    if request.cursor is not None and request.since is not None:
        column: sa.ColumnElement[object] = sa.column(sa.quoted_name(request.cursor, quote=True))
        since = _since(request, as_text=connection.dialect.name == "sqlite")
        statement = statement.where(sa.or_(column >= since, column.is_(None)))
    rows = connection.execution_options(yield_per=_ROWS_PER_CHUNK).execute(statement)
    with LooseRows(folder / f"{request.table}.rows", columns) as loose:
        for chunk in rows.partitions():
            loose.write(chunk)
        schema = loose.schema()
        with ExtractFile(request, schema, folder=folder, now=now) as file:
            for batch in loose.batches(schema):
                file.write(batch)
            return file.finish()


def _describe(connection: sa.Connection, request: TableRequest, place: str) -> list[str]:
    statement = sa.select(sa.text("*")).select_from(_source(request)).where(sa.false())
    failed: exc.DBAPIError | None = None
    try:
        columns = list(connection.execute(statement).keys())
    except exc.DBAPIError as error:
        failed = error
    if failed is None:
        # SQLite takes the quoted name of a column that it lacks for a text, so look before.
        check_columns(request, columns, place=place)
        return columns
    if request.relation is not None:
        inspector = sa.inspect(connection)
        schema, _, name = request.relation.rpartition(".")
        within = schema or None
        found = [*inspector.get_table_names(within), *inspector.get_view_names(within)]
        if name not in found:
            raise RelationMissing(request.table, request.relation, place=place, found=found)
    raise failed


def _source(request: TableRequest) -> sa.FromClause | sa.TextClause:
    if request.relation is not None:
        schema, _, name = request.relation.rpartition(".")
        within = sa.quoted_name(schema, quote=True) if schema else None
        return sa.table(sa.quoted_name(name, quote=True), schema=within)
    query = (request.query or "").rstrip().rstrip(";").replace(":", r"\:")
    # The line end closes a comment that the query may end with.
    return sa.text(f"({query}\n) source")


def _since(request: TableRequest, *, as_text: bool) -> int | float | str | datetime:
    """Return what the cursor is compared with, of the type that its database holds.

    A time in text is cut to its minute: what is longer and begins alike is greater.
    """
    since = request.since or ""
    if re.fullmatch(r"-?\d+", since):
        return int(since)
    if re.fullmatch(r"-?\d*\.\d+(e[+-]?\d+)?", since):
        return float(since)
    try:
        moment = datetime.fromisoformat(since) - timedelta(hours=request.overlap_hours)
    except ValueError:
        return since
    if not as_text:
        return moment
    if len(since) == len("2024-01-31"):
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(sep=since[10], timespec="minutes")


def _place_of(address: sa.URL) -> str:
    name, host = address.database or "", address.host or ""
    if address.get_backend_name() == "sqlite":
        name = Path(name).name
    named = f"Database `{name}`" if _PLAIN.fullmatch(name) else "The database"
    return f"{named} on `{host}`" if _PLAIN.fullmatch(host) else named


def _explain(error: Exception, place: str, request: TableRequest | None) -> Exception:
    """Return the error of ours that stands for what SQLAlchemy raised while reading `request`."""
    if isinstance(error, ImportError | exc.NoSuchModuleError):
        return DatabaseRefused(place, reason="the driver that its URL names is not installed")
    if not isinstance(error, exc.DBAPIError):
        return DatabaseRefused(place, reason="its URL cannot be used")
    name = str(getattr(error.orig, "sqlite_errorname", type(error.orig).__name__))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseUnreachable(place, reason="another holds a lock on it")
    if error.connection_invalidated or request is None:
        return DatabaseUnreachable(place, reason=f"no connection, or it is lost ({name})")
    return QueryFailed(request.table, place, problem=name)
