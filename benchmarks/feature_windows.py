"""What all ways of computing the features of `benchmarks.feature_set` have in common.

It imports nothing of ours, so that peers in environments of their own can have it.
"""

from __future__ import annotations

from datetime import date

AS_OF = date(2024, 7, 1)
MEMORY_GB = 1.5
WINDOWS = (30, 90, 180, 365, None)
EMAIL_WINDOWS = (30, 90, 365)
TICKET_WINDOWS = (90, 365, None)
KINDS = ("sent", "open", "click")


def window_name(days: int | None) -> str:
    """Return how columns call a window; None is all time."""
    return "all" if days is None else str(days)
