"""Grades: whether a model is worth being used, beside chance, the simple rules and the champion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.judgement import Interval, Judgement
from training.metrics import Metrics


class Grade(StrEnum):
    """A: clearly better than the best simple rule and than the champion. B: not worse. C: else.

    What cannot be told from chance is C too, however little the rules know. A model of grade C is
    never champion.
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
    rivals = {f"the rule {judgement.best_rule}": judgement.advantage}
    if over_champion is not None:
        rivals["the champion"] = over_champion
    for rival, (_, high) in rivals.items():
        if high < 0:
            return Verdict(Grade.C, f"{name} is below that of {rival}, by at least {-high:.3f}")
    for rival, (ahead, _) in rivals.items():
        if ahead <= 0:
            return Verdict(Grade.B, f"{name} is not clearly above that of {rival}")
    return Verdict(Grade.A, f"{name} is clearly above that of {' and '.join(rivals)}")
