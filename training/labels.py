"""What happened after a cutoff, for cutoffs whose whole horizon has passed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import SNAPSHOT_KEY


def label_horizon(spine: ir.Table, orders: ir.Table, *, horizon_days: int, value: str) -> ir.Table:
    """Return the spine's rows with what followed in `[snapshot_date, snapshot_date + horizon)`.

    Columns: churned (1 without an order in the horizon, else 0) and `value` (sum of that column
    of `orders`, 0 without any), both float64. The caller keeps immature dates out of the spine.
    """
    events = orders.mutate(occurred_on=_.ordered_at.date())
    ends = spine.snapshot_date + ibis.interval(days=horizon_days)
    followed = (
        spine.select(*SNAPSHOT_KEY)
        .join(
            events,
            [
                spine.customer_id == events.customer_id,
                events.occurred_on >= spine.snapshot_date,
                events.occurred_on < ends,
            ],
        )
        .group_by(*SNAPSHOT_KEY)
        .agg(value=_[value].sum())
        .mutate(has_ordered=True)
    )
    return (
        spine.select(*SNAPSHOT_KEY)
        .left_join(followed, SNAPSHOT_KEY)
        .select(
            *SNAPSHOT_KEY,
            churned=_.has_ordered.isnull().cast("float64"),
            value=_.value.cast("float64").fill_null(0.0),
        )
    )
