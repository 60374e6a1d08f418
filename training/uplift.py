"""What a campaign changed: who left of those contacted, beside those left alone, by risk.

Risk is not uplift: who is likely to leave need not be who stays for a contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from training.judgement import Interval
from training.panel import Floats

# A share of fewer customers says nothing, and may say too much of single ones.
FEWEST = 20
_MOST_GROUPS = 10
_CONFIDENCE = 0.9

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arms:
    """How many customers a campaign contacted and left alone, and how many of them left."""

    treated: int
    treated_left: int
    holdout: int
    holdout_left: int

    @classmethod
    def count(cls, is_treated: Flags, has_left: Flags) -> Arms:
        """Return what rows of customers come to."""
        return cls(
            int(is_treated.sum()), int((is_treated & has_left).sum()),
            int((~is_treated).sum()), int((~is_treated & has_left).sum()),
        )  # fmt: skip

    @property
    def are_enough(self) -> bool:
        """Whether each arm has enough customers to be shown."""
        return min(self.treated, self.holdout) >= FEWEST

    @property
    def treated_share(self) -> float:
        """The share of the contacted who left."""
        return self.treated_left / self.treated

    @property
    def holdout_share(self) -> float:
        """The share of those left alone who left."""
        return self.holdout_left / self.holdout

    @property
    def difference(self) -> float:
        """The share who left if contacted, less that if left alone; below 0 fewer left."""
        return self.treated_share - self.holdout_share

    @property
    def interval(self) -> Interval:
        """The interval of 90 % of the difference."""
        return difference_interval(
            (self.treated_left, self.treated), (self.holdout_left, self.holdout)
        )


@dataclass(frozen=True)
class RiskGroup:
    """Customers of similar risk, as it was stated when the campaign began: from the `least` on."""

    least: float
    greatest: float
    arms: Arms


def by_risk(is_treated: Flags, has_left: Flags, risk: Floats) -> tuple[RiskGroup, ...]:
    """Return tenths by risk, the riskiest first; of fewer customers larger groups.

    A tenth with too few customers in an arm goes together with the next, what is left at the end
    with the one before it. None where all together are too few. Customers whose risk is the same
    stay together.
    """
    order = np.argsort(-risk, kind="stable")
    groups = _merged(is_treated[order], has_left[order], _tenths(risk[order]))
    return tuple(
        RiskGroup(
            float(risk[order[rows]].min()), float(risk[order[rows]].max()),
            Arms.count(is_treated[order[rows]], has_left[order[rows]]),
        )
        for rows in groups
    )  # fmt: skip


def _tenths(falling: Floats) -> npt.NDArray[np.int64]:
    """Return the tenth of each risk, 0 the highest; equal risks are in that of the first."""
    first = np.searchsorted(-falling, -falling, side="left")
    return np.asarray(first * _MOST_GROUPS // max(1, len(falling)))


def _merged(is_treated: Flags, has_left: Flags, tenth: npt.NDArray[np.int64]) -> tuple[slice, ...]:
    """Return the rows of tenths, put together until each arm has enough."""
    merged: list[slice] = []
    begin = 0
    for end in (*(np.flatnonzero(np.diff(tenth)) + 1).tolist(), len(tenth)):
        rows = slice(begin, end)
        if Arms.count(is_treated[rows], has_left[rows]).are_enough:
            merged.append(rows)
            begin = end
    if merged:
        merged[-1] = slice(merged[-1].start, len(tenth))
    return tuple(merged)


def difference_interval(
    one: tuple[int, int], other: tuple[int, int], *, confidence: float = _CONFIDENCE
) -> Interval:
    """Return the interval of one share less another, each as (successes, trials).

    Newcombe 1998, "Interval estimation for the difference between independent proportions",
    method 10: from the score intervals of both shares (Wilson 1927).
    """
    (share, low, high), (share_of_other, low_of_other, high_of_other) = (
        _wilson(*each, confidence) for each in (one, other)
    )
    difference = share - share_of_other
    return (
        difference - sqrt((share - low) ** 2 + (high_of_other - share_of_other) ** 2),
        difference + sqrt((high - share) ** 2 + (share_of_other - low_of_other) ** 2),
    )


def _wilson(successes: int, trials: int, confidence: float) -> tuple[float, float, float]:
    ends = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return successes / trials, float(ends.low), float(ends.high)
