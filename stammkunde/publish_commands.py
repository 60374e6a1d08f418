"""The commands `publishes` and `rollback`: what was published, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stammkunde.options import SETTINGS_FILE, Config
from stammkunde.screen import Screen

if TYPE_CHECKING:
    from flows.publishes import Entry

Run = Annotated[
    str | None,
    typer.Argument(
        metavar="[RUN]",
        help="The run to go back to, or the beginning of its id; the one before if left out.",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(publishes)
    app.command()(rollback)


def publishes(config: Config = SETTINGS_FILE) -> None:
    """List what has been published, and which of it is current."""
    with Screen().working() as screen:
        from flows.publishes import publishes_of

        found = publishes_of(str(config))
        screen.show_lines([_line(each) for each in found] or ["Nothing has been published yet."])


def rollback(run: Run = None, config: Config = SETTINGS_FILE) -> None:
    """Let `current` point to an earlier publish again; nothing is computed, nothing deleted."""
    with Screen().working() as screen:
        from flows.publishes import roll_back

        entry = roll_back(str(config), run)
        screen.show_lines([f"Current is {_line(entry)}", f"files: {entry.folder}"])


def _line(entry: Entry) -> str:
    withheld = sum(entry.withheld.values())
    mark = "  <- current" if entry.is_current else ""
    return (
        f"{entry.as_of}  {entry.run_id}  {entry.customers:,} customers in files, {withheld:,} "
        f"withheld{mark}"
    )
