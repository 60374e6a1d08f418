"""Names of segments that suggest health or income: ad platforms block audiences for them."""

from __future__ import annotations

import re

# Beginnings of words, in English and German.
_HEALTH = (
    "allerg", "arthr", "asthma", "cancer", "chron", "demen", "depress", "diabet", "diagnos",
    "disab", "disease", "gesund", "health", "illness", "krank", "krebs", "medic", "medik",
    "obes", "patient", "pflege", "pregnan", "schwanger", "sick", "therap",
)  # fmt: skip
_INCOME = (
    "affluent", "arm", "bankrupt", "bonit", "credit", "debt", "einkommen", "gehalt", "income",
    "insolv", "kaufkraft", "kredit", "loan", "luxur", "luxus", "poor", "reich", "rich", "salar",
    "schuld", "solven", "valuable", "verdien", "vermoegen", "vermögen", "wealth", "wohlhabend",
)  # fmt: skip
_SUGGESTIVE = re.compile(rf"(?<![^\W\d_])({'|'.join((*_HEALTH, *_INCOME))})", re.IGNORECASE)


def suggests_health_or_income(name: str) -> bool:
    """Say whether a word of a name begins like one that platforms look for."""
    return _SUGGESTIVE.search(name) is not None
