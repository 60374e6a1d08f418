"""What each feature adds to the log odds of each customer: exact SHAP values of an ensemble.

XGBoost computes them by TreeSHAP (Lundberg et al., 2020, "From local explanations to global
understanding with explainable AI for trees", Nature Machine Intelligence 2, algorithm 2). They
cost more than the training of the trees, so they are for the customers who need them only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from forecasting.line import Line

Floats = npt.NDArray[np.float64]

# The column of what models of order histories state before any tree: the base margin.
PARAMETRIC = "parametric"

# 20,000 rows of 250 features are 20 MB of one booster's values.
_CHUNK_ROWS = 20_000


class Part(Protocol):
    """What adds to log odds, feature by feature: one row a customer."""

    @property
    def X(self) -> npt.NDArray[np.float32]:
        """What it predicts from."""
        ...

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of `X`."""
        ...

    def explained(self, rows: slice) -> tuple[Floats, float]:
        """Return (rows, features and the margin) and the bias, as it is weighed."""
        ...


@dataclass(frozen=True)
class StraightMember:
    """A line of an ensemble; what it adds is its weights times how far values are from usual."""

    line: Line
    X: npt.NDArray[np.float32]
    weight: float

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of `X`."""
        return self.line.names

    def explained(self, rows: slice) -> tuple[Floats, float]:
        """Return (rows, features and a margin of 0) and the intercept, as it is weighed."""
        parts = self.weight * self.line.parts(self.X[rows])
        return np.column_stack([parts, np.zeros(len(parts))]), self.weight * self.line.intercept


@dataclass(frozen=True)
class Member:
    """One booster of an ensemble, and what it predicts from: one row a customer.

    `base_margin` is in log odds, None of a booster that was fitted without. The trees' part of the
    log odds counts `weight` times, the margin `margin_weight` times.
    """

    booster: xgb.Booster
    X: npt.NDArray[np.float32]
    feature_names: tuple[str, ...]
    base_margin: Floats | None = None
    weight: float = 1.0
    margin_weight: float = 1.0

    def explained(self, rows: slice) -> tuple[Floats, float]:
        """Return (rows, features and the margin) and the bias of the booster, as it is weighed."""
        margin = None if self.base_margin is None else self.base_margin[rows]
        matrix = xgb.DMatrix(
            self.X[rows], base_margin=margin, feature_names=list(self.feature_names)
        )
        explained = self.booster.predict(matrix, pred_contribs=True).astype(np.float64)
        # The last column is the trees' mean, with the base margin added where there is one.
        values, last = explained[:, :-1], explained[:, -1]
        stated = np.zeros(len(last)) if margin is None else np.asarray(margin, dtype=np.float64)
        values, bias = self.weight * values, self.weight * float(np.mean(last - stated))
        return np.column_stack([values, self.margin_weight * stated]), bias


@dataclass(frozen=True)
class Contributions:
    """What adds up to log odds: `values` is (rows, names), `bias` the same for every row."""

    names: tuple[str, ...]
    values: Floats
    bias: float

    @property
    def log_odds(self) -> Floats:
        """What the ensemble predicts for each row."""
        return np.asarray(self.values.sum(axis=1) + self.bias, dtype=np.float64)


def contributions(
    members: Sequence[Part], *, chunk_rows: int = _CHUNK_ROWS
) -> Iterator[Contributions]:
    """Yield the contributions to the log odds of the members together, in chunks, by row.

    All members have the same rows. A feature that only some have counts as 0 in the others; the
    base margins are the column `PARAMETRIC`. Memory is that of one chunk.
    """
    names = tuple(
        dict.fromkeys(chain.from_iterable((*each.feature_names, PARAMETRIC) for each in members))
    )
    for start in range(0, len(members[0].X), chunk_rows):
        rows = slice(start, start + chunk_rows)
        values = np.zeros((len(members[0].X[rows]), len(names)))
        bias = 0.0
        for member in members:
            own, own_bias = member.explained(rows)
            places = [names.index(name) for name in (*member.feature_names, PARAMETRIC)]
            values[:, places] += own
            bias += own_bias
        yield Contributions(names, values, bias)


def reference(chunks: Iterator[Contributions]) -> Floats:
    """Return the mean contribution of each column: what the customers of the chunks share.

    Contributions less these say how a customer differs from those customers.

    Raises
    ------
    ValueError
        There is no row.
    """
    total, count = np.zeros(1), 0
    for chunk in chunks:
        total = total + chunk.values.sum(axis=0)
        count += len(chunk.values)
    if not count:
        raise ValueError("No rows to take as reference. Hand over at least one customer.")
    return np.asarray(total / count, dtype=np.float64)
