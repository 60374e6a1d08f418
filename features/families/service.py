"""Service: tickets open and closed, topics that come back, and how they ended."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, within
from features.streams import TICKETS

# A ticket that is open for longer is not being solved.
_UNSOLVED_DAYS = 14
_AGAIN_DAYS = 90
_YEAR = within(365)
_IS_OPEN = _.closed_at.isnull()
_CLOSED_DAYS = _.snapshot_date.delta(_.closed_at.date(), unit="day")

SERVICE = FeatureFamily(
    name="service",
    stream=TICKETS,
    description="Service tickets, unsolved ones, topics that return, satisfaction. A ticket ended "
    "badly that was not solved, or was judged 2 or worse, of 5.",
    absence="no ticket yet",
    meaning="service",
    features=(
        Feature("ticket_count", _.count(), "tickets", "tickets so far", 0),
        *(
            Feature(
                f"ticket_count_{days}d", _.count(where=within(days)), "tickets",
                f"tickets opened in the last {days} days", 0,
                told_as="tickets" if days == 90 else "",
            )
            for days in (30, 90, 365)
        ),
        Feature("days_since_ticket", _.age_days.min(), "days", "since a ticket was opened"),
        Feature(
            "open_ticket_count", _.count(where=_IS_OPEN), "tickets", "tickets still open", 0,
            told_as="open_tickets",
        ),
        Feature(
            "open_ticket_days", _.age_days.max(where=_IS_OPEN), "days",
            "since the oldest open ticket was opened", absence="no ticket is open",
        ),
        Feature(
            "unsolved_ticket_count", _.count(where=_IS_OPEN & (_.age_days > _UNSOLVED_DAYS)),
            "tickets", "tickets open for more than two weeks", 0,
        ),
        Feature(
            "repeated_topic_count_365d",
            _.count(where=(_.topic_gap_days <= _AGAIN_DAYS) & _YEAR), "tickets",
            "tickets of the last 365 days about what one 90 days before was about", 0,
            told_as="repeated_tickets",
        ),
        Feature(
            "bad_ticket_count", _.count(where=_.ended_badly), "tickets",
            "tickets that ended badly", 0,
        ),
        Feature(
            "bad_ticket_count_365d", _.count(where=_.ended_badly & _YEAR), "tickets",
            "tickets of the last 365 days that ended badly", 0, told_as="bad_tickets",
        ),
        Feature(
            "days_since_bad_ticket", _CLOSED_DAYS.min(where=_.ended_badly), "days",
            "since a ticket was closed that ended badly", absence="no ticket ended badly",
        ),
        Feature(
            "satisfaction_mean", _.satisfaction.mean(), "points", "mean satisfaction, of 5",
            absence="nothing was judged",
        ),
        Feature(
            "satisfaction_mean_180d", _.satisfaction.mean(where=within(180)), "points",
            "mean satisfaction with the tickets of the last 180 days",
            absence="nothing was judged in the last 180 days", own_normal="satisfaction_mean",
            told_as="satisfaction",
        ),
    ),
)  # fmt: skip
