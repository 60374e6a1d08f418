"""How the customer answers to mail and comes to see: opens, clicks, visits, logins.

Whoever is mailed less opens less. So opens and clicks are told as rates of what was sent, which are
not known where nothing was sent, and what was sent is told beside them.
"""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred

from features.family import Feature, FeatureFamily, earlier_than, ratio, usual, within
from features.streams import INTERACTIONS

_WINDOW_DAYS = (30, 90, 365)
_LATELY_DAYS = 90
_NONE_SENT = "nothing was sent in the last 90 days"
_NONE_SENT_BEFORE = "nothing was sent before the last 90 days"


def _is(*kinds: str) -> Deferred:
    return _.kind.isin(kinds)


def _counts(
    name: str, what: str, *kinds: str, told_as: str = "", meaning: str = ""
) -> tuple[Feature, ...]:
    """Return counts in windows; what is told is the one that has an own normal."""
    return tuple(
        Feature(
            f"{name}_count_{days}d", _.count(where=_is(*kinds) & within(days)), what,
            f"{what} in the last {days} days", 0, meaning=meaning,
            own_normal=f"{name}_count_{days}d_usual" if told_as and days == _LATELY_DAYS else "",
            told_as=told_as if days == _LATELY_DAYS else "",
        )
        for days in _WINDOW_DAYS
    )  # fmt: skip


def _rates(name: str, what: str, kind: str) -> tuple[Feature, ...]:
    lately = ratio(
        _.count(where=_is(kind) & within(_LATELY_DAYS)),
        _.count(where=_is("sent") & within(_LATELY_DAYS)),
    )
    before = ratio(
        _.count(where=_is(kind) & earlier_than(_LATELY_DAYS)),
        _.count(where=_is("sent") & earlier_than(_LATELY_DAYS)),
    )
    return (
        Feature(
            f"{name}_rate_90d", lately, f"{what} per message", f"{what} per message sent, 90 days",
            absence=_NONE_SENT, own_normal=f"{name}_rate_usual", told_as=f"{name}s",
        ),
        Feature(
            f"{name}_rate_usual", before, f"{what} per message",
            f"{what} per message sent before the last 90 days", absence=_NONE_SENT_BEFORE,
        ),
        Feature(
            f"{name}_rate_90d_to_own", ratio(lately, before), "ratio",
            f"rate of {what} in the last 90 days over the own rate before; 0 is a collapse",
            absence=f"{_NONE_SENT}, or no {what} before",
        ),
    )  # fmt: skip


def _days_since(name: str, what: str, *kinds: str, told_as: str = "", meaning: str = "") -> Feature:
    return Feature(
        f"days_since_{name}", _.age_days.min(where=_is(*kinds)), "days", f"since the last {what}",
        absence=f"never a {what}", told_as=told_as, meaning=meaning,
    )  # fmt: skip


_VISITS = ("visit", "login")

ENGAGEMENT = FeatureFamily(
    name="engagement",
    stream=INTERACTIONS,
    description="Messages sent and answered, visits and logins, against the own past.",
    absence="no interaction yet",
    meaning="engagement",
    features=(
        *_counts("sent", "messages", "sent", told_as="messages", meaning="pressure"),
        *_counts("open", "opens", "open"),
        *_counts("click", "clicks", "click"),
        *_counts("visit", "visits", *_VISITS, told_as="visits"),
        *_rates("open", "opens", "open"),
        *_rates("click", "clicks", "click"),
        Feature(
            "open_rate", ratio(_.count(where=_is("open")), _.count(where=_is("sent"))),
            "opens per message", "opens per message sent so far", absence="nothing was sent",
        ),
        _days_since("message", "message", "sent", meaning="pressure"),
        _days_since("open", "open", "open", told_as="last_open"),
        _days_since("click", "click", "click"),
        _days_since("visit", "visit or login", *_VISITS, told_as="last_visit"),
        Feature(
            "sent_count_90d_usual",
            usual(_.count(where=_is("sent") & earlier_than(_LATELY_DAYS)), days=_LATELY_DAYS),
            "messages", "messages that 90 days had on average before the last 90",
            absence="no interaction before the last 90 days", meaning="pressure",
        ),
        Feature(
            "visit_count_90d_usual",
            usual(_.count(where=_is(*_VISITS) & earlier_than(_LATELY_DAYS)), days=_LATELY_DAYS),
            "visits", "visits that 90 days had on average before the last 90",
            absence="no interaction before the last 90 days",
        ),
    ),
)  # fmt: skip
