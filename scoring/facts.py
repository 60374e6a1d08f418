"""The one fact that each meaning states of each customer: the weightiest that is true to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.reasons import TELLINGS, FeatureMeaning, Telling, tellable

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Facts:
    """One fact a row: `code` is empty where there is none, `own_normal` NaN where told alone."""

    code: Codes
    value: Floats
    own_normal: Floats


@dataclass(frozen=True)
class _Candidate:
    """A fact that may be told: its feature's contribution, value and own normal, by row."""

    telling: Telling
    contribution: Floats
    value: Floats
    own_normal: Floats


def facts_of(
    meaning: str,
    customers: pa.Table,
    *,
    contributions: Mapping[str, Floats],
    meanings: Mapping[str, FeatureMeaning],
    raises: Bools,
) -> Facts:
    """Return what `meaning` states of each row where it raises the risk, or else lowers it.

    Of its features that are told, it is the one with the largest contribution in that direction;
    one that is complete (held against its normal) goes before one that is not.
    """
    rows = len(raises)
    found = Facts(np.full(rows, ""), np.full(rows, np.nan), np.full(rows, np.nan))
    best_rank, best_pull = np.zeros(rows), np.full(rows, -np.inf)
    for each in _candidates(meaning, customers, contributions, meanings):
        compared, alone = tellable(each.telling, each.value, each.own_normal, raises=raises)
        is_complete = compared | (alone & (each.telling.presumed is not None))
        rank = np.where(is_complete, 2, np.where(alone, 1, 0))
        pull = np.where(raises, each.contribution, -each.contribution)
        is_better = (rank > best_rank) | ((rank == best_rank) & (rank > 0) & (pull > best_pull))
        best_rank = np.where(is_better, rank, best_rank)
        best_pull = np.where(is_better, pull, best_pull)
        normal = np.where(compared, each.own_normal, np.nan)
        found = Facts(
            np.where(is_better, each.telling.code, found.code),
            np.where(is_better, each.value, found.value),
            np.where(is_better, normal, found.own_normal),
        )
    return found


def _candidates(
    meaning: str,
    customers: pa.Table,
    contributions: Mapping[str, Floats],
    meanings: Mapping[str, FeatureMeaning],
) -> Iterator[_Candidate]:
    for name, contribution in contributions.items():
        of_feature = meanings[name]
        if of_feature.meaning == meaning and of_feature.told_as and name in customers.column_names:
            yield _Candidate(
                TELLINGS[of_feature.told_as],
                contribution,
                _numbers(customers, name),
                _numbers(customers, of_feature.own_normal),
            )


def _numbers(customers: pa.Table, name: str) -> Floats:
    """Return one column, NaN where not known or absent."""
    if name not in customers.column_names:
        return np.full(customers.num_rows, np.nan)
    return np.asarray(customers[name].cast("float64").to_numpy(), dtype=np.float64)


def stacked(facts: Sequence[Facts]) -> Facts:
    """Return the facts of many meanings as (rows, meanings)."""
    return Facts(
        np.column_stack([each.code for each in facts]),
        np.column_stack([each.value for each in facts]),
        np.column_stack([each.own_normal for each in facts]),
    )
