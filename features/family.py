"""A feature family is data: a stream of events and named aggregates over what lies before a date.

`FeatureFamily.at` computes any family at any snapshot dates on any engine. Training and scoring
call it with different spines, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from contracts.schema import SNAPSHOT_KEY


@dataclass(frozen=True)
class Feature:
    """A named aggregate over a customer's events before the snapshot date.

    `if_no_events` is the value of a customer without any event of the stream; None means NULL,
    which the trees read as "not known".
    """

    name: str
    expression: Deferred
    unit: str
    description: str
    if_no_events: float | None = None


@dataclass(frozen=True)
class FeatureFamily:
    """Features from one stream of events (`features.events.STREAMS`)."""

    name: str
    stream: str
    description: str
    features: tuple[Feature, ...]

    def at(self, spine: ir.Table, events: ir.Table) -> ir.Table:
        """Return the spine's rows, keyed by customer and snapshot date, with the features.

        `events` is the family's stream: `customer_id`, `occurred_at` and what the features use.
        Only events strictly before the snapshot date count. Every feature is float64, so that all
        engines agree on the type.
        """
        aggregates = {feature.name: feature.expression for feature in self.features}
        values = before_snapshot(spine, events).group_by(*SNAPSHOT_KEY).agg(**aggregates)
        rows = spine.select(*SNAPSHOT_KEY).left_join(values, SNAPSHOT_KEY)
        return rows.select(
            *SNAPSHOT_KEY, **{feature.name: _value(feature) for feature in self.features}
        )


def before_snapshot(spine: ir.Table, events: ir.Table) -> ir.Table:
    """Return the events before each customer's snapshot dates, with `age_days` at that date."""
    events = events.mutate(occurred_on=_.occurred_at.date())
    return (
        spine.select(*SNAPSHOT_KEY)
        .join(
            events,
            [spine.customer_id == events.customer_id, events.occurred_on < spine.snapshot_date],
        )
        .mutate(age_days=_.snapshot_date.delta(_.occurred_on, unit="day"))
    )


def _value(feature: Feature) -> Deferred:
    value = _[feature.name].cast("float64")
    return value if feature.if_no_events is None else value.fill_null(feature.if_no_events)


def ratio(numerator: Deferred, denominator: Deferred) -> Deferred:
    """Return the quotient as float64; NULL where the denominator is 0."""
    return numerator.cast("float64") / denominator.cast("float64").nullif(0)
