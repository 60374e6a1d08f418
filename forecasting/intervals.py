"""How far a customer's value may lie from the one expected: quantiles of the value of the horizon.

The distribution is a point at zero, as likely as no order is, and what living customers with such a
history spend, drawn from the models of the base and brought to the mean that the model states. The
form of the second part depends only on how often and how long a customer has ordered, so it is
drawn once on a grid of those two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from forecasting.customer_base import CustomerBase
from forecasting.histories import Histories
from forecasting.season import Floats

_REPEATS = np.array([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256], dtype=np.float64)
_AGES = np.array([1, 2, 4, 8, 16, 26, 52, 104, 208, 416], dtype=np.float64)
_POINTS = 100
_DRAWS = 4000
_SEED = 20
_FEWEST_DRAWS = 50


@dataclass(frozen=True)
class Levels:
    """Where the stated 10 %, 50 % and 90 % points are read from a distribution.

    Levels that differ from these are learnt out of time: at so much of the distribution lay 10, 50
    and 90 % of what happened (Chernozhukov, Wuthrich and Zhu 2021, "Distributional conformal
    prediction").
    """

    low: float = 0.1
    middle: float = 0.5
    high: float = 0.9

    @classmethod
    def learn(cls, places: Floats) -> Self:
        """Return the levels at which so many of the `places` (0 to 1) of what happened lie."""
        low, middle, high = np.quantile(places, [0.1, 0.5, 0.9])
        return cls(float(low), float(middle), float(high))

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.middle, self.high))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the levels that `to_json` described."""
        return cls(**stored)


STATED = Levels()


@dataclass(frozen=True)
class ValueDistribution:
    """One distribution per customer.

    `curves` is (repeats, ages, points): quantiles of what is spent if anything is, over its mean;
    `cells` and `weights`, both (customers, 4), say between which points of the grid a customer
    lies; `scale` is the mean of what is spent if anything is.
    """

    curves: Floats
    cells: npt.NDArray[np.int64]
    weights: Floats
    no_order: Floats
    scale: Floats

    @classmethod
    def of(
        cls, base: CustomerBase, seen: Histories, weeks: float, *, no_order: Floats, value: Floats
    ) -> Self:
        """Return the distributions of customers for whom `no_order` and mean `value` are stated."""
        curves = _spending_curves(base, weeks).reshape(-1, _POINTS)
        cells, weights = _grid_places(seen)
        return cls(curves, cells, weights, no_order, value / np.maximum(1 - no_order, 1e-9))

    def quantile(self, level: float) -> Floats:
        """Return the value below which a customer stays with a probability of `level`."""
        within = np.clip((level - self.no_order) / np.maximum(1 - self.no_order, 1e-9), 0.0, 1.0)
        place = np.clip(within * _POINTS - 0.5, 0.0, _POINTS - 1.0)
        low = place.astype(np.int64)
        high, share = np.minimum(low + 1, _POINTS - 1), place - low
        lower, upper = (
            (self.weights * self.curves[self.cells, points[:, None]]).sum(axis=1)
            for points in (low, high)
        )
        spent = self.scale * ((1 - share) * lower + share * upper)
        return np.where(level <= self.no_order, 0.0, spent)

    def places(self, value: Floats, *, seed: int) -> Floats:
        """Return where in its distribution each value lies, 0 to 1: even if all are right.

        Values at the point of zero get a random place within it (randomised probability integral
        transform: Czado, Gneiting and Held 2009, "Predictive model assessment for count data").
        """
        random = np.random.default_rng(seed).random(len(value))
        mixed = np.einsum("nc,ncp->np", self.weights, self.curves[self.cells])
        below = (mixed * self.scale[:, None] < value[:, None]).mean(axis=1)
        spent = self.no_order + (1 - self.no_order) * below
        return np.where(value <= 0, random * self.no_order, spent)


def _spending_curves(base: CustomerBase, weeks: float) -> Floats:
    """Return (repeats, ages, points) of what living customers spend, if anything, over its mean."""
    random = np.random.default_rng(_SEED)
    curves = np.ones((len(_REPEATS), len(_AGES), _POINTS))
    levels = (np.arange(_POINTS) + 0.5) / _POINTS
    for row, x in enumerate(_REPEATS):
        for column, age in enumerate(_AGES):
            counts = np.concatenate(
                [
                    base.mbg.draw_orders(x, age, weeks, _DRAWS, random),
                    base.pareto.draw_orders(x, age, weeks, _DRAWS, random),
                ]
            )
            counts = counts[counts > 0]
            if len(counts) >= _FEWEST_DRAWS:
                spent = base.gamma_gamma.draw_relative_value(x + 1, counts, random)
                curves[row, column] = np.quantile(spent, levels) / spent.mean()
    return curves


def _grid_places(seen: Histories) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the four nearest points of the grid of each customer, and their weights."""
    row, along = _between(np.log1p(_REPEATS), np.log1p(seen.x))
    column, across = _between(np.log(_AGES), np.log(np.maximum(seen.T, 1e-3)))
    width = len(_AGES)
    cells = np.column_stack(
        [row * width + column, row * width + column + 1,
         (row + 1) * width + column, (row + 1) * width + column + 1]
    )  # fmt: skip
    weights = np.column_stack(
        [(1 - along) * (1 - across), (1 - along) * across, along * (1 - across), along * across]
    )
    return cells, weights


def _between(points: Floats, values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the point below each value, and the share of the way to the next."""
    low = np.clip(np.searchsorted(points, values, "right") - 1, 0, len(points) - 2)
    share = (values - points[low]) / (points[low + 1] - points[low])
    return low.astype(np.int64), np.clip(share, 0.0, 1.0)
