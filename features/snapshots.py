"""Computes features at snapshot dates: the one place where "before the date" is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from contracts.schema import SNAPSHOT_KEY, TEXT
from features.family import Feature, FeatureFamily
from features.stream import Tables


def features_at(
    families: Sequence[FeatureFamily],
    spine: ir.Table,
    tables: Tables,
    *,
    only_date: date | None = None,
) -> ir.Table:
    """Return the spine's rows, keyed by customer and snapshot date, with the families' features.

    The families share one stream, which is read once. Only events strictly before the snapshot
    date count. Numbers are float64 and categories text, so that all engines agree on the type.

    `only_date` is the spine's date where it has but one: events then need not meet the spine before
    they are aggregated, which halves the work.
    """
    [stream] = {family.stream.name: family.stream for family in families}.values()
    events = stream.build(tables)
    seen = before_snapshot(spine, events, known_later=stream.known_later, only_date=only_date)
    if stream.observation_days is not None:
        seen = seen.filter(_.age_days <= stream.observation_days)
    features = [feature for family in families for feature in family.features]
    aggregates = {feature.name: feature.expression for feature in features}
    values = seen.group_by(*SNAPSHOT_KEY).agg(**aggregates)
    rows = spine.select(*SNAPSHOT_KEY).left_join(values, SNAPSHOT_KEY)
    return rows.select(*SNAPSHOT_KEY, **{each.name: _value(each) for each in features})


def before_snapshot(
    spine: ir.Table,
    events: ir.Table,
    *,
    known_later: Mapping[str, Sequence[str]],
    only_date: date | None = None,
) -> ir.Table:
    """Return the events before each customer's snapshot dates, with `age_days` at that date.

    What is known later than its event is NULL until then (`Stream.known_later`). With `only_date`,
    events of customers outside the spine are among them.
    """
    if only_date is not None:
        midnight = ibis.timestamp(only_date.isoformat())
        rows = events.filter(_.occurred_at < midnight)
        rows = rows.mutate(snapshot_date=ibis.literal(only_date, "date"))
    else:
        start = spine.snapshot_date.cast("timestamp")
        same = [spine.customer_id == events.customer_id, events.occurred_at < start]
        rows = spine.select(*SNAPSHOT_KEY).join(events, same)
    for time, columns in known_later.items():
        is_known = (rows[time] < rows.snapshot_date.cast("timestamp")).fill_null(False)
        rows = rows.mutate(**{name: is_known.ifelse(rows[name], None) for name in (*columns, time)})
    return rows.mutate(age_days=_.snapshot_date.delta(_.occurred_at.date(), unit="day"))


def _value(feature: Feature) -> Deferred:
    value = _[feature.name].cast(TEXT if feature.is_category else "float64")
    return value if feature.if_no_events is None else value.fill_null(feature.if_no_events)
