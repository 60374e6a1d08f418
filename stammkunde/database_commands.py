"""The commands under `stammkunde database`: the tables that publishes are written back to."""

from __future__ import annotations

from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, Config
from stammkunde.screen import Screen

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Prepare the database that [write_back] names.",
)


@app.command("migrate")
def database_migrate(config: Config = SETTINGS_FILE) -> None:
    """Make the schema and its tables, or bring them to the version of this release."""
    with Screen().working() as screen:
        from flows.write_back import migrate

        screen.show_lines([f"The tables are of version {migrate(str(config))}."])


@app.command("roles")
def database_roles(
    config: Config = SETTINGS_FILE,
    writer: Annotated[str, typer.Option(help="Who writes back.")] = "stammkunde_writer",
    reader: Annotated[str, typer.Option(help="Who reads the tables.")] = "stammkunde_reader",
) -> None:
    """Print the SQL that makes a role that may write these tables only, and one that reads them."""
    with Screen().working() as screen:
        from flows.write_back import roles

        screen.show_lines(roles(str(config), writer=writer, reader=reader).splitlines())
