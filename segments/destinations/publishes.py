"""What has been published, which of it is current, and the way back to an earlier publish."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from contracts.errors import UsageError
from contracts.folders import flush_alone
from contracts.names import file_digest
from segments.destinations.layout import CURRENT, MANIFEST, whole_publishes

# Every switch of `current`, oldest first: a line of JSON each, written before it is done.
HISTORY = "history.jsonl"
_SHORTEST = 4


class NoSuchPublish(UsageError):
    """There is no publish to go back to, or none of that name."""


class DamagedPublish(UsageError):
    """Files of a publish are not as its manifest says."""


@dataclass(frozen=True)
class Entry:
    """One publish in the outbox. `rows` are by file; `withheld` by reason."""

    folder: Path
    as_of: date
    run_id: str
    rows: dict[str, int]
    withheld: dict[str, int]
    is_current: bool

    @property
    def customers(self) -> int:
        """How many customers its segment files name."""
        return sum(number for file, number in self.rows.items() if file.startswith("segments/"))


def list_publishes(outbox: Path) -> list[Entry]:
    """Return the complete publishes, oldest date first."""
    current = _where(outbox)
    found = []
    for as_of, folder in whole_publishes(outbox):
        described: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        found.append(
            Entry(
                folder,
                as_of,
                described["run_id"],
                described["rows"],
                described.get("withheld", {}),
                is_current=str(folder.relative_to(outbox)) == current,
            )
        )
    return found


def note_switch(outbox: Path, target: Path) -> None:
    """Keep on record that `current` is about to point to `target`."""
    path = outbox / HISTORY
    with open(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(json.dumps({"to": str(target)}) + "\n")
    flush_alone(path)


def chosen(publishes: Sequence[Entry], outbox: Path, run: str | None) -> Entry:
    """Return the publish of a run, by its id or the beginning of it; without one, the last before.

    Raises
    ------
    NoSuchPublish
        There is none, or several begin so.
    """
    if run is None:
        return _before(publishes, outbox)
    found = [each for each in publishes if len(run) >= _SHORTEST and each.run_id.startswith(run)]
    if len(found) != 1:
        known = ", ".join(each.run_id for each in publishes) or "none"
        told = f"{len(found)} publishes begin" if found else "No publish begins"
        raise NoSuchPublish(
            f"{told} with `{run}` (at least {_SHORTEST} characters). There are: {known}."
        )
    return found[0]


def check_whole(entry: Entry) -> None:
    """Check that every file of a publish is as it was written.

    Raises
    ------
    DamagedPublish
        Some are not, or are gone.
    """
    proofs: dict[str, str] = json.loads((entry.folder / MANIFEST).read_text())["sha256"]
    wrong = [
        name
        for name, digest in proofs.items()
        if not (entry.folder / name).is_file() or file_digest(entry.folder / name) != digest
    ]
    if wrong:
        raise DamagedPublish(
            f"{len(wrong)} files of publish {entry.run_id} of {entry.as_of} are gone or not as "
            f"they were written, `{wrong[0]}` first; nothing was changed. Publish that date again: "
            f"`stammkunde segment --as-of {entry.as_of}`."
        )


def _before(publishes: Sequence[Entry], outbox: Path) -> Entry:
    """Return what was current before what is current now."""
    by_place = {str(each.folder.relative_to(outbox)): each for each in publishes}
    current, path = _where(outbox), outbox / HISTORY
    lines = path.read_text().splitlines() if path.exists() else []
    switched = [str(json.loads(line)["to"]) for line in lines if line.strip()]
    # What was noted and then not done, because the run was killed, stands after the current one.
    last = max((place for place, to in enumerate(switched) if to == current), default=0)
    for to in reversed(switched[:last]):
        if to != current and to in by_place:
            return by_place[to]
    raise NoSuchPublish(
        "Nothing was published before what is current now. `stammkunde publishes` lists what there "
        "is; name a run to go to it."
    )


def _where(outbox: Path) -> str:
    link = outbox / CURRENT
    return str(link.readlink()) if link.is_symlink() else ""
