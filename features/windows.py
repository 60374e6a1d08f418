"""Counts and money in the last days, and in the same days a year before."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily

WINDOW_DAYS = (7, 14, 30, 60, 90, 180, 365)
_YEAR_DAYS = 365


def _window(days: int) -> tuple[Feature, Feature]:
    within = _.age_days <= days
    return (
        Feature(
            f"order_count_{days}d", _.orders.sum(where=within), "orders",
            f"orders in the last {days} days", 0,
        ),
        Feature(
            f"amount_{days}d", _.amount.sum(where=within), "money",
            f"order amounts in the last {days} days", 0,
        ),
    )  # fmt: skip


def _year_before(days: int) -> Feature:
    within = (_.age_days > _YEAR_DAYS) & (_.age_days <= _YEAR_DAYS + days)
    return Feature(
        f"amount_{days}d_year_before",
        _.amount.sum(where=within),
        "money",
        f"order amounts in the same {days} days a year before",
        0,
    )


WINDOWS = FeatureFamily(
    name="windows",
    stream="order_days",
    description="What happened lately, in windows that end at the snapshot date.",
    features=(
        *(feature for days in WINDOW_DAYS for feature in _window(days)),
        *(_year_before(days) for days in (30, 90)),
    ),
)
