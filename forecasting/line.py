"""A straight line on the log odds: what each feature adds, however few customers it is known from.

Numbers count by how far they are from the usual, in standard deviations; a category by its own
weight, one that training never saw by none. What is not known counts as usual, and has a weight of
its own. It is numbers all through, and is kept as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from contracts.feature_contract import FeatureContract
from forecasting.customers import Matrix
from forecasting.season import Floats

# An amount with a slipped decimal sign must not decide alone.
_MOST_DEVIATIONS = 5.0


@dataclass(frozen=True)
class Scale:
    """How one feature is read: `levels` are the known categories, 0 of a number."""

    name: str
    mean: float = 0.0
    deviation: float = 1.0
    levels: int = 0

    def columns(self, values: npt.NDArray[np.float32]) -> Floats:
        """Return (rows, columns): the deviation and whether it is not known, or one a category."""
        is_missing = np.isnan(values)
        if self.levels:
            return np.asarray(values[:, None] == np.arange(self.levels), dtype=np.float64)
        away = (np.where(is_missing, self.mean, values) - self.mean) / self.deviation
        away = np.clip(away, -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
        return np.column_stack([away, is_missing.astype(np.float64)])

    @property
    def width(self) -> int:
        """How many columns it becomes."""
        return self.levels or 2


@dataclass(frozen=True)
class Line:
    """`weights` has those of the columns of all `scales`, in their order."""

    scales: tuple[Scale, ...]
    weights: tuple[float, ...]
    intercept: float

    @property
    def names(self) -> tuple[str, ...]:
        """The features it reads, in the order of the matrix."""
        return tuple(scale.name for scale in self.scales)

    def log_odds(self, X: Matrix) -> Floats:
        """Return what the line states of each row of a matrix of its features."""
        log_odds = np.full(len(X), self.intercept)
        for part in self._each(X):
            log_odds += part
        return log_odds

    def parts(self, X: Matrix) -> Floats:
        """Return (rows, features) what each feature adds to the log odds."""
        return np.column_stack(list(self._each(X)))

    def _each(self, X: Matrix) -> Iterator[Floats]:
        """Yield what each feature adds: one at a time, as all together take room."""
        begin = 0
        for place, scale in enumerate(self.scales):
            weights = np.array(self.weights[begin : begin + scale.width])
            yield np.einsum("rc,c->r", scale.columns(X[:, place]), weights)
            begin += scale.width

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "scales": [
                [each.name, each.mean, each.deviation, each.levels] for each in self.scales
            ],
            "weights": list(self.weights),
            "intercept": self.intercept,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the line that `to_json` described."""
        scales = tuple(Scale(*each) for each in stored["scales"])
        return cls(scales, tuple(stored["weights"]), stored["intercept"])


def learn_scales(X: Matrix, contract: FeatureContract) -> tuple[Scale, ...]:
    """Return how the features of a contract are read, as they are usual in `X`."""
    return tuple(
        _of_number(each.name, X[:, place])
        if each.categories is None
        else Scale(each.name, levels=len(each.categories) or 1)
        for place, each in enumerate(contract.features)
    )


def columns_of(X: Matrix, scales: Sequence[Scale]) -> Floats:
    """Return the columns of all features side by side."""
    return np.column_stack([scale.columns(X[:, place]) for place, scale in enumerate(scales)])


def _of_number(name: str, values: npt.NDArray[np.float32]) -> Scale:
    known = values[~np.isnan(values)].astype(np.float64)
    if not len(known) or known.std() == 0:
        return Scale(name, mean=float(known[0]) if len(known) else 0.0)
    return Scale(name, float(known.mean()), float(known.std()))
