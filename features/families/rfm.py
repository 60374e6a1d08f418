"""Recency, frequency and money: how often, how lately, how much.

`frequency`, `recency` and `T` are the sufficient statistics of Fader, Hardie and Lee (2005),
"Counting your customers the easy way", Marketing Science 24(2), section 3, in days, and
`monetary_value` that of Fader and Hardie (2013), "The Gamma-Gamma model of monetary value": with
them training can fit the probabilistic models at every cutoff.
"""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio
from features.streams import ORDER_DAYS

_IS_REPEAT = _.gap_days.notnull()

RFM = FeatureFamily(
    name="rfm",
    stream=ORDER_DAYS,
    description="How often, how lately and for how much a customer orders.",
    absence="no order yet",
    meaning="history",
    features=(
        Feature("frequency", _.count() - 1, "repeat order days", "order days after the first"),
        Feature(
            "recency", _.age_days.max() - _.age_days.min(), "days", "first to last order day",
            meaning="silence",
        ),
        Feature("T", _.age_days.max(), "days", "since the first order", told_as="newness"),
        Feature(
            "days_since_last_order", _.age_days.min(), "days", "since the last order day",
            own_normal="gap_median", told_as="silence",
        ),
        Feature(
            "order_count", _.orders.sum(), "orders", "all orders so far", 0,
            told_as="order_count",
        ),
        Feature(
            "amount_total", _.amount.sum(), "money", "all order amounts so far", 0,
            meaning="spend",
        ),
        Feature(
            "mean_order_value", ratio(_.amount.sum(), _.orders.sum()), "money per order",
            "mean amount of an order", told_as="order_value",
        ),
        Feature(
            "monetary_value", ratio(_.amount.sum(where=_IS_REPEAT), _.count(where=_IS_REPEAT)),
            "money per order day", "mean amount of the repeat order days",
            absence="no second order day yet", meaning="spend",
        ),
        Feature(
            "order_value_sd", _.amount.cast("float64").std(how="pop"), "money",
            "spread of the amounts of the order days", meaning="spend",
        ),
        Feature(
            "last_order_value", _.amount.argmin(_.age_days), "money",
            "amount of the last order day", own_normal="mean_order_value",
            told_as="last_order_value",
        ),
        Feature(
            "largest_order_value", _.amount.max(), "money", "amount of the largest order day",
            meaning="spend",
        ),
    ),
)  # fmt: skip
