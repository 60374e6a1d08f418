"""Neutral codes of segments: what stands in files, which others than us will read.

Ad platforms block audiences whose name suggests health or income, and a name such as
`valuable_at_risk` tells a third party what we think of a person.
"""

from __future__ import annotations

import re

# What a code looks like, as SK-07.
NEUTRAL = r"^[A-Z]{1,4}-[0-9]{1,3}$"


def is_neutral(label: str) -> bool:
    """Say whether a text is such a code."""
    return re.fullmatch(NEUTRAL, label) is not None
