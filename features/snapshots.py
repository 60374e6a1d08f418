"""Computes features at snapshot dates: the one place where "before the date" is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from contracts.schema import SNAPSHOT_KEY, TEXT
from features.family import Feature, FeatureFamily
from features.stream import Stream, Tables
from features.streams import ORDERS


def features_at(
    families: Sequence[FeatureFamily],
    spine: ir.Table,
    tables: Tables,
    *,
    only_date: date | None = None,
) -> ir.Table:
    """Return the spine's rows, keyed by customer and snapshot date, with the families' features.

    A stream that families share is read once. Only events strictly before the snapshot date count.
    Numbers are float64 and categories text, so that all engines agree on the type.

    `only_date` is the spine's date where it has but one: events then need not meet the spine before
    they are aggregated, which halves the work.
    """
    streams = {family.stream.name: family.stream for family in families}
    rows = spine.select(*SNAPSHOT_KEY)
    for stream in streams.values():
        features = [
            feature
            for family in families
            if family.stream.name == stream.name
            for feature in family.features
        ]
        values = _aggregated(stream, features, spine, tables, only_date)
        key = [name for name in SNAPSHOT_KEY if name in values.columns]
        rows = rows.left_join(values, key).select(
            *rows.columns, **{each.name: _value(each) for each in features}
        )
    return rows


def _aggregated(
    stream: Stream,
    features: Sequence[Feature],
    spine: ir.Table,
    tables: Tables,
    only_date: date | None,
) -> ir.Table:
    """Return the features of customers with events, by SNAPSHOT_KEY; of one date by customer."""
    seen = before_snapshot(spine, stream.build(tables), stream, only_date=only_date)
    key = SNAPSHOT_KEY if only_date is None else SNAPSHOT_KEY[:1]
    if stream.is_beside_last_order:
        seen = seen.left_join(_last_orders(spine, tables, key, only_date), key).select(
            *seen.columns, "order_age_days"
        )
    return seen.group_by(*key).agg(**{each.name: each.expression for each in features})


def _last_orders(
    spine: ir.Table, tables: Tables, key: Sequence[str], only_date: date | None
) -> ir.Table:
    """Return how old the last order of each customer is at each date: few rows for a hash join."""
    orders = before_snapshot(spine, ORDERS.build(tables), ORDERS, only_date=only_date)
    return orders.group_by(*key).agg(order_age_days=_.age_days.min())


def before_snapshot(
    spine: ir.Table,
    events: ir.Table,
    stream: Stream,
    *,
    only_date: date | None = None,
) -> ir.Table:
    """Return a stream's events before each customer's snapshot dates, with `age_days` at the date.

    What is known later than its event is NULL until then (`Stream.known_later`). With `only_date`,
    events of customers outside the spine are among them.
    """
    days = stream.observation_days
    if only_date is not None:
        rows = events.filter(_.occurred_at < ibis.timestamp(only_date.isoformat()))
        if days is not None:
            first = only_date - timedelta(days=days)
            rows = rows.filter(_.occurred_at >= ibis.timestamp(first.isoformat()))
        rows = rows.mutate(snapshot_date=ibis.literal(only_date, "date"))
    else:
        start = spine.snapshot_date.cast("timestamp")
        same = [spine.customer_id == events.customer_id, events.occurred_at < start]
        if days is not None:
            same.append(events.occurred_at >= start - ibis.interval(days=days))
        rows = spine.select(*SNAPSHOT_KEY).join(events, same)
    for time, columns in stream.known_later.items():
        is_known = (rows[time] < rows.snapshot_date.cast("timestamp")).fill_null(False)
        rows = rows.mutate(**{name: is_known.ifelse(rows[name], None) for name in (*columns, time)})
    return rows.mutate(age_days=_.snapshot_date.delta(_.occurred_at.date(), unit="day"))


def _value(feature: Feature) -> Deferred:
    value = _[feature.name].cast(TEXT if feature.is_category else "float64")
    return value if feature.if_no_events is None else value.fill_null(feature.if_no_events)
