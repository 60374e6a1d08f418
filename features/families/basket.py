"""What is in the baskets: how many products and categories, and whether habits go on.

Different products in a window are counted as the lines whose last line of the same reaches beyond
it, and the entropy adds up over lines: each costs a sum, not a distinct count.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from features.family import Feature, FeatureFamily, ratio, within
from features.stream import Stream, Tables, days_since_same

_LATELY_DAYS = 90
_LATELY = within(_LATELY_DAYS)
_ORDERS = _.is_first_line.sum()
_ORDERS_LATELY = _.is_first_line.sum(where=_LATELY)
_HAS_CATEGORY = _.category.notnull()
# Two lines make a habit.
_HABIT_LINES = 2


def _order_lines(tables: Tables) -> ir.Table:
    """Return one event per order line: its columns with the order's customer and time.

    Added: product_gap_days and category_gap_days (since the customer last bought the same; NULL
    the first time), category_lines (the customer's lines of that category, up to and with this
    one), surprise_step (what this line adds to the sum of n ln n over categories), is_first_line
    (of its order).
    """
    orders = tables["orders"].select("order_id", "customer_id", occurred_at=_.ordered_at)
    lines = tables["order_lines"].select("order_id", "line", "product_id", "category", "discount")
    lines = lines.join(orders, "order_id")
    in_order = ibis.window(group_by="order_id", order_by=["product_id", "line"])
    of_category = ibis.window(
        group_by=["customer_id", "category"],
        order_by=["occurred_at", "order_id", "product_id", "line"],
    )
    lines = lines.mutate(
        discount=_.discount.fill_null(0),
        product_gap_days=days_since_same(lines, "product_id"),
        category_gap_days=days_since_same(lines, "category"),
        category_lines=(ibis.row_number().over(of_category) + 1).cast("float64"),
        is_first_line=ibis.row_number().over(in_order) == 0,
    )
    return lines.mutate(
        surprise_step=_n_log_n(lines.category_lines) - _n_log_n(lines.category_lines - 1)
    )


def _n_log_n(n: ir.FloatingValue) -> ir.FloatingValue:
    return n * ibis.greatest(n, 1.0).log()


ORDER_LINES = Stream("order_lines", ("orders", "order_lines"), _order_lines)


def _is_first_lately(gap_days: Deferred) -> Deferred:
    """Say of a line whether it is the first of its kind in the last days."""
    return _LATELY & (gap_days.isnull() | (_.age_days + gap_days > _LATELY_DAYS))


_CATEGORISED = _.count(where=_HAS_CATEGORY)
_CATEGORIES = _.count(where=_.category_gap_days.isnull() & _HAS_CATEGORY)
_CATEGORIES_LATELY = _.count(where=_is_first_lately(_.category_gap_days) & _HAS_CATEGORY)
_IS_HABIT = _HAS_CATEGORY & (_.category_lines > _HABIT_LINES)

BASKET = FeatureFamily(
    name="basket",
    stream=ORDER_LINES,
    description="Products and categories bought, and whether their choice changes.",
    absence="no order line yet, or none with a category",
    meaning="basket",
    features=(
        Feature(
            "product_count", _.count(where=_.product_gap_days.isnull()), "products",
            "different products so far", 0,
        ),
        Feature("category_count", _CATEGORIES, "categories", "different categories so far", 0),
        Feature(
            "category_count_90d", _CATEGORIES_LATELY, "categories",
            "different categories in the last 90 days", 0,
            own_normal="category_count", told_as="categories",
        ),
        Feature(
            "lapsed_category_count_90d", _CATEGORIES - _CATEGORIES_LATELY, "categories",
            "categories bought before, and not in the last 90 days", 0,
        ),
        Feature(
            "category_entropy",
            _CATEGORISED.cast("float64").nullif(0).log()
            - ratio(_.surprise_step.sum(where=_HAS_CATEGORY), _CATEGORISED),
            "nats", "Shannon entropy of the lines' categories; 0 where all are of one",
        ),
        Feature(
            "top_category_share", ratio(_.category_lines.max(where=_HAS_CATEGORY), _CATEGORISED),
            "share", "lines that are of the category bought most",
        ),
        Feature(
            "habit_share", ratio(_.count(where=_IS_HABIT), _CATEGORISED), "share",
            "lines of a category that the customer had bought twice or more before",
        ),
        Feature(
            "habit_share_90d",
            ratio(_.count(where=_IS_HABIT & _LATELY), _.count(where=_HAS_CATEGORY & _LATELY)),
            "share", "the same, of the lines of the last 90 days",
            absence="no order line in the last 90 days", own_normal="habit_share", told_as="habits",
        ),
        Feature(
            "lines_per_order", ratio(_.count(), _ORDERS), "lines per order",
            "mean lines of an order",
        ),
        Feature(
            "lines_per_order_90d", ratio(_.count(where=_LATELY), _ORDERS_LATELY),
            "lines per order", "mean lines of an order in the last 90 days",
            absence="no order line in the last 90 days", own_normal="lines_per_order",
            told_as="lines_per_order",
        ),
        Feature(
            "discounted_line_share", ratio(_.count(where=_.discount > 0), _.count()), "share",
            "lines bought at a discount", meaning="price",
        ),
    ),
)  # fmt: skip
