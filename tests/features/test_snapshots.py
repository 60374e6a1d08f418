"""Only the days a stream looks at, up to the last day before the date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import ibis
import pytest
from ibis import _
from ibis.backends.duckdb import Backend

from features.catalogue import FAMILIES
from features.family import Feature, FeatureFamily
from features.snapshots import features_at
from features.spine import spine
from features.streams import INTERACTIONS, ORDERS
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


AGES = FeatureFamily(
    name="ages",
    stream=INTERACTIONS,
    description="How old the last order is, as events see it.",
    absence="none",
    features=(
        Feature("order_age", _.order_age_days.max(), "days", "age"),
        Feature("after", _.count(where=_.age_days < _.order_age_days), "events", "since", 0),
        Feature("events", _.count(), "events", "all", 0),
    ),
)


def test_events_know_the_last_order_of_their_customer_at_each_date(engine: Backend) -> None:
    days = ("2024-05-01", "2024-06-01", "2024-07-01")
    orders = canonical("orders", [order(day, "c", day, "1.00") for day in days])
    customers = canonical(
        "customers",
        [{"customer_id": who, "created_at": datetime.fromisoformat("2024-01-01")} for who in "cn"],
    )
    seen = [
        {"customer_id": who, "kind": "visit", "occurred_at": datetime.fromisoformat(f"{day}T20:00")}
        for who in "cn"
        for day in ("2024-04-30", "2024-06-01", "2024-06-02", "2024-06-30", "2024-07-01")
    ]
    tables = {"orders": orders, "interactions": canonical("interactions", seen)}
    dates = [date(2024, 5, 1), date(2024, 6, 2), date(2024, 7, 1), date(2024, 7, 2)]
    rows = spine(customers, orders, dates)
    built = features_at([AGES], rows, tables).order_by("customer_id", "snapshot_date")
    found = [tuple(row.values())[2:] for row in engine.to_pyarrow(built).to_pylist()]
    # An order of the snapshot date is not there yet; one of the day before is a day old.
    assert found[:4] == [(None, 0, 1), (1, 0, 2), (30, 2, 4), (1, 0, 5)]
    assert found[4:] == [(None, 0, 1), (None, 0, 2), (None, 0, 4), (None, 0, 5)]
    for day, expected in zip(dates, found[:4], strict=True):
        alone = features_at([AGES], rows.filter(_.snapshot_date == day), tables, only_date=day)
        [row] = engine.to_pyarrow(alone.filter(_.customer_id == "c")).to_pylist()
        assert tuple(row.values())[2:] == expected


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_needs_the_tables_that_it_names_and_no_other(name: str) -> None:
    family = FAMILIES[name]
    tables = {table: canonical(table, []) for table in family.stream.tables}
    rows = ibis.table({"customer_id": "string", "snapshot_date": "date"}, name="spine")
    assert features_at([family], rows, tables).columns
