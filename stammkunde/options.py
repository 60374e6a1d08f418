"""The options that commands share, and how their values are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path, typer.Option("--config", "-c", help="The settings file.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="See customers as of this day: only what happened before it counts. "
        "Default: the day after the last order.",
        show_default=False,
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        metavar="TIME",
        help="Leave out records ingested after this time (UTC). Default: all count.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Plain lines, nothing that moves.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Also what the libraries log, and whole error traces.")
]

SETTINGS_FILE = Path("stammkunde.toml")


def day_of(moment: datetime | None) -> date | None:
    """Return the day of a time; None for none."""
    return None if moment is None else moment.date()


def utc(moment: datetime | None) -> datetime | None:
    """Return a time that was given without zone as UTC; None for none."""
    return None if moment is None else moment.replace(tzinfo=UTC)
