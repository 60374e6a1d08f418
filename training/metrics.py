"""How good a ranking, a probability or an amount is.

All take the truth first. Ties in a ranking are broken by position, so callers shuffle once.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, roc_auc_score

from training.panel import Floats

_DECILE = 10


def churn_ranking(churned: Floats, score: Floats) -> dict[str, float]:
    """Return average precision, AUC and the lift of the top decile by `score`."""
    top = np.argsort(-score, kind="stable")[: max(1, len(score) // _DECILE)]
    return {
        "average_precision": float(average_precision_score(churned, score)),
        "auc": float(roc_auc_score(churned, score)),
        "lift_top_decile": float(churned[top].mean() / churned.mean()),
    }


def churn_by_chance(churned_share: float) -> dict[str, float]:
    """Return what AUC and average precision of a ranking that knows nothing are."""
    return {"auc": 0.5, "average_precision": churned_share}


def churn_calibration(churned: Floats, probability: Floats) -> dict[str, float]:
    """Return the Brier score and the expected calibration error over ten equal groups."""
    groups = np.array_split(np.argsort(probability, kind="stable"), _DECILE)
    errors = [abs(probability[rows].mean() - churned[rows].mean()) for rows in groups if len(rows)]
    return {
        "brier": float(np.mean((probability - churned) ** 2)),
        "calibration_error": float(np.mean(errors)),
    }


def value_ranking(value: Floats, predicted: Floats) -> dict[str, float]:
    """Return normalised Gini, Spearman's rank correlation and the value held by the top decile.

    Gini: area between the cumulative share of value in the predicted order and the diagonal, over
    the same area in the true order (Wang, Liu and Miao 2019, arXiv 1912.07753, section 5).
    """
    order = np.argsort(-predicted, kind="stable")
    best = np.argsort(-value, kind="stable")
    top = order[: max(1, len(value) // _DECILE)]
    return {
        "gini": _area(value[order]) / _area(value[best]),
        "spearman": float(np.corrcoef(rankdata(value), rankdata(predicted))[0, 1]),
        "value_share_top_decile": float(value[top].sum() / value.sum()),
    }


def value_by_chance(mean_value: float) -> dict[str, float]:  # noqa: ARG001 - as churn_by_chance
    """Return what the normalised Gini and Spearman of a ranking that knows nothing are."""
    return {"gini": 0.0, "spearman": 0.0}


def value_level(value: Floats, predicted: Floats) -> dict[str, float]:
    """Return the error of the total as a share, and the mean absolute error in money."""
    return {
        "total_bias": float(predicted.sum() / value.sum() - 1.0),
        "mean_absolute_error": float(np.abs(predicted - value).mean()),
    }


def _area(value_in_order: Floats) -> float:
    return float(np.cumsum(value_in_order).mean() / value_in_order.sum() - 0.5)
