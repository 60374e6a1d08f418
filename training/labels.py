"""What happened after a cutoff whose whole horizon has passed; and the same dealt at random."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.hashing import md5
from contracts.schema import SNAPSHOT_KEY, TEXT


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


def shuffle_labels(labels: ir.Table, *, salt: str) -> ir.Table:
    """Return the same rows, the labels of every cutoff dealt anew among its customers.

    Who gets whose depends on ids, cutoff and `salt` only. The cutoff counts, because a customer who
    got one other customer's labels at all of them could be known again by them.
    """
    drawn = md5(labels.customer_id.concat(" ", labels.snapshot_date.cast(TEXT), " ", salt))
    placed = labels.mutate(
        place=ibis.row_number().over(group_by="snapshot_date", order_by="customer_id"),
        drawn=ibis.row_number().over(group_by="snapshot_date", order_by=[drawn, "customer_id"]),
    )
    return (
        placed.select(*SNAPSHOT_KEY, "place")
        .join(
            placed.select("snapshot_date", "churned", "value", place="drawn"),
            ["snapshot_date", "place"],
        )
        .select(*labels.columns)
    )
