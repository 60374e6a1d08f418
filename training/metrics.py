"""How good a ranking, a probability or an amount is, of all rows or of a draw from them.

Every metric is prepared once, from the truth and what was predicted, and then asked for a draw: how
often each row is in it. So a bootstrap sorts once, not once a draw. Ties of churn scores are ranked
together; elsewhere they are broken by position, so callers shuffle once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.panel import Floats

Metrics = dict[str, float]
# How often each row counts -> metrics.
Measure = Callable[[Floats], Metrics]

_DECILE = 10


def of_all(measure: Measure, truth: Floats) -> Metrics:
    """Return the metrics of all rows, each once."""
    return measure(np.ones(len(truth)))


def churn_ranking(churned: Floats, score: Floats) -> Measure:
    """Measure average precision, AUC and the lift of the top decile by `score`."""
    order = np.argsort(-score, kind="stable")
    left, last = churned[order], _ends(score[order])

    def measure(counts: Floats) -> Metrics:
        drawn = counts[order]
        customers, churners = np.cumsum(drawn), np.cumsum(drawn * left)
        base = churners[-1] / customers[-1]
        top = max(1.0, customers[-1] // _DECILE)
        return {
            **_of_steps(customers[last], churners[last]),
            "lift_top_decile": float(_upto(top, customers, churners) / top / base),
        }

    return measure


def churn_by_chance(churned_share: float) -> Metrics:
    """Return what AUC and average precision of a ranking that knows nothing are."""
    return {"auc": 0.5, "average_precision": churned_share}


def churn_calibration(churned: Floats, probability: Floats) -> Measure:
    """Measure the Brier score and the expected calibration error over ten equal groups."""
    order = np.argsort(probability, kind="stable")
    stated, left = probability[order], churned[order]
    squared = (stated - left) ** 2

    def measure(counts: Floats) -> Metrics:
        drawn = counts[order]
        customers = np.cumsum(drawn)
        ends = np.linspace(0.0, customers[-1], _DECILE + 1)
        gaps = np.diff(_upto(ends, customers, np.cumsum(drawn * (stated - left))))
        sizes = np.diff(ends)
        return {
            "brier": _dot(drawn, squared) / float(customers[-1]),
            "calibration_error": float(np.mean(np.abs(gaps / sizes))),
        }

    return measure


def value_ranking(value: Floats, predicted: Floats) -> Measure:
    """Measure what `value_gains` does, and Spearman's rank correlation."""
    gains = value_gains(value, predicted)
    ranked_value, ranked_predicted = _Ranks.of(value), _Ranks.of(predicted)

    def measure(counts: Floats) -> Metrics:
        spearman = _correlation(ranked_value(counts), ranked_predicted(counts), counts)
        return {**gains(counts), "spearman": spearman}

    return measure


def value_gains(value: Floats, predicted: Floats) -> Measure:
    """Measure the normalised Gini and the value held by the top decile.

    Gini: area between the cumulative share of value in the predicted order and the diagonal, over
    the same area in the true order (Wang, Liu and Miao 2019, arXiv 1912.07753, section 5).
    """
    order, best = (np.argsort(-each, kind="stable") for each in (predicted, value))
    ranks = bool(predicted.min() < predicted.max())

    def measure(counts: Floats) -> Metrics:
        drawn, held = counts[order], np.cumsum(counts[order] * value[order])
        customers = np.cumsum(drawn)
        top = max(1.0, customers[-1] // _DECILE)
        gini = _area(value[order], drawn) / _area(value[best], counts[best])
        return {
            "gini": gini if ranks else 0.0,
            "value_share_top_decile": float(_upto(top, customers, held) / held[-1]),
        }

    return measure


def value_by_chance(mean_value: float) -> Metrics:  # noqa: ARG001 - as churn_by_chance
    """Return what the normalised Gini and Spearman of a ranking that knows nothing are."""
    return {"gini": 0.0, "spearman": 0.0}


def value_level(value: Floats, predicted: Floats) -> Measure:
    """Measure the error of the total as a share, and the mean absolute error in money."""
    error = np.abs(predicted - value)

    def measure(counts: Floats) -> Metrics:
        return {
            "total_bias": _dot(counts, predicted) / _dot(counts, value) - 1.0,
            "mean_absolute_error": _dot(counts, error) / float(counts.sum()),
        }

    return measure


@dataclass(frozen=True)
class _Ranks:
    """Ranks of values in a draw; those that tie share the mean of theirs.

    `order` sorts the values, `last` are the places where ties end, `tie` says of each value which.
    """

    order: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]
    tie: npt.NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats) -> _Ranks:
        order = np.argsort(values, kind="stable")
        last = _ends(values[order])
        tie = np.empty_like(order)
        tie[order] = np.searchsorted(last, np.arange(len(order)))
        return cls(order, last, tie)

    def __call__(self, counts: Floats) -> Floats:
        upto = np.cumsum(counts[self.order])[self.last]
        before = np.concatenate([[0.0], upto[:-1]])
        return np.asarray(((before + upto + 1) / 2)[self.tie])


def _ends(in_order: Floats) -> npt.NDArray[np.intp]:
    """Return the last place of each run of equal values."""
    return np.flatnonzero(np.append(np.diff(in_order) != 0, True))


def _of_steps(customers: Floats, churners: Floats) -> Metrics:
    """Return average precision and AUC from what was counted up to each distinct score.

    As scikit-learn defines both: the sum of precision times the recall gained, and the area of
    trapezia.
    """
    gained = np.diff(churners, prepend=0.0)
    loyal = customers - churners
    passed = (loyal + np.concatenate([[0.0], loyal[:-1]])) / 2
    precision = churners / np.maximum(customers, 1.0)
    return {
        "average_precision": _dot(gained, precision) / float(churners[-1]),
        "auc": 1 - _dot(gained, passed) / float(churners[-1] * loyal[-1]),
    }


def _upto(rows: Floats | float, customers: Floats, total: Floats) -> Floats:
    """Return the total of the first so many rows, from running sums."""
    start = np.zeros(1)
    upto = np.interp(rows, np.concatenate([start, customers]), np.concatenate([start, total]))
    return np.asarray(upto)


def _area(value: Floats, drawn: Floats) -> float:
    """Return the area between the cumulative share of value and the diagonal, values in order.

    A row drawn k times stands k times in a row: its copies add k before + v k (k + 1) / 2.
    """
    held = np.cumsum(drawn * value)
    copies = drawn * (held - drawn * value) + value * drawn * (drawn + 1) / 2
    return float(copies.sum() / drawn.sum() / held[-1] - 0.5)


def _correlation(one: Floats, other: Floats, counts: Floats) -> float:
    total = float(counts.sum())
    first, second = one - _dot(counts, one) / total, other - _dot(counts, other) / total
    spread = float(np.sqrt(_dot(counts, first**2) * _dot(counts, second**2)))
    return _dot(counts * first, second) / spread if spread > 0 else 0.0


def _dot(one: Floats, other: Floats) -> float:
    """Return the sum of products, on one thread.

    The `@` of numpy wakes threads for it, which took fifteen times the CPU of 20,000 rows.
    """
    return float(np.einsum("i,i->", one, other))
