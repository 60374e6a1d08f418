"""Deliveries without a row: a quiet day is no failure, and an emptied table is no quiet day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from contracts.errors import EmptyTable, NotEnoughData, ValidationFailed
from flows.dates import settle_as_of
from tests.flows.deliveries import HEADER, Shop, lines

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

COLUMNS = ["id", "customer", "date", "amount"]
DATABASE = """
[databases.crm]
url_env = "CRM_URL"
[sources.customers]
database = "crm"
relation = "customers"
[sources.refunds]
database = "crm"
relation = "refunds"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a project with one delivery of a hundred orders."""
    made = Shop(tmp_path)
    file = tmp_path / "stammkunde.toml"
    file.write_text(file.read_text().replace("orders/*.csv", "orders/*"))
    made.deliver("orders/1.csv", HEADER + lines(range(100)))
    return made


def workbook(folder: Path) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(COLUMNS)
    book.save(folder / "empty.xlsx")
    content = (folder / "empty.xlsx").read_bytes()
    (folder / "empty.xlsx").unlink()
    return content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2.csv", lambda _: HEADER),
        ("2.xlsx", workbook),
        ("2.parquet", lambda _: pa.table({name: pa.array([], pa.string()) for name in COLUMNS})),
        # What pandas writes of a frame without a row.
        ("2.parquet", lambda _: pa.table({name: pa.array([], pa.null()) for name in COLUMNS})),
    ],
    ids=["csv", "excel", "parquet", "parquet without types"],
)
def test_a_file_without_rows_is_accepted_once_and_told(
    shop: Shop, name: str, content: Callable[[Path], str | bytes | pa.Table]
) -> None:
    shop.ingest()
    shop.deliver(f"orders/{name}", content(shop.folder))
    found = shop.ingest()
    assert len(shop.orders(found)) == 100
    assert shop.batches()[1] | {"staged": 0, "accepted": 0, "deleted": 0} == shop.batches()[1]
    assert any("the delivery has rows" in line for line in found.findings)
    shop.ingest()
    assert len(shop.batches()) == 2


def test_types_of_an_empty_parquet_are_not_held_against_the_next_one(shop: Shop) -> None:
    (shop.folder / "orders/1.csv").unlink()

    def typed(first: int, count: int) -> pa.Table:
        return pa.table(
            {
                "id": pa.array(range(first, first + count), pa.int64()),
                "customer": pa.array(range(count), pa.int64()),
                "date": pa.array([date(2024, 3, 1)] * count, pa.date32()),
                "amount": pa.array([1.5] * count, pa.float64()),
            }
        )

    shop.deliver("orders/1.parquet", typed(0, 100))
    shop.ingest()
    shop.deliver("orders/2.parquet", pa.table({n: pa.array([], pa.string()) for n in COLUMNS}))
    shop.ingest()
    shop.deliver("orders/3.parquet", typed(500, 10))
    assert len(shop.orders(shop.ingest())) == 110


def test_an_empty_first_delivery_is_accepted_and_there_is_nothing_to_learn_from(
    shop: Shop,
) -> None:
    shop.deliver("orders/1.csv", HEADER)
    found = shop.ingest()
    assert shop.orders(found) == {}
    assert shop.rows("customers", found, "customer_id") == []
    with pytest.raises(NotEnoughData, match="`orders` has no order yet"):
        settle_as_of(str(shop.folder / "stammkunde.toml"), found.tables["orders"], None)
    shop.deliver("orders/2.csv", HEADER + lines(range(10)))
    assert len(shop.orders(shop.ingest())) == 10


def test_a_file_without_a_byte_stays_an_error(shop: Shop) -> None:
    shop.ingest()
    shop.deliver("orders/2.csv", "")
    with pytest.raises(EmptyTable, match=r"orders/2\.csv"):
        shop.ingest()
    assert len(shop.batches()) == 1


def test_a_complete_delivery_without_rows_does_not_empty_a_table_by_itself(shop: Shop) -> None:
    shop.configure(more='[sources.customers]\npath = "customers/*.csv"\ncomplete = true\n')
    shop.deliver("customers/1.csv", "customer_id\n" + "".join(f"c{n:02}\n" for n in range(50)))
    shop.ingest()
    shop.deliver("customers/2.csv", "customer_id\n")
    with pytest.raises(ValidationFailed, match="50 rows before this delivery, 0 with it"):
        shop.ingest()
    found = shop.ingest(accept_volume=["customers"])
    assert shop.rows("customers", found, "customer_id") == []
    assert shop.batches("customers")[1]["deleted"] == 50


def test_an_emptied_table_of_a_database_is_told_by_the_gate(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that has always been empty is nothing to tell."""
    shop.configure(more=DATABASE)
    database = shop.folder / "crm.db"
    monkeypatch.setenv("CRM_URL", f"sqlite:///{database}")
    with closing(sqlite3.connect(database)) as crm, crm:
        crm.execute("CREATE TABLE customers (customer_id TEXT, country TEXT)")
        crm.execute(
            "CREATE TABLE refunds (refund_id INTEGER, customer_id INTEGER, refunded_at TEXT,"
            " amount REAL)"
        )
        crm.executemany(
            "INSERT INTO customers VALUES (?, 'DE')", [(f"c{n:02}",) for n in range(150)]
        )
    found = shop.ingest()
    assert set(found.tables) == {"orders", "customers"}
    assert not any("the delivery has rows" in line for line in found.findings)
    with closing(sqlite3.connect(database)) as crm, crm:
        crm.execute("DELETE FROM customers")
    with pytest.raises(ValidationFailed, match="150 rows before this delivery, 0 with it"):
        shop.ingest()
    accepted = shop.ingest(accept_volume=["customers"])
    assert shop.rows("customers", accepted, "customer_id") == []
    # What was accepted is no news the next time.
    shop.ingest()
    assert len(shop.batches("customers")) == 2


def test_orders_without_a_return_bring_no_empty_refunds(shop: Shop) -> None:
    shop.configure(orders='negative_amounts = "refunds"')
    shop.deliver("orders/2.csv", HEADER + "r1,c01,2024-03-05,-3.50\n")
    shop.ingest()
    shop.deliver("orders/3.csv", HEADER + lines(range(200, 210)))
    found = shop.ingest()
    assert not any("the delivery has rows" in line for line in found.findings)
    assert [counts["staged"] for counts in shop.batches("refunds")] == [1]


def test_many_orders_without_a_return_are_staged(shop: Shop) -> None:
    """Of more than 16 MB, buckets are written; of no row, none is."""
    shop.configure(orders='negative_amounts = "refunds"')
    filler = "x" * 200
    many = "".join(line + f",{filler}\n" for line in lines(range(90_000)).splitlines())
    file = shop.deliver("orders/1.csv", HEADER.rstrip() + ",filler\n" + many)
    assert file.stat().st_size > 16 * 2**20
    found = shop.ingest()
    assert set(found.tables) == {"orders", "customers"}
    assert len(shop.orders(found)) == 90_000
