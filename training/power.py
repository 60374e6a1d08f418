"""How large a holdout must be to see what a campaign changes, by the share who leave untreated.

Two shares are compared, of arms of unequal size, by the normal approximation without continuity
correction (Fleiss, Levin and Paik 2003, "Statistical Methods for Rates and Proportions", 3rd
edition, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from contracts.errors import UsageError
from training.panel import Floats
from training.uplift import FEWEST

# The normal approximation wants so many who leave among those left alone.
_FEWEST_WHO_LEAVE = 5
# The largest holdout that settings allow.
LARGEST_SHARE = 0.5
_NEARLY_ALL = 1 - 1e-9
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Asked:
    """What is to be seen, and how surely.

    `lift` is the share that a contact keeps of those who would leave; `power` the chance of seeing
    it, `alpha` that of seeing something, more or fewer, where nothing is changed.

    Raises
    ------
    UsageError
        A number is none that can be asked for.
    """

    lift: float = 0.2
    power: float = 0.8
    alpha: float = 0.05

    def __post_init__(self) -> None:
        for name, value, is_right, told in (
            ("lift", self.lift, 0 < self.lift < 1, "more than 0 and less than 1"),
            ("power", self.power, LARGEST_SHARE <= self.power < 1, "0.5 or more and less than 1"),
            ("alpha", self.alpha, 0 < self.alpha < LARGEST_SHARE, "more than 0 and less than 0.5"),
        ):
            _refuse_unless(is_right, name, value, told)


@dataclass(frozen=True)
class Plan:
    """What holdouts of one campaign can show.

    `holdout` is the smallest that shows the lift, in customers; None where even half of the members
    do not, and `power_of_half` says what they would. At the share that is left alone, `lift` is the
    smallest that shows, None where none does, and `campaigns` how many of the same size must be
    added up to see the one that is asked for, None where no number of them would.
    """

    holdout: int | None
    power_of_half: float
    lift: float | None
    campaigns: int | None


def plan(members: int, leaving: float, *, share: float, asked: Asked) -> Plan:
    """Return what holdouts show of a campaign with `members`, `leaving` of whom leave untreated.

    Raises
    ------
    UsageError
        `share` is none that can be left alone.
    """
    _refuse_unless(0 <= share <= LARGEST_SHARE, "share", share, "0 or more and at most 0.5")
    if not 0 < leaving < 1:
        return Plan(None, 0.0, None, None)
    half = members / 2
    return Plan(
        smallest_holdout(members, leaving, asked),
        float(power_to_see(half, half, leaving, lift=asked.lift, alpha=asked.alpha)),
        smallest_lift(members, leaving, share=share, asked=asked),
        None if share == 0 else _campaigns(members, leaving, share=share, asked=asked),
    )


def power_to_see(
    treated: Floats | float, holdout: Floats | float, leaving: float, *, lift: float, alpha: float
) -> Floats:
    """Return the chance that fewer are seen to leave of the treated, for arms of each size."""
    kept = leaving * (1 - lift)
    pooled = (holdout * leaving + treated * kept) / (np.add(treated, holdout))
    if_alike = np.sqrt(pooled * (1 - pooled) * (1 / np.asarray(treated) + 1 / np.asarray(holdout)))
    if_not = np.sqrt(leaving * (1 - leaving) / holdout + kept * (1 - kept) / treated)
    seen_from = norm.isf(alpha / 2) * if_alike
    return np.asarray(norm.cdf((leaving - kept - seen_from) / if_not))


def needed_holdout(leaving: float, *, share: float, asked: Asked) -> float:
    """Return how many must be left alone where they are `share` of all, however many those are."""
    ratio = (1 - share) / share
    kept = leaving * (1 - asked.lift)
    pooled = (leaving + ratio * kept) / (ratio + 1)
    root = norm.isf(asked.alpha / 2) * sqrt((ratio + 1) * pooled * (1 - pooled)) + norm.isf(
        1 - asked.power
    ) * sqrt(ratio * leaving * (1 - leaving) + kept * (1 - kept))
    return max(float(root**2 / (ratio * (leaving - kept) ** 2)), _fewest(leaving))


def smallest_holdout(members: int, leaving: float, asked: Asked) -> int | None:
    """Return the fewest members to leave alone, at most half of them; None where those do not do.

    Fewer than 20, of whom `uplift` does not tell, or than it takes for five to leave are never
    enough.
    """
    holdout = np.arange(ceil(_fewest(leaving)), members // 2 + 1, dtype=np.float64)
    if not len(holdout):
        return None
    power = power_to_see(members - holdout, holdout, leaving, lift=asked.lift, alpha=asked.alpha)
    enough = power >= asked.power
    return int(holdout[np.argmax(enough)]) if enough.any() else None


def smallest_lift(members: int, leaving: float, *, share: float, asked: Asked) -> float | None:
    """Return the smallest lift that shows if `share` of the members is left alone, or None."""
    holdout = members * share
    if holdout < _fewest(leaving):
        return None

    def beyond(lift: float) -> float:
        power = power_to_see(members - holdout, holdout, leaving, lift=lift, alpha=asked.alpha)
        return float(power) - asked.power

    return float(brentq(beyond, 0, _NEARLY_ALL)) if beyond(_NEARLY_ALL) >= 0 else None


def _campaigns(members: int, leaving: float, *, share: float, asked: Asked) -> int:
    needed = needed_holdout(leaving, share=share, asked=asked)
    return max(1, ceil(needed / (members * share) - _ROUNDING))


def _fewest(leaving: float) -> float:
    return max(FEWEST, _FEWEST_WHO_LEAVE / leaving)


def _refuse_unless(is_right: bool, name: str, value: float, told: str) -> None:  # noqa: FBT001
    if not is_right:
        raise UsageError(f"--{name} must be {told}; it is {value:g}.")
