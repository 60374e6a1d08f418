"""Moves the aliases of a model's versions, and writes down why.

One decision at a time, and only where the champion is the one it was made against. Killed anywhere,
one version is champion, and the next decision brings the ledger to what the aliases say.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from contracts.errors import Transient
from contracts.failpoints import reach
from contracts.folders import flush
from contracts.names import CHALLENGER, CHAMPION, PREVIOUS, tracking_uri
from training.ledger import OUTSIDE, Decision, Entry, Ledger, Outcome

_GONE = "RESOURCE_DOES_NOT_EXIST"
_PENDING = "pending"


@dataclass(frozen=True)
class Registry:
    """The versions of one model in the MLflow store below `root`."""

    root: Path
    name: str

    @property
    def ledger(self) -> Ledger:
        """What has been decided on them."""
        return Ledger.of(self.root, self.name)

    def aliases(self) -> dict[str, str]:
        """Return alias -> version; nothing where the model is not registered.

        Raises
        ------
        Transient
            MLflow's database is locked.
        """
        with self._client() as client:
            try:
                found = client.get_registered_model(self.name).aliases
            except MlflowException as error:
                if error.error_code != _GONE:
                    raise
                found = {}
        return {alias: str(version) for alias, version in found.items()}

    def champion(self) -> str | None:
        """Return the version that scores."""
        return self.aliases().get(CHAMPION)

    def decide(self, decision: Decision, *, decided_at: datetime) -> Entry | None:
        """Let the aliases follow a decision and enter it; return the entry.

        Nothing changes, and None comes back, where `champion_before` is not champion any more: the
        decision was made against another.

        Raises
        ------
        DamagedLedger
            An entry is missing, or is not what was written.
        Transient
            MLflow's database is locked.
        """
        with self._locked():
            self._settle(decided_at)
            if self.champion() != decision.champion_before:
                return None
            content = {"decided_at": decided_at.isoformat(), **asdict(decision)}
            self._pending.write_text(json.dumps(content))
            flush(self._pending)
            reach("before_alias")
            self._move(decision)
            return self._enter(decision, decided_at)

    def settled(self, now: datetime) -> tuple[Entry, ...]:
        """Bring the ledger to what the aliases say, and return its entries."""
        with self._locked():
            self._settle(now)
            return self.ledger.entries()

    def describe(self, version: str, tags: Mapping[str, str]) -> None:
        """Set tags of a version.

        Raises
        ------
        Transient
            MLflow's database is locked.
        """
        with self._client() as client:
            for key, value in tags.items():
                client.set_model_version_tag(self.name, version, key, value)

    def _settle(self, now: datetime) -> None:
        """End what was killed under way, and enter what somebody moved by other means."""
        if self._pending.exists():
            self._resume()
        entries = self.ledger.entries()
        entered = entries[-1].decision.champion_after if entries else None
        champion = self.champion()
        if champion != entered:
            found = Decision(
                version=champion, run_id=None, outcome=Outcome.FOUND, champion_before=entered,
                champion_after=champion, approver=OUTSIDE,
                reason="the alias had been moved in MLflow, and nobody said why",
            )  # fmt: skip
            self.ledger.append(found, decided_at=now)

    def _resume(self) -> None:
        """Finish a decision whose champion stands already, forget one that had not begun."""
        try:
            stored = json.loads(self._pending.read_text())
        except ValueError:
            self._pending.unlink()
            return
        decision = Decision.from_json(stored)
        entries = self.ledger.entries()
        is_entered = bool(entries) and entries[-1].decision == decision
        if is_entered or self.champion() != decision.champion_after:
            self._pending.unlink()
            return
        self._move(decision)
        self._enter(decision, datetime.fromisoformat(stored["decided_at"]))

    def _move(self, decision: Decision) -> None:
        """Set the aliases, the champion in one step and first; doing it again changes nothing."""
        if decision.outcome is Outcome.CHALLENGER:
            self._set(CHALLENGER, decision.version)
        if decision.outcome is Outcome.CHAMPION and decision.version is not None:
            self._set(CHAMPION, decision.version)
            reach("after_alias")
            self.describe(decision.version, {"approver": decision.approver})
            self._set(PREVIOUS, decision.champion_before)
            self._set(CHALLENGER, None)

    def _enter(self, decision: Decision, decided_at: datetime) -> Entry:
        reach("before_entry")
        entry = self.ledger.append(decision, decided_at=decided_at)
        reach("after_entry")
        self._pending.unlink()
        return entry

    def _set(self, alias: str, version: str | None) -> None:
        with self._client() as client:
            if version is None:
                client.delete_registered_model_alias(self.name, alias)
            else:
                client.set_registered_model_alias(self.name, alias, version)

    @property
    def _pending(self) -> Path:
        """What is being decided; it is there only while somebody does, or was killed over it."""
        return self.ledger.folder / _PENDING

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait for the only right to decide, and hold it for the block."""
        self.ledger.folder.mkdir(parents=True, exist_ok=True)
        with (self.ledger.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _client(self) -> Iterator[mlflow.MlflowClient]:
        mlflow.set_tracking_uri(tracking_uri(self.root))
        try:
            yield mlflow.MlflowClient()
        except MlflowException as error:
            if "database is locked" in str(error):
                raise Transient(f"MLflow's database is locked: {error}") from error
            raise
