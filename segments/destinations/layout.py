"""Names in the outbox, and which publishes in it are whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

CURRENT = "current"
MANIFEST = "manifest.json"
SCORES = "scores.parquet"
CONTACTS = "contacts.csv"
ARMS = "arms.parquet"
MEMBERS, CHANGES = "members.parquet", "changes.csv"
TARGETS = "targets"


def whole_publishes(outbox: Path, *, with_file: str = MANIFEST) -> Iterator[tuple[date, Path]]:
    """Yield date and folder of every complete publish that has a file, by date and then by run.

    Lists of their own, `current`, and what is being written are none.
    """
    for path in sorted(outbox.glob(f"*/*/{with_file}")):
        as_of, folder = _date_of(path.parent.parent), path.parent
        is_hidden = folder.name.startswith(".")
        if as_of is not None and not is_hidden and (folder / MANIFEST).is_file():
            yield as_of, folder


def _date_of(folder: Path) -> date | None:
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        return None
