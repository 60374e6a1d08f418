"""Logistic regression of churn on a handful of figures: what anybody would try first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from forecasting.customers import Customers
from training.at_risk import not_lost
from training.panel import Floats, Panel
from training.splits import FitPlan

_FIGURES = (
    "frequency", "recency", "T", "days_since_last_order", "mean_order_value", "order_count_90d",
)  # fmt: skip


@dataclass(frozen=True)
class Logistic:
    """Log odds of no order as a weighted sum of figures, each a logarithm over its spread.

    What is not known of a customer is that of the mean customer.
    """

    mean: Floats
    spread: Floats
    weights: Floats
    intercept: float
    stretch: float

    @classmethod
    def fit(cls, panel: Panel, plan: FitPlan, *, lost_after_days: int | None) -> Self:
        """Return the regression on the customers of a plan who were not lost.

        Of the lost nearly all stay away, and the sum would follow them where it is not judged.
        """
        rows = panel.labelled(plan.cutoffs, plan.learnt_days)
        rows = rows.rows(not_lost(rows, lost_after_days))
        X = np.column_stack([_logarithm(rows.feature(name)) for name in _FIGURES])
        mean, spread = np.nanmean(X, axis=0), np.nanstd(X, axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        followed = rows.outcomes[plan.learnt_days]
        fitted = LogisticRegression().fit(
            np.nan_to_num((X - mean) / spread), followed.churned, sample_weight=followed.weight
        )
        return cls(mean, spread, fitted.coef_[0], float(fitted.intercept_[0]), plan.stretch)

    def no_order(self, seen: Customers) -> Floats:
        """Return the probability of no order in the horizon of the plan."""
        X = np.column_stack([_logarithm(seen.feature(name)) for name in _FIGURES])
        log_odds = np.nan_to_num((X - self.mean) / self.spread) @ self.weights + self.intercept
        return np.asarray(expit(log_odds) ** self.stretch)


def _logarithm(values: Floats) -> Floats:
    """Return the logarithm of one more; of what is below zero that of its size, below zero."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
