"""The simple rules that a model must beat to be worth its trouble. Higher means more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.panel import Floats, Panel

Rule = Callable[[Panel, int], Floats]


def recency(panel: Panel, horizon_days: int) -> Floats:  # noqa: ARG001 - all rules are called alike
    """Rank churn by the days since the last order."""
    return panel.feature("days_since_last_order")


def rhythm_exceeded(panel: Panel, horizon_days: int) -> Floats:  # noqa: ARG001
    """Rank churn by the silence over the customer's own median gap and a week.

    Who has no gap yet is measured by the median customer.
    """
    gap = panel.feature("gap_median")
    usual = np.nanmedian(gap) if np.isfinite(gap).any() else 0.0
    return panel.feature("days_since_last_order") / (np.where(np.isnan(gap), usual, gap) + 7.0)


def past_spend(panel: Panel, horizon_days: int) -> Floats:
    """Expect the spend per day since the first order, at least a month, to go on."""
    return panel.feature("amount_total") / np.maximum(panel.feature("T"), 30.0) * horizon_days


def recent_spend(panel: Panel, horizon_days: int) -> Floats:
    """Expect the spend per day of the last 90 days to go on."""
    days = np.clip(panel.feature("T"), 30.0, 90.0)
    return panel.feature("amount_90d") / days * horizon_days


CHURN_RULES: dict[str, Rule] = {"recency": recency, "rhythm exceeded": rhythm_exceeded}
CLV_RULES: dict[str, Rule] = {"past spend": past_spend, "recent spend": recent_spend}
