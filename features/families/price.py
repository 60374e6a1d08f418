"""What the customer pays: discounts taken, and orders at full price."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio, within
from features.streams import ORDERS

_LATELY_DAYS = 90
_LATELY = within(_LATELY_DAYS)
_NONE_LATELY = "no order in the last 90 days"

PRICE = FeatureFamily(
    name="price",
    stream=ORDERS,
    description="Share of the price that is discount, and of the orders that have none.",
    absence="no order yet",
    meaning="price",
    features=(
        Feature(
            "discount_share", ratio(_.discount.sum(), _.discount.sum() + _.amount.sum()), "share",
            "discounts over the full price of everything bought", told_as="discount_share",
        ),
        Feature(
            "discount_share_90d",
            ratio(_.discount.sum(where=_LATELY),
                  _.discount.sum(where=_LATELY) + _.amount.sum(where=_LATELY)),
            "share", "discounts over the full price in the last 90 days",
            absence=_NONE_LATELY, own_normal="discount_share", told_as="discounts",
        ),
        Feature(
            "full_price_share", ratio(_.count(where=_.discount == 0), _.count()), "share",
            "orders without any discount",
        ),
        Feature(
            "full_price_share_90d",
            ratio(_.count(where=(_.discount == 0) & _LATELY), _.count(where=_LATELY)), "share",
            "orders of the last 90 days without any discount",
            absence=_NONE_LATELY, own_normal="full_price_share",
        ),
    ),
)  # fmt: skip
