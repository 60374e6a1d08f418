"""The holdout: customers whom a series of campaigns leaves alone, so that its effect can be told.

Who once is in an arm stays there. New customers are drawn within strata of risk and value, so that
the arms are alike in both; who it is depends on a key, the series and the ids only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

TREATED, HOLDOUT = "treated", "holdout"

# Strata are thirds of risk by thirds of value.
_THIRDS = 3


def draw_arms(
    members: pa.Table, before: Mapping[str, str], *, key: str, series: str, share: float
) -> pa.Table:
    """Return `members` with `arm`: treated or holdout.

    Members have customer_id, churn_probability and clv, NULL where not known. `before` says
    customer -> arm of those who have one. Of the others `share` of every stratum is drawn: they are
    put in the order of a hash, and so many in each hundred, from a random one on, are the holdout.
    The same members and the same `before` give the same arms, in any order of the rows.
    """
    ids = members["customer_id"].to_pylist()
    arms = np.array([before.get(each, "") for each in ids], dtype=object)
    fresh = np.flatnonzero(arms == "")
    stratum = _strata(members)
    places = np.array([_hash(key, series, "customer", ids[row]) for row in fresh])
    for number in np.unique(stratum[fresh]):
        of_stratum = stratum[fresh] == number
        rows = fresh[of_stratum][np.argsort(places[of_stratum], kind="stable")]
        # Of the first of them, so that few who come every day are not always in the same arm.
        begin = _hash(key, series, "begin", ids[rows[0]])
        steps = np.floor(begin + share * np.arange(len(rows) + 1))
        arms[rows] = np.where(np.diff(steps) > 0, HOLDOUT, TREATED)
    return members.append_column("arm", pa.array(arms.tolist(), pa.string()))


def _strata(members: pa.Table) -> Codes:
    """Return the stratum of each member; whoever has no risk or value is with the least."""
    risk, value = (
        _thirds(np.nan_to_num(members[name].to_numpy().astype(np.float64), nan=-np.inf))
        for name in ("churn_probability", "clv")
    )
    return risk * _THIRDS + value


def _thirds(numbers: Floats) -> Codes:
    """Return the third, counted from 0, by rank; equal numbers are in the same."""
    if not len(numbers):
        return np.empty(0, np.int64)
    rank = np.searchsorted(np.sort(numbers), numbers, side="left")
    return np.asarray(rank * _THIRDS // len(numbers), dtype=np.int64)


def _hash(*parts: str) -> float:
    """Return a number in [0, 1) that is the same for the same parts everywhere."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56
