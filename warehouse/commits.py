"""The commit log: which batches count, in which order. A batch of it is visible whole or not.

    <root>/commits/00000001.json    number, time, and the batches of all tables it brought

One file is one commit; it appears by one `link`, so all batches of an ingest appear together.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from contracts.errors import DamagedStore, IngestLocked
from contracts.folders import write_new
from contracts.names import file_digest
from warehouse.batches import RECORD, Batch, read_batch, verify_files

_DIGITS = 8


@dataclass(frozen=True)
class Committed:
    """A batch that counts, and the folder it lies in."""

    batch: Batch
    folder: Path


@dataclass(frozen=True)
class CommitLog:
    """Commits and batches below `root`."""

    root: Path

    def history(self, *, known_at: datetime | None = None) -> dict[str, list[Committed]]:
        """Return table -> its batches, oldest first; of those accepted by `known_at` if given.

        A process reads each commit and record once, and again when it verifies the store.

        Raises
        ------
        DamagedStore
            A commit or a batch is missing or is not what was written; nothing is guessed.
        """
        found: dict[str, list[Committed]] = {}
        for commit in self._commits():
            if known_at is not None and commit.ingested_at > known_at:
                break
            for table, entry in commit.batches.items():
                folder = self.batch_folder(table, entry["batch_id"])
                batch = _read_batch_once(folder, digest=entry["record"])
                found.setdefault(table, []).append(Committed(batch, folder))
        return found

    def verify(self) -> None:
        """Read every file of every batch that counts, and compare its hash.

        Raises
        ------
        DamagedStore
            A file holds other bytes than those that were committed.
        """
        _read_commit_once.cache_clear()
        _read_batch_once.cache_clear()
        for batches in self.history().values():
            for each in batches:
                verify_files(each.folder, each.batch)

    @property
    def staging(self) -> Path:
        """Folder for what does not count yet; it is emptied when an ingest begins."""
        return self.root / "staging"

    def newest(self) -> datetime | None:
        """Return when the last commit was made; None before the first."""
        commits = self._commits()
        return commits[-1].ingested_at if commits else None

    def next_number(self) -> int:
        """Return the number of the commit to come."""
        return len(self._paths()) + 1

    def batch_folder(self, table: str, batch_id: str) -> Path:
        """Return where a batch of that name lies."""
        return self.root / "batches" / table / batch_id

    def commit(self, number: int, batches: Mapping[str, Batch], *, ingested_at: datetime) -> None:
        """Make the batches count, all in one step; their folders are complete and on the disk.

        Raises
        ------
        IngestLocked
            Somebody else has written this commit.
        """
        entries = {
            table: {
                "batch_id": batch.batch_id,
                "record": file_digest(self.batch_folder(table, batch.batch_id) / RECORD),
            }
            for table, batch in batches.items()
        }
        content = {"number": number, "ingested_at": ingested_at.isoformat(), "batches": entries}
        path = self.root / "commits" / f"{number:0{_DIGITS}}.json"
        try:
            write_new(path, json.dumps(content, indent=1))
        except FileExistsError:
            raise IngestLocked("another ingest wrote the same commit") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the only right to write for the block; a killed holder holds nothing.

        What an earlier, killed ingest left without a commit is removed first.

        Raises
        ------
        IngestLocked
            Another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise IngestLocked(lock.read().strip()) from None
            lock.truncate(0)
            lock.write(f"process {os.getpid()}")
            lock.flush()
            self._sweep()
            yield

    def _sweep(self) -> None:
        committed = {
            self.batch_folder(table, entry["batch_id"])
            for commit in self._commits()
            for table, entry in commit.batches.items()
        }
        for folder in (self.root / "batches").glob("*/*"):
            if folder not in committed:
                shutil.rmtree(folder)
        for partial in (self.root / "commits").glob(".*.partial"):
            partial.unlink()
        shutil.rmtree(self.staging, ignore_errors=True)

    def _commits(self) -> list[_Commit]:
        return [
            _read_commit_once(path, number, path.stat().st_mtime_ns)
            for number, path in enumerate(self._paths(), start=1)
        ]

    def _paths(self) -> list[Path]:
        return sorted((self.root / "commits").glob("[0-9]*.json"))


@dataclass(frozen=True)
class _Commit:
    ingested_at: datetime
    batches: dict[str, dict[str, str]]


@lru_cache(maxsize=100_000)
def _read_commit_once(path: Path, number: int, written_ns: int) -> _Commit:
    """Read a commit; `written_ns` tells it from another that lay there before."""
    del written_ns
    try:
        content = json.loads(path.read_text())
        commit = _Commit(datetime.fromisoformat(content["ingested_at"]), content["batches"])
        is_in_order = content["number"] == number
    except (ValueError, KeyError, TypeError):
        is_in_order = False
    if not is_in_order:
        raise DamagedStore(path, f"it is not commit {number}, whole and in order")
    return commit


_read_batch_once = lru_cache(maxsize=100_000)(read_batch)
