"""Whom alerts and segments named, and on which silence: the newest of each date counts.

It is kept beside the records of stages, because stored tables may be deleted and a flag may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pyarrow as pa

from flows.project import Project
from flows.records import find_record, keep_record

# A customer and the day of the last order before the alert.
Flag = tuple[str, date]


class Told(StrEnum):
    """Where customers are told of; each has one list a date, and its own folder of records."""

    ALERTS = "alerts"
    SEGMENT = "early_warning"


def keep_flags(project: Project, as_of: date, told: Told, *, rows: pa.Table, fit: str) -> None:
    """Let a list be the one of its date; `fit` is the key of the model's fit."""
    named = zip(rows["customer_id"].to_pylist(), rows["last_order_on"].to_pylist(), strict=True)
    flags = [[customer, last.isoformat()] for customer, last in named]
    keep_record(project.records, told, as_of.isoformat(), {"flags": flags, "fit": fit})


def flags_before(project: Project, as_of: date, *, days: int) -> frozenset[Flag]:
    """Return the flags of the lists of the `days` before a date."""
    return frozenset(
        (customer, date.fromisoformat(last))
        for back in range(1, days + 1)
        for record in _of(project, as_of - timedelta(days=back))
        for customer, last in record["flags"]
    )


def fits_listed(project: Project, as_of: date) -> frozenset[str]:
    """Return the keys of the fits behind the lists of a date."""
    return frozenset(record.get("fit", "") for record in _of(project, as_of))


def _of(project: Project, day: date) -> Iterator[dict[str, Any]]:
    for told in Told:
        record = find_record(project.records, told, day.isoformat())
        if record is not None:
            yield record
