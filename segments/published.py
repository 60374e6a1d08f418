"""Finds what was published earlier: whose risk a campaign could have been chosen by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from segments.destinations.outbox import MANIFEST


@dataclass(frozen=True)
class Published:
    """The scores that were published as of a date."""

    as_of: date
    scores: Path


def published_by(outbox: Path, day: date) -> Published | None:
    """Return the newest scores as of a day or earlier; None where nothing was published by then.

    Of several publishes as of a date it is the one that was written last.
    """
    dates = {
        as_of: folder
        for folder in (outbox.iterdir() if outbox.is_dir() else ())
        if (as_of := _date_of(folder)) is not None and as_of <= day
    }
    for as_of in sorted(dates, reverse=True):
        whole = [
            folder
            for folder in dates[as_of].iterdir()
            if (folder / MANIFEST).is_file() and (folder / "scores.parquet").is_file()
        ]
        if whole:
            newest = max(whole, key=lambda each: ((each / MANIFEST).stat().st_mtime, each.name))
            return Published(as_of, newest / "scores.parquet")
    return None


def _date_of(folder: Path) -> date | None:
    """Return the date that a folder is of; `current` and lists of their own are of none."""
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        return None
