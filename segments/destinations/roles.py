"""The SQL that makes the two roles of the write back: one may write its schema, one may read it."""

from __future__ import annotations

from psycopg import sql

_ROLES = """\
-- For a superuser, in the database that is written to, before `stammkunde database migrate`.
-- Then give both a password, which nobody else sees: \\password, in psql.
CREATE ROLE {writer} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE {reader} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
DO {temporary};
DO {connecting};
CREATE SCHEMA {schema} AUTHORIZATION {writer};
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {reader};
ALTER DEFAULT PRIVILEGES FOR ROLE {writer} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader};"""


def roles_sql(schema: str, *, writer: str, reader: str) -> str:
    """Return statements for a superuser.

    The writer owns the schema and may use temporary tables; it is granted nothing else. The reader
    may SELECT what the writer makes there.
    """
    names = {"schema": schema, "writer": writer, "reader": reader}
    quoted = {name: sql.Identifier(value) for name, value in names.items()}
    grants = {
        "temporary": _granting("CONNECT, TEMPORARY", writer),
        "connecting": _granting("CONNECT", reader),
    }
    return sql.SQL(_ROLES).format(**quoted, **grants).as_string(None)


def _granting(what: str, role: str) -> sql.Literal:
    """Return the block that grants something of the database it is run in, whatever its name is."""
    statement = sql.SQL("EXECUTE format({}, current_database(), {})").format(
        sql.Literal(f"GRANT {what} ON DATABASE %I TO %I"), sql.Literal(role)
    )
    return sql.Literal(f"BEGIN {statement.as_string(None)}; END")
