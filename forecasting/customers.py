"""Customers at one snapshot date, as models read them: a matrix of features."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from forecasting.customer_base import Expectations
from forecasting.histories import Histories, histories
from forecasting.season import DAYS_PER_WEEK, Floats, Season

Matrix = npt.NDArray[np.float32]

# Counts of these windows are held against what the order history lets expect of them.
_WINDOW_DAYS = (14, 30, 60, 90, 180, 365)
# What stands for the gap of a customer who has none yet, and a week of grace.
_NO_GAP_DAYS = 90.0
_GRACE_DAYS = 7.0

EXPECTATION_COLUMNS = (
    "expected_log_rate",
    "expected_no_order",
    "expected_order_value",
    "last_value_to_expected",
    "largest_value_to_mean",
    "value_spread_to_mean",
    "alive_mbg",
    "alive_pareto",
    "log_mbg_to_both",
    "log_pareto_to_both",
    "silence_to_gap",
    *(f"orders_{days}d_to_expected" for days in _WINDOW_DAYS),
)


@dataclass(frozen=True)
class Customers:
    """Customers with orders at one date.

    `X` is (customers, features), NaN where not known, its columns `names`; `day` is the snapshot
    date, counted from 1970-01-01.
    """

    X: Matrix
    names: tuple[str, ...]
    day: int

    def __len__(self) -> int:
        return len(self.X)

    def feature(self, name: str) -> Floats:
        """Return one column of `X`."""
        return self.X[:, self.names.index(name)].astype(np.float64)

    def take(self, rows: slice | npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Customers:
        """Return these customers."""
        return Customers(self.X[rows], self.names, self.day)

    def seen_in(self, season: Season) -> Histories:
        """Return their order histories in the operational time of a season."""
        frequency, recency, age, total = (
            self.feature(name) for name in ("frequency", "recency", "T", "amount_total")
        )
        mean_value = total / (frequency + 1.0)
        return histories(frequency, recency, age, mean_value, day=self.day, season=season)


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to a day."""
    return int(np.datetime64(day).astype(int))


def beside_expectations(customers: Customers, expected: Expectations, weeks: float) -> Matrix:
    """Return `X` with `EXPECTATION_COLUMNS` after it: what the order history lets expect.

    `weeks` is the horizon of `expected` in operational time.
    """
    rate = expected.orders / weeks
    mean = np.maximum(customers.feature("mean_order_value"), 1e-6)
    gap = np.nan_to_num(customers.feature("gap_median"), nan=_NO_GAP_DAYS)
    columns = [
        np.log(rate),
        logit(expected.no_order),
        expected.order_value,
        customers.feature("last_order_value") / np.maximum(expected.order_value, 1e-6),
        customers.feature("largest_order_value") / mean,
        customers.feature("order_value_sd") / mean,
        expected.alive_mbg,
        expected.alive_pareto,
        expected.log_mbg,
        expected.log_pareto,
        customers.feature("days_since_last_order") / (gap + _GRACE_DAYS),
        *(
            customers.feature(f"order_count_{days}d")
            / np.maximum(days / DAYS_PER_WEEK * rate, 1e-3)
            for days in _WINDOW_DAYS
        ),
    ]
    return np.column_stack([customers.X, *(column.astype(np.float32) for column in columns)])
