from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from contracts.schema import BATCH_COLUMNS
from contracts.tables import CUSTOMERS
from ingestion.derive import derive_customers
from tests.made import canonical, order

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Read = Callable[..., ir.Table]


def test_rows_of_one_customer_at_one_time_are_one_order(deliver: Deliver, read: Read) -> None:
    rows = [
        "c1,2024-01-05T10:00:00,10.00,1.00,web",
        "c1,2024-01-05T12:00:00+02:00,5.50,,",
        "c1,2024-01-05T10:00:00.000001,2.00,,web",
        "c2,2024-01-05T10:00:00,3.00,,store",
    ]
    deliver("o.csv", "\n".join(["customer_id,ordered_at,amount,discount,channel", *rows]))
    orders = read("orders", "o.csv").select("order_id", "amount", "discount", "channel")
    assert [tuple(row.values()) for row in orders.to_pyarrow().to_pylist()] == [
        ("c1@2024-01-05T10:00:00.000000", Decimal("15.50"), Decimal("1.00"), "web"),
        ("c1@2024-01-05T10:00:00.000001", Decimal("2.00"), None, "web"),
        ("c2@2024-01-05T10:00:00.000000", Decimal("3.00"), None, "store"),
    ]  # fmt: skip


def test_amounts_of_an_order_are_added_up_to_the_cent(deliver: Deliver, read: Read) -> None:
    amounts = ["9999999.01", *["0.10"] * 1000, "0.01"]
    rows = [f"c1,2024-01-05,{amount}" for amount in amounts]
    deliver("o.csv", "\n".join(["customer_id,ordered_at,amount", *rows]))
    [row] = read("orders", "o.csv").to_pyarrow().to_pylist()
    assert row["amount"] == sum(map(Decimal, amounts)) == Decimal("10000099.02")


def test_orders_with_their_own_id_are_not_merged(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "id,customer_id,ordered_at,amount\n1,c1,2024-01-05,1\n2,c1,2024-01-05,2\n")
    rows = read("orders", "o.csv", columns={"order_id": "id"}).to_pyarrow().to_pylist()
    assert [(row["order_id"], row["amount"]) for row in rows] == [
        ("1", Decimal("1.00")), ("2", Decimal("2.00")),
    ]  # fmt: skip


def test_interactions_keep_their_own_id(deliver: Deliver, read: Read) -> None:
    deliver("i.csv", "interaction_id,customer_id,occurred_at,kind\ni1,c1,2024-01-05,open\n")
    [row] = read("interactions", "i.csv").to_pyarrow().to_pylist()
    assert row["interaction_id"] == "i1"


def test_everyone_who_ordered_is_a_customer_since_the_first_order(engine: Backend) -> None:
    later = datetime.fromisoformat("2024-07-02")
    orders = canonical(
        "orders",
        [
            order("o1", "c1", "2024-03-02", "1.00", batch_id="b2", ingested_at=later),
            order("o2", "c1", "2024-01-02", "1.00", batch_id="b1"),
            order("o3", "c2", "2024-02-02", "1.00", batch_id="b2", ingested_at=later),
        ],
    )
    customers = derive_customers(orders).order_by("customer_id")
    assert [
        (row["customer_id"], row["created_at"].isoformat(), row["batch_id"], row["ingested_at"].day)
        for row in engine.to_pyarrow(customers).to_pylist()
    ] == [("c1", "2024-01-02T12:00:00", "b1", 30), ("c2", "2024-02-02T12:00:00", "b2", 2)]


def test_derived_customers_are_the_canonical_table(engine: Backend) -> None:
    customers = derive_customers(canonical("orders", [order("o1", "c1", "2024-03-02", "1.00")]))
    declared = {column.name: column.type for column in CUSTOMERS.columns}
    assert customers.schema() == ibis.schema({**declared, **BATCH_COLUMNS})
    [row] = engine.to_pyarrow(customers).to_pylist()
    assert {name for name, value in row.items() if value is None} == {
        name for name in declared if name not in {"customer_id", "created_at"}
    }
