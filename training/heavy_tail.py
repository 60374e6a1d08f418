"""How a model of value does without the largest customers, one of whom may decide a metric."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.judgement import Judge
from training.metrics import Measure, Metrics
from training.panel import Floats

# The share of the customers that are left out, at least one of them.
LARGEST_SHARE = 0.001

SUFFIX = "_without_largest"


def beside(ordinary: Judge, without: Judge) -> Judge:
    """Return what judges by `ordinary`, and by `without` on all but the largest customers.

    Metrics of the latter are named as in `gini_without_largest`. The largest by truth are left out,
    the same in every draw; where none of the others spent anything, the metrics are those of all.
    """

    def judge(value: Floats, predicted: Floats) -> Measure:
        whole, rest = ordinary(value, predicted), without(value, predicted)
        is_left = np.ones(len(value))
        is_left[largest(value)] = 0.0

        def measure(counts: Floats) -> Metrics:
            left = counts * is_left
            known = left if value[left > 0].sum() > 0 else counts
            return {
                **whole(counts),
                **{f"{name}{SUFFIX}": got for name, got in rest(known).items()},
            }

        return measure

    return judge


def largest(value: Floats) -> npt.NDArray[np.intp]:
    """Return the places of the thousandth of the customers who spent most, at least of one."""
    count = max(1, round(LARGEST_SHARE * len(value)))
    return np.argsort(-value, kind="stable")[:count]
