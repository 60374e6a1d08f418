"""Grades: whether a model is worth being used, beside chance, the simple rules and the champion.

Who ranks well may still state probabilities or money that nobody should act on: a level that is
surely far off is grade C, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from training.judgement import Interval, Judgement
from training.metrics import Metrics

# Probabilities that are off by more, beyond what chance makes of ten groups of right ones.
_MOST_CALIBRATION_ERROR = 0.1
# By less than that below a model that was only judged, nobody is better off without scores.
_MUCH = 0.02
# Totals that are off by more than half of what came.
_MOST_TOTAL_BIAS = 0.5


class Grade(StrEnum):
    """A: clearly better than all that it must beat. B: not clearly worse than any. C: else.

    It must beat the best simple rule, a logistic regression and BG/NBD (see `COUNTED_PEERS`), and
    the champion; below one of those models, C takes a difference of 0.02 at least. What cannot be
    told from chance is C too, however little the rules know, and so is what states a level that is
    clearly wrong. A model of grade C is never champion.
    """

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True)
class Verdict:
    """The grade of a model, and why, in a sentence."""

    grade: Grade
    reason: str


def grade(judgement: Judgement, by_chance: Metrics, *, over_champion: Interval | None) -> Verdict:
    """Return the grade of a judged model.

    `by_chance` has what the headline metric is of a ranking that knows nothing; `over_champion` is
    the interval of the headline metric less the champion's, on the same rows, where there is one.
    """
    name = judgement.headline
    low, _ = judgement.intervals[name]
    chance = by_chance[name]
    if low <= chance:
        return Verdict(Grade.C, f"{name} may be as low as {low:.3f}; chance alone has {chance:.3f}")
    if fault := _fault_of_level(judgement):
        return Verdict(Grade.C, fault)
    rivals = {f"the rule {judgement.best_rule}": judgement.advantage, **judgement.over_peers}
    allowed = dict.fromkeys(judgement.over_peers, _MUCH)
    if over_champion is not None:
        rivals["the champion"] = over_champion
    for rival, (_, high) in rivals.items():
        if high < -allowed.get(rival, 0.0):
            return Verdict(Grade.C, f"{name} is below that of {rival}, by at least {-high:.3f}")
    for rival, (ahead, _) in rivals.items():
        if ahead <= 0:
            return Verdict(Grade.B, f"{name} is not clearly above that of {rival}")
    *others, last = rivals
    told = f"{', '.join(others)} and {last}" if others else last
    return Verdict(Grade.A, f"{name} is clearly above that of {told}")


def _fault_of_level(judgement: Judgement) -> str | None:
    """Return how probabilities or totals are wrong where their whole interval is beyond bounds."""
    if (ends := judgement.intervals.get("calibration_error")) is not None:
        bound = _MOST_CALIBRATION_ERROR + _calibration_error_by_chance(judgement)
        if ends[0] > bound:
            return (
                f"probabilities are wrong by {ends[0]:.3f} on average at least; {bound:.3f} is "
                "the most that is let pass"
            )
    if (ends := judgement.intervals.get("total_bias")) is not None:
        low, high = ends
        if low > _MOST_TOTAL_BIAS or high < -_MOST_TOTAL_BIAS:
            nearest = low if low > 0 else high
            return f"the total is wrong by {nearest:+.0%} at least; half of it is let pass"
    return None


def _calibration_error_by_chance(judgement: Judgement) -> float:
    """Return the mean gap of ten groups whose probabilities are right, and that are drawn anew.

    The mean of |x| of a normal x is sqrt(2 / pi) of its deviation; drawing customers again doubles
    the variance of a group. Groups whose members differ vary less than the base rate lets expect.
    """
    variance = judgement.base * (1 - judgement.base) / (judgement.rows / 10)
    return math.sqrt(2 / math.pi * 2 * variance)
