"""Fits a line on the log odds, shrunk so that many features of few customers do no harm."""

from __future__ import annotations

from sklearn.linear_model import LogisticRegression

from contracts.feature_contract import FeatureContract
from forecasting.customers import Matrix
from forecasting.line import Line, columns_of, learn_scales
from training.panel import Floats

# Weights are drawn to zero as if they were known to be about 0.3 a standard deviation.
_PENALTY = 10.0
_MOST_STEPS = 500
# A few hundred weights need no more rows than this.
_MOST_ROWS = 50_000


def fit_line(
    X: Matrix, label: Floats, contract: FeatureContract, *, weight: Floats | None = None
) -> Line:
    """Return the line by which the features of `X` say who has the label 1; both must occur.

    `weight` is how much each row counts; None: all the same. Of many rows only every second, third
    ... is looked at.
    """
    few = slice(None, None, -(-len(X) // _MOST_ROWS))
    scales = learn_scales(X[few], contract)
    line = LogisticRegression(C=1 / _PENALTY, max_iter=_MOST_STEPS)
    counts = None if weight is None else weight[few]
    fitted = line.fit(columns_of(X[few], scales), label[few], sample_weight=counts)
    return Line(scales, tuple(map(float, fitted.coef_[0])), float(fitted.intercept_[0]))
