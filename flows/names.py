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
    only
        The tables that are looked at; none named means all.
    """

    number: int
    ingested_at: datetime
    full: tuple[str, ...] = ()
    accept_volume: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def looks_at(self, table: str) -> bool:
        """Return whether a table is read this time."""
        return not self.only or table in self.only
