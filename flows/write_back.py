"""Brings what is published into the tables of a PostgreSQL, where the settings name one."""

from __future__ import annotations

from pathlib import Path

from prefect import task

from contracts.errors import SettingsError
from flows.progress import step
from flows.project import Project, open_project
from flows.retrying import RETRIES


@task(task_run_name="write back", **RETRIES)
def write_back(project_file: str, folder: str) -> dict[str, int]:
    """Write a published folder, whole or not at all; return the rows that it changed, by table.

    Where it is there already, as after a commit whose answer was lost, no row changes.

    Raises
    ------
    WriteBackUnreachable
        The database does not answer, however often it was asked.
    WriteBackRefused, SettingsError
        Settings, tables or grants must change.
    """
    from segments.destinations.database import write_publish

    project = open_project(project_file)
    with step("write back") as done:
        schema = project.settings.write_back.db_schema
        written = write_publish(_address(project), Path(folder), schema=schema)
        changed = sum(written.rows.values())
        done.outcome = "is there already" if written.is_repeated else f"{changed:,} rows changed"
    return written.rows


def migrate(project_file: str) -> str:
    """Make or renew the tables; return their version.

    Raises
    ------
    WriteBackRefused, WriteBackUnreachable
        The database does not grant it, or does not answer.
    SettingsError
        The settings name no database to write back to.
    """
    from segments.destinations.migrating import migrate

    project = open_project(project_file)
    return migrate(_address(project), project.settings.write_back.db_schema)


def roles(project_file: str, *, writer: str, reader: str) -> str:
    """Return the SQL that makes a role that may write the tables only, and one that reads them."""
    from segments.destinations.roles import roles_sql

    schema = open_project(project_file).settings.write_back.db_schema
    return roles_sql(schema, writer=writer, reader=reader)


def _address(project: Project) -> str:
    """Return the URL of the database, a secret."""
    database = project.settings.write_back.database
    if database is None:
        raise SettingsError(
            f"{project.file} names no database to write back to. Set `database` under [write_back]."
        )
    return project.database_url(database)
