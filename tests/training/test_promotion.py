"""Champions change in one step, by one decision at a time, and the ledger knows of all of them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import mlflow
import pytest

from contracts.failpoints import PROMOTION_FAILPOINTS, VARIABLE
from training.ledger import Decision, Outcome
from training.promotion import Registry

# Its processes have MLflow loaded: that takes longer than all they do.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["training.promotion"])
NOW = datetime(2026, 11, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an MLflow store with three versions of `churn`, and no alias."""
    root = tmp_path_factory.mktemp("store") / "mlruns"
    root.mkdir()
    mlflow.set_tracking_uri(f"sqlite:///{root / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    client.create_registered_model("churn")
    for _ in range(3):
        client.create_model_version("churn", str(root))
    return root


@pytest.fixture
def registry(empty: Path, tmp_path: Path) -> Registry:
    shutil.copytree(empty, tmp_path / "mlruns")
    return Registry(tmp_path / "mlruns", "churn")


def crown(version: str, before: str | None) -> Decision:
    return Decision(
        version=version, run_id=f"run{version}", outcome=Outcome.CHAMPION, champion_before=before,
        champion_after=version, approver="rule", reason="made", grade="A", difference=(0.1, 0.2),
    )  # fmt: skip


def test_the_former_champion_is_previous_and_the_entry_says_why(registry: Registry) -> None:
    first = registry.decide(crown("1", None), decided_at=NOW)
    assert registry.aliases() == {"champion": "1"}
    registry.decide(crown("2", "1"), decided_at=LATER)
    assert registry.aliases() == {"champion": "2", "previous": "1"}
    entries = registry.ledger.entries()
    assert entries[0] == first
    assert [entry.decision for entry in entries] == [crown("1", None), crown("2", "1")]
    assert [entry.decided_at for entry in entries] == [NOW, LATER]


def test_a_challenger_waits_until_there_is_another_champion(registry: Registry) -> None:
    registry.decide(crown("1", None), decided_at=NOW)
    waits = replace(crown("2", "1"), outcome=Outcome.CHALLENGER, champion_after="1")
    registry.decide(waits, decided_at=NOW)
    assert registry.aliases() == {"champion": "1", "challenger": "2"}
    registry.decide(crown("3", "1"), decided_at=NOW)
    assert registry.aliases() == {"champion": "3", "previous": "1"}


def test_a_decision_against_a_former_champion_changes_nothing(registry: Registry) -> None:
    registry.decide(crown("1", None), decided_at=NOW)
    registry.decide(crown("2", "1"), decided_at=NOW)
    assert registry.decide(crown("3", "1"), decided_at=LATER) is None
    assert registry.decide(crown("3", None), decided_at=LATER) is None
    assert registry.champion() == "2"
    assert len(registry.ledger.entries()) == 2


def decide_in_process(root: Path, version: str, killed_at: str) -> None:
    """Promote a version against version 1; end with 3 where another was faster."""
    os.environ[VARIABLE] = killed_at
    entry = Registry(root, "churn").decide(crown(version, "1"), decided_at=LATER)
    sys.exit(0 if entry else 3)


def started(registry: Registry, version: str, *, killed_at: str = "") -> ForkServerProcess:
    process = PROCESSES.Process(target=decide_in_process, args=(registry.root, version, killed_at))
    process.start()
    return process


def test_of_two_decisions_at_once_one_counts(registry: Registry) -> None:
    registry.decide(crown("1", None), decided_at=NOW)
    racers = [started(registry, version) for version in ("2", "3")]
    for racer in racers:
        racer.join(120)
    assert sorted(racer.exitcode or 0 for racer in racers) == [0, 3]
    entries = registry.ledger.entries()
    assert len(entries) == 2
    assert registry.aliases() == {"champion": entries[1].decision.version, "previous": "1"}


@pytest.mark.parametrize("place", PROMOTION_FAILPOINTS)
def test_killed_anywhere_there_is_a_champion_and_the_next_decision_mends_the_ledger(
    place: str, registry: Registry
) -> None:
    registry.decide(crown("1", None), decided_at=NOW)
    process = started(registry, "2", killed_at=place)
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    stands = registry.champion()
    assert stands == ("1" if place == "before_alias" else "2")
    entries = registry.settled(LATER)
    assert [entry.decision.version for entry in entries] == (["1", "2"] if stands == "2" else ["1"])
    assert not (registry.ledger.folder / "pending").exists()
    # What was forgotten can be decided again; what stands is not decided twice.
    registry.decide(crown("3", stands), decided_at=LATER)
    assert registry.aliases() == {"champion": "3", "previous": stands}
    assert registry.settled(LATER) == registry.ledger.entries()
    assert len(registry.ledger.entries()) == len(entries) + 1


def test_an_alias_that_somebody_moved_in_mlflow_is_entered_as_found(registry: Registry) -> None:
    registry.decide(crown("1", None), decided_at=NOW)
    mlflow.MlflowClient().set_registered_model_alias("churn", "champion", "3")
    registry.decide(crown("2", "3"), decided_at=LATER)
    found = registry.ledger.entries()[1].decision
    assert (found.outcome, found.approver) == (Outcome.FOUND, "outside")
    assert (found.champion_before, found.champion_after) == ("1", "3")
    assert registry.aliases() == {"champion": "2", "previous": "3"}


def test_a_model_that_was_never_registered_has_no_champion(registry: Registry) -> None:
    assert Registry(registry.root, "clv").champion() is None
