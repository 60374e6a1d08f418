"""Use of the loyalty programme: what is redeemed. The tier is part of the profile."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, within
from features.streams import INTERACTIONS

_IS_REDEMPTION = _.kind.isin(("redeem", "redemption"))

LOYALTY = FeatureFamily(
    name="loyalty",
    stream=INTERACTIONS,
    description="Coupons and points redeemed.",
    absence="never redeemed anything",
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
            "since something was redeemed",
        ),
    ),
)  # fmt: skip
