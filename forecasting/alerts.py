"""Who is told of this time: the highest scores, nobody twice in the same silence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from contracts.errors import UsageError
from forecasting.season import Floats

Rows = npt.NDArray[np.bool_]

_BUDGET = re.compile(r"(?P<share>\d+(\.\d+)?)\s*%|(?P<count>\d+)")


@dataclass(frozen=True)
class Budget:
    """How many alerts each time: a share of the watched customers, or so many."""

    share: float | None = None
    count: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the budget that `1%` or `250` means.

        Raises
        ------
        UsageError
            It is neither a share above 0 and at most 100 %, nor a count above 0.
        """
        found = _BUDGET.fullmatch(text.strip())
        if found and found["share"] and 0 < float(found["share"]) <= 100:
            return cls(share=float(found["share"]) / 100)
        if found and found["count"] and int(found["count"]) > 0:
            return cls(count=int(found["count"]))
        raise UsageError(
            f"`{text}` is no budget of alerts. Give a share of the watched customers, as in `1%`, "
            "or how many customers, as in `250`."
        )

    def of(self, watched: int) -> int:
        """Return how many alerts that is, of so many watched customers; at most all of them."""
        wanted = self.count if self.count is not None else round((self.share or 0.0) * watched)
        return min(wanted, watched)

    def __str__(self) -> str:
        return f"{100 * (self.share or 0):g}%" if self.count is None else str(self.count)


def rank_score(p_left: Floats, silent_days: Floats, *, until: int, lead_exponent: float) -> Floats:
    """Return the probability of having left, times the days of lead to the power of an exponent.

    The lead runs to the day on which the usual rule calls the customer lost anyway, `until` days
    after the last order; it counts as a day at least.
    """
    return np.asarray(p_left * np.maximum(until - silent_days, 1.0) ** lead_exponent)


def choose(score: Floats, is_flagged: Rows, count: int) -> npt.NDArray[np.int64]:
    """Return at most `count` rows that are not flagged, highest score first; ties as they come."""
    free = np.flatnonzero(~is_flagged)
    order = np.argsort(-score[free], kind="stable")
    return np.asarray(free[order[:count]])
