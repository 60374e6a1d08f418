"""Who is watched at which dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ibis.backends import BaseBackend

from features.pool import Pool, watched
from tests.made import canonical, order

POOL = Pool(min_order_days=3, silent_days=90)
DATES = [date(2024, 3, 1), date(2024, 3, 2), date(2024, 5, 31), date(2024, 6, 1)]


def _watched(engine: BaseBackend, *days: str) -> list[date]:
    orders = canonical("orders", [order(f"o{day}", "c1", day, "10") for day in days])
    rows = engine.to_pyarrow(watched(orders, DATES, POOL).order_by("snapshot_date"))
    return list(rows["snapshot_date"].to_pylist())


def test_watched_from_the_day_after_the_third_order_until_the_usual_rule(
    engine: BaseBackend,
) -> None:
    # The third order day is 2024-03-01; 91 days later the usual rule has called the customer lost.
    assert _watched(engine, "2024-01-01", "2024-02-01", "2024-03-01") == DATES[1:2]
    assert _watched(engine, "2024-01-01", "2024-02-01", "2024-03-02") == DATES[2:3]


def test_next_order_begins_a_new_silence(engine: BaseBackend) -> None:
    days = ("2024-01-01", "2024-02-01", "2024-02-20", "2024-05-31", "2024-07-01")
    assert _watched(engine, *days) == [DATES[0], DATES[1], DATES[3]]


def test_two_order_days_are_too_few(engine: BaseBackend) -> None:
    assert _watched(engine, "2024-02-01", "2024-02-20") == []


def test_two_orders_of_a_day_are_one_day(engine: BaseBackend) -> None:
    orders = canonical(
        "orders",
        [order(f"o{number}", "c1", "2024-02-2" + "112"[number], "10") for number in range(3)],
    )
    assert engine.to_pyarrow(watched(orders, DATES, POOL)).num_rows == 0


@pytest.mark.spark
def test_spark_watches_the_same_customers(
    engine: BaseBackend, spark: BaseBackend, tmp_path: Path
) -> None:
    days = ("2024-01-01", "2024-02-01", "2024-02-20", "2024-05-31")
    orders = canonical("orders", [order(f"o{day}", "c1", day, "10") for day in days])
    engine.to_parquet(orders, tmp_path / "orders.parquet")
    stored = spark.read_parquet(tmp_path / "orders.parquet")
    rows = spark.to_pyarrow(watched(stored, DATES, POOL).order_by("snapshot_date"))
    assert rows["snapshot_date"].to_pylist() == _watched(engine, *days)
