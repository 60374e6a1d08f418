"""Names of segments that suggest health or income: ad platforms block audiences for them."""

from __future__ import annotations

import re

# Beginnings of words, in English and German.
_HEALTH = (
    "allergi", "arthr", "asthma", "cancer", "demenz", "dementia", "depress", "diabet", "diagnos",
    "disab", "disease", "gesund", "health", "illness", "krank", "krebs", "medicat", "medicin",
    "medikament", "medizin", "obes", "patient", "pflegebed", "pflegegrad", "pregnan", "schwanger",
    "therap",
)  # fmt: skip
_INCOME = (
    "affluen", "bankrupt", "bonit", "credit", "debt", "einkommen", "gehalt", "income", "insolv",
    "kaufkraft", "kredit", "luxur", "luxus", "salar", "schuld", "solven", "valuable",
    "vermoegen", "vermögen", "wealth", "wohlhabend",
)  # fmt: skip
# Words that others begin like: arm, but not armband.
_WHOLE = (
    "arm", "arme", "chronic", "chronisch", "loan", "loans", "poor", "reich", "reiche", "rich",
    "sick",
)  # fmt: skip
_SUGGESTIVE = re.compile(
    rf"(?<![^\W\d_])(({'|'.join((*_HEALTH, *_INCOME))})|({'|'.join(_WHOLE)})(?![^\W\d_]))",
    re.IGNORECASE,
)


def suggests_health_or_income(name: str) -> bool:
    """Say whether a word of a name is one that platforms look for."""
    return _SUGGESTIVE.search(name) is not None
