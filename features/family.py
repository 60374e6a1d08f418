"""A feature family is data: a stream of events and named aggregates over what lies before a date.

`features.snapshots.features_at` computes any families at any snapshot dates on any engine. Training
and scoring call it with different spines, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from ibis import _
from ibis.common.deferred import Deferred

from features.stream import Stream


@dataclass(frozen=True)
class Feature:
    """A named aggregate over a customer's events before the snapshot date.

    Attributes
    ----------
    expression
        Over the columns of the stream and `age_days`, whole days from event to snapshot date.
    if_no_events
        The value of a customer without any event of the stream; None means NULL, which the trees
        read as "not known".
    absence
        What NULL means, where it is not what the family says.
    own_normal
        The feature, of any family, that says what is normal for this customer: reasons are told
        against it.
    is_category
        A text with few values, not a number.
    meaning
        What a reason from it is about, where it is not what the family says
        (`contracts.reasons.MEANINGS`).
    told_as
        The fact that a reason states by its value (`contracts.reasons.TELLINGS`), which says the
        meaning too; empty where the value is not told.
    """

    name: str
    expression: Deferred
    unit: str
    description: str
    if_no_events: float | None = None
    absence: str = ""
    own_normal: str = ""
    is_category: bool = False
    meaning: str = ""
    told_as: str = ""


@dataclass(frozen=True)
class FeatureFamily:
    """Features from one stream of events.

    `absence` says what NULL means in them, `meaning` what reasons from them are about.
    """

    name: str
    stream: Stream
    description: str
    absence: str
    features: tuple[Feature, ...]
    meaning: str = ""


def ratio(numerator: Deferred, denominator: Deferred) -> Deferred:
    """Return the quotient as float64; NULL where the denominator is 0."""
    return numerator.cast("float64") / denominator.cast("float64").nullif(0)


def within(days: int) -> Deferred:
    """Say of an event whether it is of the last `days` before the snapshot date."""
    return _.age_days <= days


def earlier_than(days: int) -> Deferred:
    """Say of an event whether it is older than the last `days`."""
    return _.age_days > days


def usual(total_before: Deferred, *, days: int) -> Deferred:
    """Return what a customer's past before the last `days` amounts to in as many days.

    NULL where the first event of the stream is not older than that.
    """
    span = (_.age_days.max() - days).cast("float64")
    return ratio(total_before.fill_null(0), (span > 0).ifelse(span, None)) * days
