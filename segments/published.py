"""Finds what was published earlier: scores that campaigns were chosen by, and who was where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from segments.changes import Before
from segments.destinations.layout import MANIFEST, MEMBERS, SCORES, whole_publishes


@dataclass(frozen=True)
class Published:
    """The scores that were published as of a date."""

    as_of: date
    scores: Path


def published_by(outbox: Path, day: date) -> Published | None:
    """Return the newest scores as of a day or earlier; None where nothing was published by then.

    Of several publishes as of a date it is the one that was written last.
    """
    found = _newest_with(SCORES, outbox, day)
    return None if found is None else Published(found[0], found[1] / SCORES)


def members_before(outbox: Path, day: date) -> Before | None:
    """Return where customers stood at the newest publish as of an earlier day; None without one.

    Whichever is `current` does not matter. Of several as of a date it is the one written last.
    """
    found = _newest_with(MEMBERS, outbox, day - timedelta(days=1))
    if found is None:
        return None
    as_of, folder = found
    described = json.loads((folder / MANIFEST).read_bytes())
    return Before(as_of, described["changes"]["rules"], pq.read_table(folder / MEMBERS))


def _newest_with(file: str, outbox: Path, day: date) -> tuple[date, Path] | None:
    """Return date and folder of the newest publish as of a day or earlier that has a file."""
    found = [each for each in whole_publishes(outbox, with_file=file) if each[0] <= day]
    return max(found, key=_when, default=None)


def _when(publish: tuple[date, Path]) -> tuple[date, float, str]:
    """Return what publishes are ordered by: their date, then when they were written."""
    as_of, folder = publish
    return as_of, (folder / MANIFEST).stat().st_mtime, folder.name
