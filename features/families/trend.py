"""Is it getting more or less: the last days against the days before, and against the own past."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, earlier_than, ratio, within
from features.streams import ORDER_DAYS


def _change(days: int) -> tuple[Feature, Feature]:
    previous = earlier_than(days) & within(2 * days)
    return (
        Feature(
            f"order_count_change_{days}d",
            _.orders.sum(where=within(days)).fill_null(0)
            - _.orders.sum(where=previous).fill_null(0),
            "orders", f"orders in the last {days} days less those in the {days} days before", 0,
        ),
        Feature(
            f"amount_change_{days}d",
            _.amount.sum(where=within(days)).fill_null(0)
            - _.amount.sum(where=previous).fill_null(0),
            "money", f"amounts in the last {days} days less those in the {days} days before", 0,
            meaning="spend",
        ),
    )  # fmt: skip


def _against_own_past(days: int) -> Feature:
    recent = _.orders.sum(where=within(days)).fill_null(0).cast("float64") / days
    return Feature(
        f"order_rate_{days}d_to_own", ratio(recent, ratio(_.orders.sum(), _.age_days.max())),
        "ratio", f"orders per day in the last {days} days over the own rate since the first order",
    )  # fmt: skip


TREND = FeatureFamily(
    name="trend",
    stream=ORDER_DAYS,
    description="Direction of orders and money; 0 is no change, a ratio of 1 is the own past.",
    absence="no order yet",
    meaning="frequency",
    features=(
        *(feature for days in (30, 90) for feature in _change(days)),
        *(_against_own_past(days) for days in (30, 90)),
        Feature(
            "order_value_slope",
            -ratio(
                _.amount.cast("float64").cov(_.age_days.cast("float64"), how="pop"),
                _.age_days.cast("float64").var(how="pop"),
            ),
            "money per day", "least-squares slope of the order days' amounts over time",
            absence="no second order day yet", meaning="spend",
        ),
    ),
)  # fmt: skip
