"""The three reasons for each customer's risk, picked from contributions to the log odds.

Contributions are summed by meaning. The sums are as exact as what is summed, and steady: trees
that are fitted anew share an effect otherwise among features that say nearly the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.reasons import NEVER_TOLD, Direction, FeatureMeaning
from contracts.scores import REASON_RANKS
from forecasting.contributions import Contributions
from scoring.facts import Facts, facts_of, stacked

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

# What moves the odds by less than 5 % is no reason.
_LEAST = float(np.log(1.05))


def top_reasons(
    contributions: Contributions,
    reference: Floats,
    customers: pa.Table,
    *,
    meanings: Mapping[str, FeatureMeaning],
) -> pa.Table:
    """Return `REASON_COLUMNS` for each row of `contributions`, in its order.

    A reason says how the customer differs from those of `reference` (one number per column of
    `contributions`): the three meanings with the largest sums. Those in the direction of the whole
    difference come first, so that who is at risk is told first what raises the risk; the largest
    of these is always among the three. What moves the odds by less than 5 % is no reason, nor is a
    meaning of which nothing can be told truthfully: NULL where there are fewer than three.

    Parameters
    ----------
    customers
        The same rows with the features that are told, and their own normals. What is absent is
        not told.
    meanings
        Of every column of `contributions`.

    Raises
    ------
    KeyError
        A column has no meaning.
    """
    differences = contributions.values - reference
    told, sums = sums_by_meaning(contributions.names, differences, meanings)
    by_feature = dict(zip(contributions.names, differences.T, strict=True))
    facts = stacked(
        [
            facts_of(
                meaning, customers,
                contributions=by_feature, meanings=meanings, raises=sums[:, place] > 0,
            )
            for place, meaning in enumerate(told)
        ]
    )  # fmt: skip
    is_told = facts.code != ""
    picked = _picked(sums, is_told, leans_up=differences.sum(axis=1) > 0)
    return _reasons(sums, facts, picked)


def sums_by_meaning(
    names: tuple[str, ...], differences: Floats, meanings: Mapping[str, FeatureMeaning]
) -> tuple[tuple[str, ...], Floats]:
    """Return the meanings that can be told, and (rows, meanings) what the features of each add."""
    of_columns = np.array([meanings[name].meaning for name in names])
    told = tuple(
        meaning for meaning in dict.fromkeys(of_columns.tolist()) if meaning not in NEVER_TOLD
    )
    return told, differences @ (of_columns[:, None] == np.array(told)).astype(np.float64)


def _picked(sums: Floats, is_told: Bools, *, leans_up: Bools) -> Places:
    """Return (rows, 3) places of meanings, -1 where there is no reason."""
    size = np.where(is_told & (np.abs(sums) >= _LEAST), np.abs(sums), -np.inf)
    is_aligned = (sums > 0) == leans_up[:, None]
    rows = np.arange(len(sums))
    aligned_size = np.where(is_aligned, size, -np.inf)
    first = aligned_size.argmax(axis=1)
    weight = size.copy()
    weight[rows, first] = np.where(aligned_size[rows, first] > 0, np.inf, weight[rows, first])
    places = np.argsort(-weight, axis=1, kind="stable")[:, : len(REASON_RANKS)]
    kept = np.take_along_axis(size, places, axis=1)
    is_last = ~np.take_along_axis(is_aligned, places, axis=1)
    order = np.lexsort((-kept, is_last, np.isneginf(kept)), axis=1)
    places = np.take_along_axis(places, order, axis=1)
    return np.where(np.take_along_axis(size, places, axis=1) > 0, places, -1)


def _reasons(sums: Floats, facts: Facts, picked: Places) -> pa.Table:
    rows = np.arange(len(sums))
    columns: dict[str, pa.Array] = {}
    for rank in REASON_RANKS:
        place = picked[:, rank - 1] if rank <= picked.shape[1] else np.full(len(sums), -1)
        is_absent = place < 0
        direction = np.where(sums[rows, place] > 0, Direction.RAISES, Direction.LOWERS)
        columns |= {
            f"reason_{rank}_code": pa.array(facts.code[rows, place], pa.string(), is_absent),
            f"reason_{rank}_value": _numbers(facts.value[rows, place], is_absent),
            f"reason_{rank}_own_normal": _numbers(facts.own_normal[rows, place], is_absent),
            f"reason_{rank}_direction": pa.array(direction, pa.string(), is_absent),
        }
    return pa.table(columns)


def _numbers(values: Floats, is_absent: Bools) -> pa.Array:
    return pa.array(values, pa.float64(), is_absent | np.isnan(values))
