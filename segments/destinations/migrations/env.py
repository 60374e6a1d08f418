"""How Alembic runs a version: on the connection it is given, in the schema that is set there."""

from __future__ import annotations

from alembic import context

_given = context.config.attributes
context.configure(
    connection=_given["connection"], version_table_schema=_given["schema"], transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
