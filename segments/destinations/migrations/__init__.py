"""The tables of the write back, version by version: plain SQL that Alembic runs."""
