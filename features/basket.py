"""What is in the baskets: breadth, discounts, and how both moved lately."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred

from features.family import Feature, FeatureFamily, ratio

_LATELY_DAYS = 90
_LATELY = _.age_days <= _LATELY_DAYS
_ORDERS = _.is_first_line.sum()
_ORDERS_LATELY = _.is_first_line.sum(where=_LATELY)


def _is_first_lately(gap_days: Deferred) -> Deferred:
    """Say of a line whether it is the first of its kind in the last days."""
    return _LATELY & (gap_days.isnull() | (_.age_days + gap_days > _LATELY_DAYS))


BASKET = FeatureFamily(
    name="basket",
    stream="order_lines",
    description="Products and categories bought, and the share bought at a discount.",
    features=(
        Feature(
            "product_count", _.count(where=_.product_gap_days.isnull()), "products",
            "different products so far", 0,
        ),
        Feature(
            "category_count",
            _.count(where=_.category_gap_days.isnull() & _.category.notnull()), "categories",
            "different categories so far", 0,
        ),
        Feature(
            "category_count_90d",
            _.count(where=_is_first_lately(_.category_gap_days) & _.category.notnull()),
            "categories", "different categories in the last 90 days", 0,
        ),
        Feature(
            "lines_per_order", ratio(_.count(), _ORDERS), "lines per order",
            "mean lines of an order",
        ),
        Feature(
            "lines_per_order_90d", ratio(_.count(where=_LATELY), _ORDERS_LATELY),
            "lines per order", "mean lines of an order in the last 90 days",
        ),
        Feature(
            "discount_share",
            ratio(_.discount.sum(), _.discount.sum() + _.amount.sum()),
            "share", "discounts over the full price of everything bought",
        ),
        Feature(
            "discount_share_90d",
            ratio(_.discount.sum(where=_LATELY),
                  _.discount.sum(where=_LATELY) + _.amount.sum(where=_LATELY)),
            "share", "discounts over the full price in the last 90 days",
        ),
        Feature(
            "discounted_line_share", ratio(_.count(where=_.discount > 0), _.count()), "share",
            "lines bought at a discount",
        ),
    ),
)  # fmt: skip
