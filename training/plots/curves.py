"""What rankings, probabilities and amounts look like against what happened, as points to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from training.panel import Floats

_GROUPS = 10
# The steps of a curve that are drawn; more are not seen.
_STEPS = 200
_LEVEL = 0.9


@dataclass(frozen=True)
class Curve:
    """Points of a line, from left to right; both are shares of 1."""

    x: Floats
    y: Floats


@dataclass(frozen=True)
class Group:
    """One of ten equal groups of customers, in the order of what was predicted.

    `low` and `high` are the ends of the 90 % interval of `happened` (Wilson), of shares only.
    """

    place: int
    predicted: float
    happened: float
    low: float | None = None
    high: float | None = None


def gains(truth: Floats, score: Floats) -> Curve:
    """Return the share of the truth that is found by the share contacted, highest score first."""
    found = np.concatenate([[0.0], np.cumsum(truth[np.argsort(-score, kind="stable")])])
    share = np.linspace(0, 1, _STEPS // 2 + 1)
    places = share * len(truth)
    return Curve(share, np.interp(places, np.arange(len(found)), found / found[-1]))


def lift(truth: Floats, score: Floats) -> Curve:
    """Return what is found over what contacting anybody finds, from the first hundredth on."""
    found = gains(truth, score)
    return Curve(found.x[1:], found.y[1:] / found.x[1:])


def roc(truth: Floats, score: Floats) -> Curve:
    """Return the share of churners caught by the share of the others that is alarmed."""
    caught, alarmed = _caught(truth, score)
    return _thinned(alarmed / alarmed[-1], caught / caught[-1])


def precision_recall(truth: Floats, score: Floats) -> Curve:
    """Return the share of the alarms that are right by the share of churners caught."""
    caught, alarmed = (each[1:] for each in _caught(truth, score))
    return _thinned(caught / caught[-1], caught / (caught + alarmed))


def groups(truth: Floats, predicted: Floats, *, are_shares: bool) -> list[Group]:
    """Return what was predicted and what happened in tenths of the customers, highest first."""
    parts = np.array_split(np.argsort(-predicted, kind="stable"), _GROUPS)
    found = []
    for place, rows in enumerate((rows for rows in parts if len(rows)), start=1):
        stated, happened = float(predicted[rows].mean()), float(truth[rows].mean())
        if not are_shares:
            found.append(Group(place, stated, happened))
            continue
        interval = binomtest(int(truth[rows].sum()), len(rows)).proportion_ci(_LEVEL, "wilson")
        found.append(Group(place, stated, happened, float(interval.low), float(interval.high)))
    return found


def _caught(truth: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Return churners and others down to each distinct score, beginning with none."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    churners = np.cumsum(truth[order])[last]
    start = np.zeros(1)
    return np.concatenate([start, churners]), np.concatenate([start, last + 1 - churners])


def _thinned(x: Floats, y: Floats) -> Curve:
    """Return the first, the last and evenly many points between."""
    places = np.unique(np.linspace(0, len(x) - 1, min(len(x), _STEPS)).round().astype(int))
    return Curve(x[places], y[places])
