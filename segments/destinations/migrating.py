"""Brings the tables of the write back to the version that this release writes."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy.pool import NullPool

from contracts.postgres import connect
from segments.destinations.refusals import driver_url, explained

_SCRIPTS = Path(__file__).parent / "migrations"


def newest_version() -> str:
    """Return the version of the tables that this release writes."""
    return str(ScriptDirectory(str(_SCRIPTS)).get_current_head())


def version_of(connection: psycopg.Connection, schema: str) -> str | None:
    """Return the version of the tables that are there; None where there are none."""
    name = sql.Identifier(schema, "alembic_version")
    found = connection.execute("SELECT to_regclass(%s)", [name.as_string(connection)]).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(name)).fetchone()
    return None if row is None else str(row[0])


def migrate(url: str, schema: str) -> str:
    """Make the schema and its tables, or change them, in one transaction; return their version.

    Tables that are of the newest version already stay as they are.

    Raises
    ------
    WriteBackRefused, WriteBackUnreachable
        The database does not grant it, or does not answer.
    """
    address = driver_url(url)
    explained(lambda: _upgrade(address, schema), url, schema, connecting=True)
    return newest_version()


def _upgrade(address: str, schema: str) -> None:
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: connect(address), poolclass=NullPool
    )
    with engine.begin() as connection:
        _make_schema(cast(psycopg.Connection, connection.connection.driver_connection), schema)
        config = Config(attributes={"connection": connection, "schema": schema})
        config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
        command.upgrade(config, "head")


def _make_schema(connection: psycopg.Connection, schema: str) -> None:
    """Make the schema where there is none, and let names without schema stand in it."""
    name = sql.Identifier(schema)
    known = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
    if known.fetchone() is None:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}, pg_temp").format(name))
