"""Accepted batches: immutable Parquet folders, each with a record of where its rows came from.

    <root>/<table>/<batch_id>/rows/**/*.parquet    the rows, in customer buckets where many
                             /removed.parquet      keys of earlier rows that no longer count
                             /batch.json           source, deliveries, counts, a hash of every file

A batch counts once a commit names it (`warehouse.commits`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.errors import DamagedStore
from contracts.names import file_digest

RECORD = "batch.json"
ROWS = "rows"
REMOVED = "removed.parquet"


@dataclass(frozen=True)
class Batch:
    """One accepted batch.

    Attributes
    ----------
    counts
        Rows `staged`: of these `rejected`, `repeated`, `collapsed`, `unchanged` and `accepted`.
        Rows that were read and not staged: `passed_over` by settings, `added_up` to an order of
        one customer and time. Earlier rows: `superseded` and `deleted`.
    deliveries
        The files or queries it came from: name, digest, rows, format.
    settings
        Stands for how the source was read; rows of other settings are not comparable.
    key
        Columns by which a later row replaces one of this batch.
    columns
        The canonical columns of the rows, with types; a customer's attributes come last.
    source_columns
        Column of the source -> type, to see what changes from one delivery to the next.
    constants
        Columns that have one value in all rows of the batch, besides `ingested_at` and `batch_id`.
    cursor
        Newest value of the cursor column; the next reading begins there.
    bucketing
        How `bucket` was computed; the engine's hash may differ between its versions.
    """

    table: str
    batch_id: str
    ingested_at: datetime
    source: str
    settings: str
    key: tuple[str, ...]
    columns: dict[str, str]
    counts: dict[str, int]
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    source_columns: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    constants: dict[str, str] = field(default_factory=dict)
    is_complete: bool = False
    bucketing: str = ""
    files: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the record as JSON; `read_batch` reads it back."""
        return json.dumps({**asdict(self), "ingested_at": self.ingested_at.isoformat()}, indent=1)

    @property
    def digests(self) -> set[str]:
        """Hashes of the contents that were delivered."""
        return {str(delivery["digest"]) for delivery in self.deliveries}

    @property
    def all_constants(self) -> dict[str, datetime | str]:
        """Every column that has one value in all rows."""
        return {"ingested_at": self.ingested_at, "batch_id": self.batch_id, **self.constants}

    @property
    def changes_nothing(self) -> bool:
        """Whether no row came and none went."""
        return not any(self.counts.get(name) for name in ("accepted", "superseded", "deleted"))


def describe_files(folder: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Return (SHA-256, bytes) of every Parquet file of a batch by its path in the folder."""
    paths = sorted(folder.rglob("*.parquet"))
    names = [path.relative_to(folder).as_posix() for path in paths]
    digests = {name: file_digest(path) for name, path in zip(names, paths, strict=True)}
    sizes = {name: path.stat().st_size for name, path in zip(names, paths, strict=True)}
    return digests, sizes


def read_batch(folder: Path, *, digest: str) -> Batch:
    """Return the batch in `folder`, whose record must have this hash.

    Raises
    ------
    DamagedStore
        The record is missing or not the one that was committed, or a file lacks or has grown.
    """
    record = folder / RECORD
    content = record.read_bytes() if record.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedStore(record, "it is missing or not what was committed")
    kept = json.loads(content)
    kept["ingested_at"] = datetime.fromisoformat(kept["ingested_at"])
    batch = Batch(**{**kept, "key": tuple(kept["key"])})
    for name, size in batch.sizes.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise DamagedStore(path, f"it is not the {size:,} bytes that were committed")
    return batch


def verify_files(folder: Path, batch: Batch) -> None:
    """Read every file of a batch and compare its hash.

    Raises
    ------
    DamagedStore
        A file holds other bytes than those that were committed.
    """
    for name, digest in batch.files.items():
        if file_digest(folder / name) != digest:
            raise DamagedStore(folder / name, "its content is not what was committed")
