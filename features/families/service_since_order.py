"""Service since the last order: a ticket on it that drags on or ends badly is why people leave."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily
from features.streams import TICKETS

# Who complains of an order does so after it, be it on the same day.
_SINCE = _.age_days <= _.order_age_days
_IS_PENDING = _SINCE & _.closed_at.isnull()
_OPEN_DAYS = _.closed_at.date().delta(_.occurred_at.date(), unit="day")
_WHERE = "opened since the last order, or on its day"

SERVICE_SINCE_ORDER = FeatureFamily(
    name="service_since_order",
    stream=TICKETS,
    description=f"Service tickets {_WHERE}; how they ended, once that is known.",
    absence=f"no ticket was {_WHERE}",
    meaning="service",
    features=(
        Feature(
            "ticket_count_since_order", _.count(where=_SINCE), "tickets", f"tickets {_WHERE}", 0
        ),
        Feature(
            "open_ticket_count_since_order", _.count(where=_IS_PENDING), "tickets",
            "those of them that are still open", 0,
        ),
        Feature(
            "open_ticket_days_since_order", _.age_days.max(where=_IS_PENDING), "days",
            "since the oldest of them that is still open was opened", absence="none is open",
        ),
        Feature(
            "bad_ticket_count_since_order", _.count(where=_SINCE & _.ended_badly), "tickets",
            "those of them that ended badly: not solved, or judged 2 or worse, of 5", 0,
        ),
        Feature(
            "longest_ticket_days_since_order", _OPEN_DAYS.max(where=_SINCE), "days",
            "from opening to closing of the one that took longest", absence="none was closed",
        ),
        Feature(
            "worst_satisfaction_since_order", _.satisfaction.min(where=_SINCE), "points",
            "the worst satisfaction with them, of 5", absence="none was judged",
            own_normal="satisfaction_mean",
        ),
    ),
)  # fmt: skip
