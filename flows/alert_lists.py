"""Whom alert lists named, and on which silence: the newest list of each date counts.

It is kept beside the records of stages, because stored tables may be deleted and a flag may not.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from flows.project import Project
from flows.records import find_record, keep_record

_STAGE = "alerts"
# A customer and the day of the last order before the alert.
Flag = tuple[str, date]


def keep_flags(project: Project, as_of: date, alerts: pa.Table) -> None:
    """Let a list be the one of its date."""
    told = zip(alerts["customer_id"].to_pylist(), alerts["last_order_on"].to_pylist(), strict=True)
    flags = [[customer, last.isoformat()] for customer, last in told]
    keep_record(project.records, _STAGE, as_of.isoformat(), {"flags": flags})


def flags_before(project: Project, as_of: date, *, days: int) -> frozenset[Flag]:
    """Return the flags of the lists of the `days` before a date."""
    dates = (as_of - timedelta(days=back) for back in range(1, days + 1))
    records = (find_record(project.records, _STAGE, day.isoformat()) for day in dates)
    return frozenset(
        (customer, date.fromisoformat(last))
        for record in records
        if record is not None
        for customer, last in record["flags"]
    )
