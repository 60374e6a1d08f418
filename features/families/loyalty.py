"""Use of the loyalty programme: points and what is redeemed. The tier is part of the profile."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, earlier_than, usual, within
from features.streams import INTERACTIONS

_IS_REDEMPTION = _.kind.isin(("redeem", "redemption"))
_IS_EARNED = _.points > 0
_NO_POINTS = "no points are told of"

LOYALTY = FeatureFamily(
    name="loyalty",
    stream=INTERACTIONS,
    description="Points, and coupons and points redeemed.",
    absence="never redeemed anything",
    meaning="loyalty",
    features=(
        *(
            Feature(
                f"redemption_count_{days}d", _.count(where=_IS_REDEMPTION & within(days)),
                "redemptions", f"coupons or points redeemed in the last {days} days", 0,
            )
            for days in (90, 365)
        ),
        Feature(
            "days_since_redemption", _.age_days.min(where=_IS_REDEMPTION), "days",
            "since something was redeemed", told_as="last_redemption",
        ),
        Feature(
            "points_balance", _.points.sum(), "points", "points earned less points redeemed",
            absence=_NO_POINTS,
        ),
        Feature(
            "points_earned_90d", _.points.sum(where=_IS_EARNED & within(90)), "points",
            "points earned in the last 90 days", absence="no points earned in the last 90 days",
            own_normal="points_earned_90d_usual", told_as="points",
        ),
        Feature(
            "points_earned_90d_usual",
            usual(_.points.sum(where=_IS_EARNED & earlier_than(90)), days=90), "points",
            "what all before amounts to in 90 days", absence="nothing is older than 90 days",
        ),
        Feature(
            "days_since_points", _.age_days.min(where=_IS_EARNED), "days",
            "since points were earned", absence=_NO_POINTS,
        ),
    ),
)  # fmt: skip
