"""What flows hand to each other: names of stored tables and the facts of a run, never tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Canonical name (or name of a feature table) -> the stored table.
TableRefs = dict[str, str]


@dataclass(frozen=True)
class Ingestion:
    """One ingest: the commit it will be, its moment, and what was allowed this once.

    Attributes
    ----------
    full
        Tables to read whole; keys that no longer come are recorded as deleted.
    accept_volume
        Tables that may shrink or grow more than usual.
    """

    number: int
    ingested_at: datetime
    full: tuple[str, ...] = ()
    accept_volume: tuple[str, ...] = ()
