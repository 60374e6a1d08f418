"""The simple rules that a model must beat to be worth its trouble. Higher means more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from training.panel import Floats, Panel


@dataclass(frozen=True)
class Rule:
    """A score from a panel and the days of the horizon; `needs` are features it cannot do without.

    Others than these are in every panel.
    """

    score: Callable[[Panel, int], Floats]
    needs: tuple[str, ...] = ()


def apply_rules(rules: Mapping[str, Rule], panel: Panel, horizon_days: int) -> dict[str, Floats]:
    """Return the scores of the rules for which the panel has the features."""
    return {
        name: rule.score(panel, horizon_days)
        for name, rule in rules.items()
        if set(rule.needs) <= set(panel.feature_names)
    }


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


def _by(feature: str, *, rising: bool = True) -> Rule:
    """Rank by one feature; who has none comes last."""

    def score(panel: Panel, horizon_days: int) -> Floats:  # noqa: ARG001
        values = panel.feature(feature) if rising else -panel.feature(feature)
        lowest = np.nanmin(values) if np.isfinite(values).any() else 0.0
        return np.where(np.isnan(values), lowest - 1.0, values)

    return Rule(score, needs=(feature,))


CHURN_RULES = {"recency": Rule(recency), "rhythm exceeded": Rule(rhythm_exceeded)}
CLV_RULES = {"past spend": Rule(past_spend), "recent spend": Rule(recent_spend)}
CONTRACT_RULES = {
    "newest contract": _by("contract_days", rising=False),
    "highest price": _by("contract_price"),
    "anniversary near": _by("days_to_contract_anniversary", rising=False),
    "tickets": _by("ticket_count_90d"),
}
