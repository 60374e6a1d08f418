"""A telling: one fact that a reason can state, and when it would be true to state it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# A day more than usual explains nothing; a fifth more may.
_NOTICEABLE = 0.2


class Direction(StrEnum):
    """What a reason does to the risk."""

    RAISES = "raises"
    LOWERS = "lowers"


class Risk(StrEnum):
    """On which side of what is normal a fact speaks of risk."""

    MORE = "more"
    LESS = "less"
    EITHER = "either"


class Unit(StrEnum):
    """What a number counts: how it is rounded and written."""

    DAYS = "days"
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    POINTS = "points"


@dataclass(frozen=True)
class Wording:
    """The sentences of a telling in one language, by direction and by what is known.

    `{value}` and `{normal}` are quantities (`contracts.reasons.sentences`). An empty sentence is
    none: the fact is then not told that way.
    """

    raises: str = ""
    lowers: str = ""
    raises_alone: str = ""
    lowers_alone: str = ""

    @classmethod
    def neutral(cls, compared: str = "", alone: str = "") -> Wording:
        """Return the same sentences for both directions."""
        return cls(compared, compared, alone, alone)

    def pick(self, direction: Direction, *, alone: bool) -> str:
        """Return the sentence for a direction, with or without the own normal."""
        if direction is Direction.RAISES:
            return self.raises_alone if alone else self.raises
        return self.lowers_alone if alone else self.lowers


@dataclass(frozen=True)
class Telling:
    """One fact, in German and English.

    Attributes
    ----------
    code
        What score rows name it by.
    meaning
        What it is about: contributions add up by meaning, and each gives one reason at most.
    presumed
        What stands for the normal where the fact is told alone; None means that it is told of any
        value.
    is_silent_at_zero
        Zero is not told: that nothing came at all is another meaning's to say.
    """

    code: str
    meaning: str
    unit: Unit
    risk: Risk
    german: Wording
    english: Wording
    presumed: float | None = None
    is_silent_at_zero: bool = False


@dataclass(frozen=True)
class FeatureMeaning:
    """What a feature is about; `told_as` is a code or empty, `own_normal` a feature or empty."""

    meaning: str
    told_as: str = ""
    own_normal: str = ""


def rounded(values: Floats, unit: Unit) -> Floats:
    """Return the values as a sentence shows them; shares stay shares."""
    match unit:
        case Unit.DAYS | Unit.POINTS:
            return np.round(values)
        case Unit.COUNT:
            return np.where(np.abs(values) < 10, np.round(values, 1), np.round(values))
        case _:
            return np.round(values, 2)


def tellable(
    telling: Telling, values: Floats, normals: Floats, *, raises: Bools
) -> tuple[Bools, Bools]:
    """Say of each row whether the fact can be told against the own normal, and whether alone.

    It can where the value, as it would be shown, lies on the side of the normal that the direction
    says: clearly beyond it for a risk that is raised, not beyond it for one that is lowered. Not
    known is NaN. That nothing comes where nothing ever came is no news.
    """
    shown, usual = rounded(values, telling.unit), rounded(normals, telling.unit)
    is_worth_saying = ~np.isnan(shown) & ((shown != 0) | (not telling.is_silent_at_zero))
    compared = _agrees(telling, shown, usual, raises, margin=_NOTICEABLE * np.abs(usual))
    compared &= (shown != 0) | (usual != 0)
    alone = np.full(len(shown), True)
    if telling.presumed is not None:
        presumed = np.full_like(shown, telling.presumed)
        alone &= _agrees(telling, shown, presumed, raises, margin=np.zeros_like(shown))
    return (
        is_worth_saying & compared & _has_sentence(telling, raises, alone=False),
        is_worth_saying & alone & _has_sentence(telling, raises, alone=True),
    )


def _agrees(
    telling: Telling, values: Floats, normals: Floats, raises: Bools, *, margin: Floats
) -> Bools:
    """Say whether a value speaks for the direction; never where it or the normal is not known."""
    excess = normals - values if telling.risk is Risk.LESS else values - normals
    if telling.risk is Risk.EITHER:
        return (np.abs(excess) >= margin) & (np.abs(excess) > 0)
    return np.where(raises, (excess >= margin) & (excess > 0), excess <= 0)


def _has_sentence(telling: Telling, raises: Bools, *, alone: bool) -> Bools:
    return np.where(
        raises,
        bool(telling.german.pick(Direction.RAISES, alone=alone)),
        bool(telling.german.pick(Direction.LOWERS, alone=alone)),
    )
