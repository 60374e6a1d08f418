"""The customer's own rhythm: the gaps between order days, and the silence measured by them."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio
from features.streams import ORDER_DAYS

# A week: keeps the ratio of a daily shopper from exploding after a long weekend.
_GRACE_DAYS = 7

_SILENCE = _.age_days.min().cast("float64")

RHYTHM = FeatureFamily(
    name="rhythm",
    stream=ORDER_DAYS,
    description="Gaps between order days, and how unusual the present silence is.",
    absence="no second order day yet",
    meaning="rhythm",
    features=(
        Feature("gap_mean", _.gap_days.mean(), "days", "mean gap", meaning="silence"),
        Feature("gap_median", _.gap_days.median(), "days", "median gap", told_as="usual_gap"),
        Feature("gap_sd", _.gap_days.std(how="pop"), "days", "spread of the gaps"),
        Feature("gap_max", _.gap_days.max(), "days", "longest gap so far"),
        Feature(
            "gap_last", _.gap_days.argmin(_.age_days), "days", "gap before the last order day",
            own_normal="gap_median", told_as="last_gap",
        ),
        Feature(
            "overdue_ratio", _SILENCE / (_.gap_days.median() + _GRACE_DAYS), "ratio",
            "silence over the own median gap and a week; above 1 is unusual for this customer",
            meaning="silence",
        ),
        Feature(
            "silence_hazard", 1 - (-ratio(_SILENCE, _.gap_days.mean())).exp(), "probability",
            "that an order would have come by now, were the gaps exponential with the own mean",
            meaning="silence",
        ),
    ),
)  # fmt: skip
