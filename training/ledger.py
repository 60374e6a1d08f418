"""The ledger of decisions on a model's versions: append-only, a JSON file each, in a chain.

    <mlruns>/decisions/<model>/00000001.json

Each entry holds the digest of the one before, so that none can be changed or left out unseen.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from contracts.errors import DamagedLedger
from contracts.folders import write_new
from training.judgement import Interval

_DIGITS = 8
# Who decided where the rules did, and where nobody asked them.
BY_RULE, OUTSIDE = "rule", "outside"


class Outcome(StrEnum):
    """What became of a version: it scores from now on, it waits beside the champion, or neither.

    `found`: the alias had been moved by other means than Stammkunde.
    """

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    KEPT = "kept"
    FOUND = "found"


@dataclass(frozen=True)
class Decision:
    """What was decided on one version.

    Attributes
    ----------
    run_id
        The MLflow run that the version is from: numbers of versions begin anew in a new store.
    champion_before, champion_after
        The version that scored before and that scores after it; None for none.
    approver
        `rule`, `outside`, or the name of a person.
    as_of, holdout
        The date of the training, and the cutoff it was judged at: by what followed until `as_of`.
    compared_with
        The champion whose headline metric was held against, on the same customers.
    difference
        The interval of the version's less the champion's.
    forced
        A person promoted it although its grade forbids that.
    """

    version: str | None
    run_id: str | None
    outcome: Outcome
    champion_before: str | None
    champion_after: str | None
    approver: str
    reason: str
    grade: str | None = None
    as_of: str | None = None
    holdout: str | None = None
    compared_with: str | None = None
    difference: Interval | None = None
    forced: bool = False

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the decision whose `dataclasses.asdict` was stored as JSON."""
        known = {field.name: stored[field.name] for field in fields(cls)}
        if known["difference"] is not None:
            known["difference"] = tuple(known["difference"])
        return cls(**{**known, "outcome": Outcome(known["outcome"])})


@dataclass(frozen=True)
class Entry:
    """A decision in the ledger, its number from 1, and when it was made."""

    number: int
    decided_at: datetime
    decision: Decision


@dataclass(frozen=True)
class Ledger:
    """The decisions on the versions of one model."""

    folder: Path

    @classmethod
    def of(cls, mlruns: Path, model: str) -> Self:
        """Return the ledger of a model in this store."""
        return cls(mlruns / "decisions" / model)

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, oldest first.

        Raises
        ------
        DamagedLedger
            One is missing, or is not what was written.
        """
        found: list[Entry] = []
        digest = ""
        for number, path in enumerate(self._paths(), start=1):
            text = path.read_text()
            found.append(_read(path, text, number=number, follows=digest))
            digest = _digest(text)
        return tuple(found)

    def append(self, decision: Decision, *, decided_at: datetime) -> Entry:
        """Write a decision after all others, complete and on the disk.

        Raises
        ------
        DamagedLedger
            An entry is missing, or is not what was written.
        FileExistsError
            Somebody else wrote the entry of this number; callers hold the lock.
        """
        number = len(self.entries()) + 1
        paths = self._paths()
        content = {
            "number": number,
            "decided_at": decided_at.isoformat(),
            **asdict(decision),
            "follows": _digest(paths[-1].read_text()) if paths else "",
        }
        write_new(self.folder / f"{number:0{_DIGITS}}.json", json.dumps(content, indent=1))
        return Entry(number, decided_at, decision)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.json"))


def champion_on(entries: tuple[Entry, ...], day: date) -> Entry | None:
    """Return the entry that made the champion of the end of a day (UTC); None before the first."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    changes = [
        entry
        for entry in entries
        if entry.decision.champion_before != entry.decision.champion_after
        and entry.decided_at < end
    ]
    return changes[-1] if changes else None


def times_compared(entries: tuple[Entry, ...], decision: Decision) -> int:
    """Return how often versions were compared with a champion on the holdout of a decision.

    The more often the same customers decide, the more a win among them is luck.
    """
    window = (decision.holdout, decision.as_of)
    return sum(
        (entry.decision.holdout, entry.decision.as_of) == window
        and entry.decision.compared_with is not None
        for entry in entries
    )


def decided_before(entries: tuple[Entry, ...], decision: Decision) -> int:
    """Return how many other versions were decided on by the holdout of a decision, before it."""
    window = (decision.holdout, decision.as_of)
    before = [entry.decision for entry in entries]
    if decision in before:
        before = before[: before.index(decision)]
    return sum(
        (each.holdout, each.as_of) == window and each.run_id != decision.run_id for each in before
    )


def _read(path: Path, text: str, *, number: int, follows: str) -> Entry:
    try:
        stored = json.loads(text)
        entry = Entry(
            number, datetime.fromisoformat(stored["decided_at"]), Decision.from_json(stored)
        )
        is_whole = (stored["number"], stored["follows"]) == (number, follows)
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise DamagedLedger(path)
    return entry


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
