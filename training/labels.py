"""What happened after a cutoff whose whole horizon has passed; and the same dealt at random."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.hashing import md5
from contracts.schema import SNAPSHOT_KEY, TEXT

LABEL_KEY = (*SNAPSHOT_KEY, "horizon_days")


def label_horizons(
    spine: ir.Table, orders: ir.Table, horizons: Collection[tuple[date, int]], *, value: str
) -> ir.Table:
    """Return the customers at these cutoffs with what followed in `[cutoff, cutoff + horizon)`.

    Keyed by customer, cutoff and horizon_days. Columns, all float64: orders (days with orders),
    `value` (sum of that column of `orders`), both 0 without any, and wait_days (from the cutoff to
    the first of them; NULL without any). The caller names mature horizons only.
    """
    asked = ibis.memtable(
        {"snapshot_date": [day for day, _ in horizons],
         "horizon_days": [days for _, days in horizons]},
        schema={"snapshot_date": "date", "horizon_days": "int64"},
    )  # fmt: skip
    rows = spine.select(*SNAPSHOT_KEY).join(asked, "snapshot_date").select(*LABEL_KEY)
    days = (
        orders.semi_join(spine.select("customer_id").distinct(), "customer_id")
        .mutate(occurred_on=_.ordered_at.date())
        .group_by("customer_id", "occurred_on")
        .agg(value=_[value].sum())
    )
    followed = (
        rows.join(
            days,
            [rows.customer_id == days.customer_id, days.occurred_on >= rows.snapshot_date],
        )
        .mutate(wait_days=_.occurred_on.delta(_.snapshot_date, unit="day"))
        .filter(_.wait_days < _.horizon_days)
        .group_by(*LABEL_KEY)
        .agg(orders=_.count(), value=_.value.sum(), wait_days=_.wait_days.min())
    )
    return rows.left_join(followed, LABEL_KEY).select(
        *LABEL_KEY,
        orders=_.orders.cast("float64").fill_null(0.0),
        value=_.value.cast("float64").fill_null(0.0),
        wait_days=_.wait_days.cast("float64"),
    )


def count_daily(orders: ir.Table, *, before: date) -> ir.Table:
    """Return one row per day with orders before a date: how many customers ordered that day.

    Columns: day, first_orders (customers whose first order day it was) and repeat_orders (others).
    """
    dated = orders.select("customer_id", day=_.ordered_at.date()).filter(_.day < before)
    first = dated.group_by("customer_id").agg(day=_.day.min())
    all_of = dated.distinct().group_by("day").agg(whole=_.count())
    first_of = first.group_by("day").agg(first_orders=_.count())
    return (
        all_of.left_join(first_of, "day")
        .select("day", "whole", first_orders=_.first_orders.fill_null(0))
        .select("day", "first_orders", repeat_orders=_.whole - _.first_orders)
        .order_by("day")
    )


def shuffle_labels(labels: ir.Table, *, salt: str) -> ir.Table:
    """Return the same rows, the outcomes of every cutoff and horizon dealt anew among customers.

    Who gets whose depends on ids, cutoff, horizon and `salt` only. The cutoff counts, because a
    customer who got one other customer's outcomes at all of them could be known again by them.
    """
    group = ["snapshot_date", "horizon_days"]
    outcomes = [name for name in labels.columns if name not in LABEL_KEY]
    of_row = labels.customer_id.concat(
        " ", labels.snapshot_date.cast(TEXT), " ", labels.horizon_days.cast(TEXT), " ", salt
    )
    drawn = md5(of_row)
    placed = labels.mutate(
        place=ibis.row_number().over(group_by=group, order_by="customer_id"),
        drawn=ibis.row_number().over(group_by=group, order_by=[drawn, "customer_id"]),
    )
    return (
        placed.select(*LABEL_KEY, "place")
        .join(placed.select(*group, *outcomes, place="drawn"), [*group, "place"])
        .select(*labels.columns)
    )
