"""The pool of early warning: customers who look active, because their silence is not long yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import SNAPSHOT_KEY


@dataclass(frozen=True)
class Pool:
    """Who is watched: so many days with orders, and silent for no longer than so many days."""

    min_order_days: int
    silent_days: int


def watched(orders: ir.Table, dates: Collection[date], pool: Pool) -> ir.Table:
    """Return the customers of the pool at dates, keyed by customer and snapshot date.

    An order day is the last one at all dates up to the next: so each meets the few dates it is the
    last one at, and nothing is aggregated per date.
    """
    days = orders.select("customer_id", ordered_on=_.ordered_at.date()).distinct()
    history = ibis.window(group_by="customer_id", order_by="ordered_on")
    numbered = days.mutate(
        number=ibis.row_number().over(history) + 1, next_on=_.ordered_on.lead().over(history)
    ).filter(_.number >= pool.min_order_days)
    snapshots = ibis.memtable({"snapshot_date": list(dates)}, schema={"snapshot_date": "date"})
    is_last = [
        numbered.ordered_on < snapshots.snapshot_date,
        (numbered.next_on >= snapshots.snapshot_date) | numbered.next_on.isnull(),
        snapshots.snapshot_date.delta(numbered.ordered_on, unit="day") <= pool.silent_days,
    ]
    return numbered.join(snapshots, is_last).select(*SNAPSHOT_KEY)
