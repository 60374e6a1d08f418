"""Days that come round: the anniversary of the first order."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily
from features.streams import ORDER_DAYS

_YEAR_DAYS = 365

OCCASION = FeatureFamily(
    name="occasion",
    stream=ORDER_DAYS,
    description="Occasions of the customer that lie ahead.",
    absence="no order yet",
    meaning="occasion",
    features=(
        Feature(
            "days_to_anniversary", (_YEAR_DAYS - _.age_days.max() % _YEAR_DAYS) % _YEAR_DAYS,
            "days", "until the next anniversary of the first order, in years of 365 days",
        ),
    ),
)  # fmt: skip
