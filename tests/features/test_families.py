"""Every family on histories that a person can check."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from contracts.schema import SNAPSHOT_KEY
from features.catalogue import FAMILIES, build_family, join_families, switched_on
from features.spine import spine

SNAPSHOT = date(2024, 7, 1)


def values(
    family: str, tables: dict[str, ir.Table], engine: Backend, day: date = SNAPSHOT
) -> dict[str, dict[str, Any]]:
    rows = build_family(family, spine(tables["customers"], tables["orders"], [day]), tables)
    return {row["customer_id"]: row for row in engine.to_pyarrow(rows).to_pylist()}


def test_rfm_of_a_regular_customer(tables: dict[str, ir.Table], engine: Backend) -> None:
    # Order days 2 April (10), 22 April (20 + 5), 21 June (40); 1 July is the snapshot itself.
    regular = values("rfm", tables, engine)["regular"]
    assert regular["frequency"] == 2
    assert regular["recency"] == 80
    assert regular["T"] == 90
    assert regular["days_since_last_order"] == 10
    assert regular["order_count"] == 4
    assert regular["amount_total"] == 75
    assert regular["mean_order_value"] == 18.75
    assert regular["monetary_value"] == 32.5
    assert regular["last_order_value"] == 40
    assert regular["largest_order_value"] == 40


def test_rfm_of_one_order_knows_no_repeat_value(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    once = values("rfm", tables, engine)["once"]
    assert (once["frequency"], once["recency"], once["T"]) == (0, 0, 60)
    assert once["monetary_value"] is None
    assert once["mean_order_value"] == 7.5


def test_rhythm_is_measured_between_order_days(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    # Gaps of 20 and 60 days; two orders on one day have no gap between them.
    regular = values("rhythm", tables, engine)["regular"]
    assert regular["gap_mean"] == 40
    assert regular["gap_median"] == 40
    assert regular["gap_sd"] == 20
    assert regular["gap_max"] == 60
    assert regular["gap_last"] == 60
    assert regular["overdue_ratio"] == pytest.approx(10 / 47)


def test_rhythm_of_one_order_is_not_known(tables: dict[str, ir.Table], engine: Backend) -> None:
    once = values("rhythm", tables, engine)["once"]
    assert {once[feature.name] for feature in FAMILIES["rhythm"].features} == {None}


def test_windows_end_before_the_snapshot(tables: dict[str, ir.Table], engine: Backend) -> None:
    regular = values("windows", tables, engine)["regular"]
    assert regular["order_count_7d"] == 0
    assert (regular["order_count_14d"], regular["amount_14d"]) == (1, 40)
    assert (regular["order_count_60d"], regular["amount_60d"]) == (1, 40)
    # 2 April is 90 days before 1 July and just inside; 22 April is 70 days before.
    assert (regular["order_count_90d"], regular["amount_90d"]) == (4, 75)
    assert regular["amount_365d"] == 75
    assert regular["amount_90d_year_before"] == 0


def test_the_year_before_is_the_same_window_a_year_earlier(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    # Of the 30 days before 1 July 2024 only 21 June had an order.
    regular = values("windows", tables, engine, date(2025, 7, 1))["regular"]
    assert regular["amount_30d_year_before"] == 40
    assert regular["amount_90d_year_before"] == 75
    assert regular["amount_365d"] == 999


def test_trend_compares_with_before_and_with_the_own_past(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    regular = values("trend", tables, engine)["regular"]
    assert regular["order_count_change_30d"] == 1
    assert regular["amount_change_30d"] == 40
    assert regular["order_count_change_90d"] == 4
    assert regular["order_rate_30d_to_own"] == pytest.approx((1 / 30) / (4 / 90))
    # Least squares through (-90, 10), (-70, 25), (-10, 40).
    assert regular["order_value_slope"] == pytest.approx(9 / 26)


def test_basket_counts_breadth_and_discounts(tables: dict[str, ir.Table], engine: Backend) -> None:
    regular = values("basket", tables, engine)["regular"]
    assert regular["product_count"] == 3
    assert regular["category_count"] == 3
    assert regular["category_count_90d"] == 3
    assert regular["lines_per_order"] == pytest.approx(4 / 3)
    assert regular["discount_share"] == pytest.approx(5 / 75)
    assert regular["discounted_line_share"] == 0.25
    later = values("basket", tables, engine, date(2024, 8, 1))["regular"]
    # By then only bread (41 days ago) and caviar (31 days ago) are of the last 90 days.
    assert (later["category_count"], later["category_count_90d"]) == (4, 2)
    assert later["lines_per_order_90d"] == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_customer_without_orders_keeps_a_row(
    family: str, tables: dict[str, ir.Table], engine: Backend
) -> None:
    found = values(family, tables, engine)
    assert set(found) == {"regular", "once", "never"}
    for feature in FAMILIES[family].features:
        assert found["never"][feature.name] == feature.if_no_events


@pytest.mark.parametrize("family", FAMILIES)
def test_every_feature_is_float_and_described(family: str, tables: dict[str, ir.Table]) -> None:
    rows = build_family(family, spine(tables["customers"], tables["orders"], [SNAPSHOT]), tables)
    types = dict(rows.schema().items())
    for feature in FAMILIES[family].features:
        assert str(types[feature.name]) == "float64"
        assert feature.unit
        assert feature.description


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_an_expression_that_needs_no_data(
    family: str, tables: dict[str, ir.Table]
) -> None:
    unbound = {name: ibis.table(table.schema(), name=name) for name, table in tables.items()}
    dates = ibis.table({"customer_id": "string", "snapshot_date": "date"}, name="spine")
    sql = str(ibis.to_sql(build_family(family, dates, unbound), dialect="duckdb"))
    assert all(feature.name in sql for feature in FAMILIES[family].features)


def test_feature_names_are_unique_over_all_families() -> None:
    names = [feature.name for family in FAMILIES.values() for feature in family.features]
    assert len(names) == len(set(names))


def test_a_family_is_off_where_its_table_is_absent() -> None:
    assert "basket" not in switched_on(["customers", "orders"])
    assert "basket" in switched_on(["customers", "orders", "order_lines"])


def test_joined_families_keep_the_rows_of_the_spine(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    rows = spine(tables["customers"], tables["orders"], [date(2024, 4, 3), SNAPSHOT])
    joined = join_families([build_family(name, rows, tables) for name in switched_on(tables)])
    assert engine.to_pyarrow(joined.count()).as_py() == engine.to_pyarrow(rows.count()).as_py()
    expected = sum(len(family.features) for family in FAMILIES.values()) + len(SNAPSHOT_KEY)
    assert len(joined.columns) == expected
