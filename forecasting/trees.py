"""Boosted trees of one target, in two sets that err differently.

One set corrects what the order history lets expect (`base_margin`), the other knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import xgboost as xgb

from forecasting.customers import Matrix
from forecasting.season import Floats


class Target(StrEnum):
    """What is predicted of the horizon: no order in it, days with orders, value of its orders."""

    NO_ORDER = "no_order"
    ORDERS = "orders"
    VALUE = "value"


@dataclass(frozen=True)
class Trees:
    """Both sets of trees of one target.

    Outputs are on the scale of the link: log odds of no order, logarithms of orders and value.
    `intercept` is where the plain trees start.
    """

    corrections: xgb.Booster
    plain: xgb.Booster
    intercept: float

    def corrected(self, X: Matrix, margin: Floats) -> Floats:
        """Return the margin, corrected; `X` has the columns of `beside_expectations`."""
        return margin_output(self.corrections, X, margin)

    def stated_plainly(self, X: Matrix) -> Floats:
        """Return what the plain trees say; `X` has features only."""
        return margin_output(self.plain, X, np.full(len(X), self.intercept))


def margin_output(booster: xgb.Booster, X: Matrix, margin: Floats) -> Floats:
    """Return the margin with what the trees add to it."""
    start = margin.astype(np.float32)
    output = booster.inplace_predict(X, base_margin=start, predict_type="margin")
    return np.asarray(output, dtype=np.float64)


def gain_shares(booster: xgb.Booster) -> dict[str, float]:
    """Return feature -> its part of the gain of all splits; features without a split are absent."""
    # Of boosters of trees XGBoost gives one number a feature.
    gains = {
        name: float(np.sum(gain))
        for name, gain in booster.get_score(importance_type="total_gain").items()
    }
    total = sum(gains.values())
    return {name: gain / total for name, gain in gains.items()}
