"""Who was drawn into which arm by earlier publishes: an arm is for good."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from segments.destinations.layout import ARMS, whole_publishes


def arms_before(outbox: Path, *, besides: str) -> dict[str, str]:
    """Return customer -> arm of all publishes in the outbox but that of a run.

    Of a customer whom two publishes drew, which cannot be unless somebody put folders together, the
    first by name counts.
    """
    found: dict[str, str] = {}
    for _as_of, folder in whole_publishes(outbox, with_file=ARMS):
        if folder.name != besides:
            drawn = pq.read_table(folder / ARMS, columns=["customer_id", "arm"])
            for each in drawn.to_pylist():
                found.setdefault(each["customer_id"], each["arm"])
    return found
