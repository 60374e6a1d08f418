"""Only the days a stream looks at, up to the last day before the date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ibis import _
from ibis.backends.duckdb import Backend

from features.family import Feature, FeatureFamily
from features.snapshots import features_at
from features.spine import spine
from features.streams import ORDERS
from tests.made import canonical, order

LATELY = FeatureFamily(
    name="lately",
    stream=replace(ORDERS, observation_days=30),
    description="Orders of the last days.",
    absence="none",
    features=(Feature("count", _.count(), "orders", "orders", 0),),
)


def test_a_stream_is_looked_at_for_so_many_days(engine: Backend) -> None:
    days = ("2024-05-31", "2024-06-01", "2024-06-30", "2024-07-01")
    orders = canonical("orders", [order(day, "c", day, "1.00") for day in days])
    customers = canonical("customers", [{"customer_id": "c"}])
    tables = {"orders": orders, "customers": customers}
    snapshot = date(2024, 7, 1)
    rows = spine(customers, orders, [snapshot])
    for only_date in (None, snapshot):
        built = features_at([LATELY], rows, tables, only_date=only_date)
        # 1 June is 30 days before, 31 May is 31.
        assert engine.to_pyarrow(built)["count"].to_pylist() == [2]
    both = spine(customers, orders, [date(2024, 6, 30), snapshot])
    counted = engine.to_pyarrow(features_at([LATELY], both, tables).order_by("snapshot_date"))
    assert counted["count"].to_pylist() == [2, 2]
