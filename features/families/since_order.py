"""How the customer answers since the last order: silence there is the earliest sign of leaving.

Who orders twice a year is not late for months. But who opened two messages of three up to the last
order and none of four since has changed, whatever the rhythm of the orders.
"""

from __future__ import annotations

from math import log

import ibis
from ibis import _
from ibis.common.deferred import Deferred

from features.family import Feature, FeatureFamily
from features.streams import INTERACTIONS

_AFTER = _.age_days < _.order_age_days
_BEFORE = _.age_days >= _.order_age_days
_JUST_BEFORE_DAYS = 60
_JUST_BEFORE = _BEFORE & (_.age_days < _.order_age_days + _JUST_BEFORE_DAYS)

# The own rate of opening begins at 1.2 of 3.2 messages, which few messages of one's own outweigh.
_OPENED_AT_FIRST, _SENT_AT_FIRST = 1.2, 3.2
# The drop that the likelihood ratio asks for.
_LEFT_AFTER_DROP = 0.2


def _count(during: Deferred, *kinds: str) -> Deferred:
    # As float64 at once: Spark would compute a whole number and 1.2 as decimals.
    return _.count(where=_.kind.isin(kinds) & during).cast("float64")


_SENT_AFTER, _OPENED_AFTER = _count(_AFTER, "sent"), _count(_AFTER, "open")
_SENT_BEFORE, _OPENED_BEFORE = _count(_BEFORE, "sent"), _count(_BEFORE, "open")
_SENT_JUST_BEFORE = _count(_JUST_BEFORE, "sent")
_OPENED_JUST_BEFORE = _count(_JUST_BEFORE, "open")

# Below 1 also where messages are opened again and again.
_OWN_RATE = (ibis.least(_OPENED_BEFORE, _SENT_BEFORE) + _OPENED_AT_FIRST) / (
    _SENT_BEFORE + _SENT_AT_FIRST
)


def _to_expected(opened: Deferred, sent: Deferred) -> Deferred:
    """Return opens over those expected by the own rate; one more message as expected in both."""
    return (opened + _OWN_RATE) / ((sent + 1) * _OWN_RATE)


def _drop_log_ratio() -> Deferred:
    """Return log L(opens since the order | a fifth of the own rate) - log L(... | the own rate).

    Each message is opened or not (Bernoulli); an open more than messages counts as one opened.
    """
    unopened = ibis.greatest(_SENT_AFTER - _OPENED_AFTER, 0)
    dropped = 1 - _LEFT_AFTER_DROP * _OWN_RATE
    return _OPENED_AFTER * log(_LEFT_AFTER_DROP) + unopened * (dropped / (1 - _OWN_RATE)).ln()


_COUNTED = {
    "sent": ("messages", ("sent",)),
    "open": ("opens", ("open",)),
    "click": ("clicks", ("click",)),
    "visit": ("visits", ("visit", "login")),
}

SINCE_ORDER = FeatureFamily(
    name="since_order",
    stream=INTERACTIONS,
    description="What the customer did after the day of the last order, against the own rate of "
    "opening messages up to that day.",
    absence="no interaction yet",
    meaning="engagement",
    features=(
        *(
            Feature(
                f"{name}_count_since_order", _count(_AFTER, *kinds), what,
                f"{what} since the last order", 0,
                own_normal="open_count_since_order_expected" if name == "open" else "",
            )
            for name, (what, kinds) in _COUNTED.items()
        ),
        Feature(
            "open_rate_before_order", _OWN_RATE, "opens per message",
            "opens per message sent up to the last order, with 1.2 of 3.2 messages added",
        ),
        Feature(
            "open_count_since_order_expected", _OWN_RATE * _SENT_AFTER, "opens",
            "opens that the messages since the last order would have had at that rate", 0,
        ),
        Feature(
            "open_rate_since_order_to_own", _to_expected(_OPENED_AFTER, _SENT_AFTER), "ratio",
            "opens since the last order over those expected, one more message as expected added "
            "to both; towards 0 is silence",
        ),
        Feature(
            "open_drop_log_ratio", _drop_log_ratio(), "log ratio",
            "log likelihood ratio of the opens since the last order at a fifth of the own rate to "
            "those at the own rate; above 0 speaks for a drop", 0,
        ),
        Feature(
            "days_from_order_to_open",
            (_.order_age_days - _.age_days).min(where=_AFTER & _.kind.isin(("open",))), "days",
            "from the last order to the first open after it", absence="no open since",
        ),
        Feature(
            "sent_count_60d_before_order", _SENT_JUST_BEFORE, "messages",
            "messages in the 60 days up to the last order", 0,
        ),
        Feature(
            "open_count_60d_before_order", _OPENED_JUST_BEFORE, "opens",
            "opens in the 60 days up to the last order", 0,
        ),
        Feature(
            "open_rate_60d_before_order_to_own",
            _to_expected(_OPENED_JUST_BEFORE, _SENT_JUST_BEFORE), "ratio",
            "those opens over what the own rate expects, one more message as expected added to "
            "both",
        ),
    ),
)  # fmt: skip
