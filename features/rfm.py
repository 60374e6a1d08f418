"""Recency, frequency and money: how often, how lately, how much.

`frequency`, `recency` and `T` are the sufficient statistics of Fader, Hardie and Lee (2005),
"Counting your customers the easy way", Marketing Science 24(2), section 3, in days.
"""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio

RFM = FeatureFamily(
    name="rfm",
    stream="order_days",
    description="How often, how lately and for how much a customer orders.",
    features=(
        Feature("frequency", _.count() - 1, "repeat order days", "order days after the first"),
        Feature("recency", _.age_days.max() - _.age_days.min(), "days", "first to last order day"),
        Feature("T", _.age_days.max(), "days", "since the first order"),
        Feature("days_since_last_order", _.age_days.min(), "days", "since the last order day"),
        Feature("order_count", _.orders.sum(), "orders", "all orders so far", 0),
        Feature("amount_total", _.amount.sum(), "money", "all order amounts so far", 0),
        Feature(
            "mean_order_value",
            ratio(_.amount.sum(), _.orders.sum()),
            "money per order",
            "mean amount of an order",
        ),
        Feature(
            "monetary_value",
            ratio(_.amount.sum(where=_.day_number > 1), _.count(where=_.day_number > 1)),
            "money per order day",
            "mean amount of the repeat order days; NULL without one",
        ),
        Feature(
            "last_order_value", _.amount.argmin(_.age_days), "money", "amount of the last order day"
        ),
        Feature("largest_order_value", _.amount.max(), "money", "amount of the largest order day"),
    ),
)
