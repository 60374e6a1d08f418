"""The ledger keeps every decision, and shows when one was changed or taken out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.errors import DamagedLedger
from training.ledger import Decision, Ledger, Outcome, champion_on, decided_before, times_compared


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def decision(
    version: str,
    outcome: Outcome,
    champion_before: str | None,
    *,
    as_of: str = "2026-11-01",
    compared: bool = True,
) -> Decision:
    return Decision(
        version=version, run_id=f"run{version}", outcome=outcome, champion_before=champion_before,
        champion_after=version if outcome is Outcome.CHAMPION else champion_before,
        approver="rule", reason="made", grade="A", as_of=as_of, holdout="2026-10-01",
        compared_with=champion_before if compared else None,
        difference=(-0.25, 0.125) if compared else None,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger.of(tmp_path, "churn")
    first = decision("1", Outcome.CHAMPION, None, compared=False)
    made.append(first, decided_at=at(2))
    made.append(decision("2", Outcome.CHALLENGER, "1"), decided_at=at(3))
    made.append(decision("3", Outcome.CHAMPION, "1"), decided_at=at(5))
    made.append(decision("4", Outcome.KEPT, "3", as_of="2026-12-01"), decided_at=at(9))
    return made


def test_entries_come_back_as_they_were_written(ledger: Ledger) -> None:
    entries = ledger.entries()
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert entries[2].decision == decision("3", Outcome.CHAMPION, "1")
    assert entries[2].decided_at == at(5)


def test_a_later_entry_leaves_the_earlier_files_as_they_are(ledger: Ledger) -> None:
    before = {path.name: path.read_bytes() for path in ledger.folder.iterdir()}
    ledger.append(decision("5", Outcome.KEPT, "3"), decided_at=at(10))
    after = {path.name: path.read_bytes() for path in ledger.folder.iterdir()}
    assert after.items() > before.items()
    assert set(after) - set(before) == {"00000005.json"}


def _rewrite(folder: Path) -> None:
    path = folder / "00000002.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "reason": "another"}, indent=1))


def _take_out(folder: Path) -> None:
    (folder / "00000002.json").unlink()


def _tear(folder: Path) -> None:
    path = folder / "00000004.json"
    path.write_text(path.read_text()[:50])


@pytest.mark.parametrize("spoil", [_rewrite, _take_out, _tear])
def test_an_entry_that_was_changed_or_taken_out_is_seen(
    spoil: Callable[[Path], None], ledger: Ledger
) -> None:
    spoil(ledger.folder)
    with pytest.raises(DamagedLedger, match=r"0000000[34].json is not what was written"):
        ledger.entries()
    with pytest.raises(DamagedLedger):
        ledger.append(decision("5", Outcome.KEPT, "3"), decided_at=at(10))


@pytest.mark.parametrize(("day", "expected"), [(1, None), (2, "1"), (4, "1"), (5, "3"), (30, "3")])
def test_who_was_champion_on_a_day_is_who_was_at_its_end(
    day: int, expected: str | None, ledger: Ledger
) -> None:
    found = champion_on(ledger.entries(), date(2026, 11, day))
    assert (found and found.decision.champion_after) == expected


def test_comparisons_on_the_same_holdout_are_counted(ledger: Ledger) -> None:
    entries = ledger.entries()
    # The first version was compared with nobody; the last on what followed for longer.
    assert times_compared(entries, entries[1].decision) == 2
    assert times_compared(entries, entries[3].decision) == 1


def test_decisions_on_the_same_holdout_before_are_counted_and_none_twice(ledger: Ledger) -> None:
    entries = ledger.entries()
    assert [decided_before(entries, entry.decision) for entry in entries] == [0, 1, 2, 0]
    ledger.append(entries[2].decision, decided_at=at(11))
    assert decided_before(ledger.entries(), entries[2].decision) == 2
    fresh = decision("5", Outcome.KEPT, "3")
    assert decided_before(entries, fresh) == 3
    # A person who promotes a version that the rules had judged brings no new one.
    promoted = replace(entries[1].decision, approver="C. Example")
    assert decided_before(entries, promoted) == 2
