"""What is sent back: refunds against the money of all orders."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import MONEY
from features.family import Feature, FeatureFamily, ratio, within
from features.stream import Stream, Tables

_YEAR = within(365)
_IS_REFUND = _.refunded.notnull()


def _payments(tables: Tables) -> ir.Table:
    """Return one event per order and per refund: money `ordered` or `refunded`, else NULL."""
    nothing = ibis.null(MONEY)
    orders = tables["orders"].select(
        "customer_id", occurred_at=_.ordered_at, ordered=_.amount, refunded=nothing
    )
    refunds = tables["refunds"].select(
        "customer_id", occurred_at=_.refunded_at, ordered=nothing, refunded=_.amount
    )
    return ibis.union(orders, refunds)


REFUNDS = FeatureFamily(
    name="refunds",
    stream=Stream("payments", ("orders", "refunds"), _payments),
    description="Refunds, and their share in what was ordered.",
    absence="no order yet",
    meaning="refunds",
    features=(
        Feature("refund_count", _.count(where=_IS_REFUND), "refunds", "refunds so far", 0),
        Feature(
            "refund_count_365d", _.count(where=_IS_REFUND & _YEAR), "refunds",
            "refunds in the last 365 days", 0, told_as="refunds",
        ),
        Feature(
            "refund_share", ratio(_.refunded.sum().fill_null(0), _.ordered.sum()), "share",
            "money paid back over all order amounts",
        ),
        Feature(
            "refund_share_365d",
            ratio(_.refunded.sum(where=_YEAR).fill_null(0), _.ordered.sum(where=_YEAR)), "share",
            "money paid back over order amounts, of the last 365 days",
            absence="no order in the last 365 days", own_normal="refund_share",
        ),
        Feature(
            "days_since_refund", _.age_days.min(where=_IS_REFUND), "days", "since the last refund",
            absence="never a refund",
        ),
    ),
)  # fmt: skip
