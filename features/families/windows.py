"""Counts and money in the last days, and in the same days a year before."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred

from features.family import Feature, FeatureFamily, earlier_than, ratio, usual, within
from features.streams import ORDER_DAYS

WINDOW_DAYS = (7, 14, 30, 60, 90, 180, 365)
# Windows that are held against the customer's own past.
_JUDGED_DAYS = (30, 90, 180)
_YEAR_DAYS = 365
_NO_PAST = "no order before the window"


def _year_before(days: int) -> Deferred:
    """Say of an event whether it is of the same window a year before."""
    return earlier_than(_YEAR_DAYS) & within(_YEAR_DAYS + days)


def _window(days: int) -> tuple[Feature, Feature]:
    count, amount = f"order_count_{days}d", f"amount_{days}d"
    is_judged = days in _JUDGED_DAYS
    return (
        Feature(
            count, _.orders.sum(where=within(days)), "orders", f"orders in the last {days} days", 0,
            own_normal=f"{count}_usual" if is_judged else "",
            told_as=f"orders_{days}d" if is_judged else "",
        ),
        Feature(
            amount, _.amount.sum(where=within(days)), "money",
            f"order amounts in the last {days} days", 0,
            own_normal=f"{amount}_usual" if is_judged else "",
            told_as=f"spend_{days}d" if is_judged else "", meaning="spend",
        ),
    )  # fmt: skip


def _usual(days: int) -> tuple[Feature, Feature]:
    before = earlier_than(days)
    return (
        Feature(
            f"order_count_{days}d_usual", usual(_.orders.sum(where=before), days=days), "orders",
            f"orders that {days} days had on average before the last {days}", absence=_NO_PAST,
        ),
        Feature(
            f"amount_{days}d_usual",
            usual(_.amount.sum(where=before).cast("float64"), days=days), "money",
            f"order amounts that {days} days had on average before the last {days}",
            absence=_NO_PAST, meaning="spend",
        ),
    )  # fmt: skip


def _season(days: int) -> tuple[Feature, Feature]:
    amount = _.amount.sum(where=_year_before(days))
    return (
        Feature(
            f"amount_{days}d_year_before", amount, "money",
            f"order amounts in the same {days} days a year before", 0, meaning="spend",
        ),
        Feature(
            f"amount_{days}d_to_year_before", ratio(_.amount.sum(where=within(days)), amount),
            "ratio", f"order amounts in the last {days} days over those a year before",
            absence="no order in those days a year before", meaning="spend",
        ),
    )  # fmt: skip


WINDOWS = FeatureFamily(
    name="windows",
    stream=ORDER_DAYS,
    description="What happened lately, in windows that end at the snapshot date.",
    absence="no order yet",
    meaning="frequency",
    features=(
        *(feature for days in WINDOW_DAYS for feature in _window(days)),
        *(feature for days in _JUDGED_DAYS for feature in _usual(days)),
        *(feature for days in (30, 90, 180) for feature in _season(days)),
    ),
)
