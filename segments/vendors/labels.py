"""Neutral codes of segments: what stands in files, which others than us will read.

Ad platforms block audiences whose name suggests health or income, and a name such as
`valuable_at_risk` tells a third party what we think of a person.
"""

from __future__ import annotations

import re

_LABEL = re.compile(r"SK-[0-9]{2}")

# A code stays with its segment for good: tools know their lists by it. New segments get new codes.
_LABELS = {
    "valuable_at_risk": "SK-01",
    "at_risk": "SK-02",
    "valuable_loyal": "SK-03",
    "promising_new": "SK-04",
    "lost": "SK-05",
}


def neutral_label(segment: str) -> str:
    """Return the code of a declared segment; KeyError where it has none yet."""
    return _LABELS[segment]


def is_neutral(label: str) -> bool:
    """Say whether a text is such a code."""
    return _LABEL.fullmatch(label) is not None
