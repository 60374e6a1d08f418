"""Maximum likelihood of models with a few positive parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import ThreadpoolController

from forecasting.season import Floats

# The search works on matrices of four by four: more threads than one only wait for each other.
_BLAS = ThreadpoolController()
# Bounds of the logarithm of a parameter: beyond them a likelihood is flat.
_LEAST, _MOST = -6.0, 9.0
# Steps that raise the mean by less change no expectation in its third digit.
_INDIFFERENCE = 1e-7
# Where a likelihood is not a number the search is turned back.
_UNLIKELY = 1e6


def maximise(
    log_likelihood: Callable[..., Floats],
    start: Sequence[float],
    *,
    ridge: float,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> tuple[float, ...]:
    """Return positive parameters that maximise the mean of `log_likelihood(*parameters)`.

    Searched on logarithms by L-BFGS-B. `ridge` times their sum of squares is held against it, so
    that a flat likelihood has an answer.
    """

    def loss(logarithms: Floats) -> float:
        mean = float(np.mean(log_likelihood(*np.exp(logarithms))))
        value = ridge * float((logarithms**2).sum()) - mean
        return value if np.isfinite(value) else _UNLIKELY

    limits = bounds or [(_LEAST, _MOST)] * len(start)
    begin = [np.clip(np.log(value), *limit) for value, limit in zip(start, limits, strict=True)]
    with _BLAS.limit(limits=1):
        found = minimize(
            loss, begin, method="L-BFGS-B", bounds=limits, options={"ftol": _INDIFFERENCE}
        )
    return tuple(float(value) for value in np.exp(found.x))


def of_counts(x: Floats, formula: Callable[[Floats], Floats]) -> Floats:
    """Return `formula(x)`, worked out once for each count that occurs."""
    counts, place = np.unique(x, return_inverse=True)
    return np.asarray(formula(counts)[place])
