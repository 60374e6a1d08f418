"""What single order days were worth beside the others, and whether the last needed a discount."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio
from features.streams import ORDER_DAYS

_AMOUNT = _.amount.cast("float64")
_DISCOUNT_SHARE = ratio(_.discount, _.discount + _.amount).fill_null(0)

ORDER_VALUE = FeatureFamily(
    name="order_value",
    stream=ORDER_DAYS,
    description="The first, the last, the middle and the largest order day.",
    absence="no order yet",
    meaning="spend",
    features=(
        Feature(
            "first_order_value", _.amount.argmax(_.age_days), "money",
            "amount of the first order day",
        ),
        Feature(
            "order_value_median", _AMOUNT.median(), "money", "median amount of the order days"
        ),
        Feature(
            "largest_order_share", ratio(_.amount.max(), _.amount.sum()), "share",
            "amount of the largest order day over that of all",
        ),
        Feature(
            "last_order_value_to_mean", ratio(_AMOUNT.argmin(_.age_days), _AMOUNT.mean()), "ratio",
            "amount of the last order day over the mean of all",
        ),
        Feature(
            "last_order_discount_share", _DISCOUNT_SHARE.argmin(_.age_days), "share",
            "discounts over the full price of the last order day; 0 is none",
            own_normal="discount_share", meaning="price",
        ),
    ),
)  # fmt: skip
