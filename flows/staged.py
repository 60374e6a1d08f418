"""The record of a staged table: what was read, from where, and what became of its rows so far."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

_RECORD = "staged.json"


@dataclass(frozen=True)
class Staged:
    """One table on its way into the store; its rows lie in `folder`.

    `reads` is the table of the settings whose source it is read from: refunds may be read from
    that of orders.

    `counts`: rows `staged`, of these `rejected`, `repeated` and `collapsed`. `columns` are those of
    an accepted row. `has_positions` says whether every staged row says where it stood.
    """

    table: str
    reads: str
    batch_id: str
    folder: Path
    ingested_at: datetime
    source: str
    settings: str
    key: tuple[str, ...]
    columns: dict[str, str]
    is_complete: bool
    counts: dict[str, int]
    constants: dict[str, str] = field(default_factory=dict)
    has_positions: bool = False
    source_bytes: int = 0
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    source_columns: dict[str, str] = field(default_factory=dict)
    added_columns: list[str] = field(default_factory=list)
    cursor: str | None = None

    @property
    def all_constants(self) -> dict[str, datetime | str]:
        """Every column that has one value in all rows."""
        return {"ingested_at": self.ingested_at, "batch_id": self.batch_id, **self.constants}

    @property
    def good_count(self) -> int:
        """How many staged rows are to count."""
        kept_out = sum(self.counts[fate] for fate in ("rejected", "repeated", "collapsed"))
        return self.counts["staged"] - kept_out

    @property
    def rows(self) -> Path:
        """Parquet of all staged rows, those to be kept out as well."""
        return self.folder / "rows"

    @property
    def repeats(self) -> Path:
        """Parquet of the positions of rows that another row of the delivery replaces."""
        return self.folder / "repeats.parquet"

    @property
    def file_names(self) -> dict[int, str]:
        """What the numbers of files in rows stand for."""
        return dict(enumerate(str(each["name"]) for each in self.deliveries))

    def save(self) -> str:
        """Write the record; return the folder, by which tasks hand the table on."""
        kept = {**asdict(self), "folder": str(self.folder), "ingested_at": str(self.ingested_at)}
        (self.folder / _RECORD).write_text(json.dumps(kept, indent=1))
        return str(self.folder)

    @classmethod
    def load(cls, folder: str) -> Staged:
        """Return the record in `folder`."""
        kept = json.loads((Path(folder) / _RECORD).read_text())
        kept["folder"] = Path(kept["folder"])
        kept["ingested_at"] = datetime.fromisoformat(kept["ingested_at"])
        kept["key"] = tuple(kept["key"])
        return cls(**kept)
