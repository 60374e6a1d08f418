"""What trees read of customers: features, and beside them what the order history lets expect."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.customer_base import Expectations
from forecasting.customers import EXPECTATION_COLUMNS, Customers, beside_expectations
from forecasting.season import NO_SEASON

DAY = int(np.datetime64("2024-07-01").astype(int))
KNOWN = {
    "frequency": 3.0, "recency": 70.0, "T": 140.0, "days_since_last_order": 70.0,
    "amount_total": 100.0, "mean_order_value": 20.0, "last_order_value": 15.0,
    "largest_order_value": 50.0, "order_value_sd": 5.0, "gap_median": 28.0,
    **{f"order_count_{days}d": 2.0 for days in (14, 30, 60, 90, 180, 365)},
}  # fmt: skip


def customers(*several: dict[str, float]) -> Customers:
    rows = [list({**KNOWN, **each}.values()) for each in several]
    return Customers(np.array(rows, dtype=np.float32), tuple(KNOWN), DAY)


def expected(count: int) -> Expectations:
    return Expectations(
        orders=np.full(count, 4.0), no_order=np.full(count, 0.2), order_value=np.full(count, 30.0),
        alive_mbg=np.full(count, 0.9), alive_pareto=np.full(count, 0.8),
        log_mbg=np.full(count, 0.1), log_pareto=np.full(count, -0.1),
    )  # fmt: skip


def read(*several: dict[str, float]) -> list[dict[str, float]]:
    seen = customers(*several)
    X = beside_expectations(seen, expected(len(seen)), 8.0)
    assert X.dtype == np.float32
    np.testing.assert_array_equal(X[:, : len(KNOWN)], seen.X)
    names = (*seen.names, *EXPECTATION_COLUMNS)
    return [dict(zip(names, map(float, row), strict=True)) for row in X]


def test_expectations_stand_beside_the_features_by_their_names() -> None:
    (row,) = read({})
    assert row["expected_log_rate"] == pytest.approx(np.log(0.5))
    assert row["expected_no_order"] == pytest.approx(np.log(0.25))
    assert row["expected_order_value"] == 30
    assert row["last_value_to_expected"] == 0.5
    assert row["largest_value_to_mean"] == 2.5
    assert row["value_spread_to_mean"] == 0.25
    assert row["alive_mbg"] == pytest.approx(0.9)
    assert row["alive_pareto"] == pytest.approx(0.8)
    assert row["log_mbg_to_both"] == pytest.approx(0.1)
    assert row["log_pareto_to_both"] == pytest.approx(-0.1)
    assert row["silence_to_gap"] == 2
    # Two orders in 14 days, where half an order a week is expected.
    assert row["orders_14d_to_expected"] == 2
    assert row["orders_365d_to_expected"] == pytest.approx(2 / (365 / 7 * 0.5))


def test_a_customer_without_a_gap_is_measured_by_a_usual_one() -> None:
    (row,) = read({"gap_median": np.nan, "days_since_last_order": 97.0})
    assert row["silence_to_gap"] == 1


def test_free_orders_divide_by_no_zero() -> None:
    (row,) = read({"mean_order_value": 0.0, "largest_order_value": 0.0, "order_value_sd": 0.0})
    assert row["largest_value_to_mean"] == row["value_spread_to_mean"] == 0


def test_a_row_depends_on_no_other() -> None:
    alone, beside = read({}), read({"gap_median": 3.0}, {}, {"order_count_14d": 9.0})
    assert beside[1] == alone[0]


def test_histories_are_in_weeks_with_the_mean_of_all_order_days() -> None:
    seen = customers({}).seen_in(NO_SEASON)
    assert (seen.x[0], seen.t_x[0], seen.T[0]) == (3, 10, pytest.approx(139.5 / 7))
    assert seen.mean_value[0] == 25


def test_taking_customers_keeps_the_day_and_the_names() -> None:
    some = customers({}, {"T": 150.0}, {"T": 160.0}).take(np.array([False, True, True]))
    assert (len(some), some.names, some.day) == (2, tuple(KNOWN), DAY)
    np.testing.assert_array_equal(some.feature("T"), [150, 160])
