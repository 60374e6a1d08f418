from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from contracts.errors import ColumnMissing, EmptyTable, SourceMissing, UnreadableValues
from contracts.names import file_digest
from ingestion.settings import SourceSettings
from ingestion.sources.files import find_deliveries

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Read = Callable[..., ir.Table]

HEADER = "order_id,customer_id,ordered_at,amount\n"
JANUARY = HEADER + "1,c1,2024-01-05,10.00\n2,c2,2024-01-06,20.00\n"
FEBRUARY = HEADER + "3,c1,2024-02-05,30.00\n"


def order_ids(orders: ir.Table) -> list[str]:
    return [row["order_id"] for row in orders.to_pyarrow().to_pylist()]


def as_parquet(**changed: pa.Array | list[object]) -> pa.Table:
    """Return two orders as a table of Arrow, with columns changed or added."""
    columns: dict[str, pa.Array | list[object]] = {
        "order_id": ["1", "2"],
        "customer_id": ["c1", "c2"],
        "ordered_at": [datetime.fromisoformat(f"2024-01-0{day}") for day in (5, 6)],
        "amount": [10.0, 20.0],
    }
    return pa.table(columns | changed)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", JANUARY),
        ("orders.csv.gz", JANUARY),
        ("orders.parquet", as_parquet()),
        ("orders.pq", as_parquet()),
        ("orders.txt", JANUARY.replace(",", ";")),
        ("orders.tsv", JANUARY.replace(",", "\t")),
        ("orders.csv", "\ufeff" + JANUARY),
        ("orders.csv", JANUARY.replace("\n", "\r\n")),
        ("orders.csv", JANUARY.rstrip()),
    ],
    ids=["csv", "gz", "parquet", "pq", "semicolons", "tabs", "byte order mark", "crlf", "no end"],
)
def test_every_kind_of_file_says_the_same(
    deliver: Deliver, read: Read, name: str, content: str | pa.Table
) -> None:
    deliver(name, content)
    orders = read("orders", name).select("order_id", "customer_id", "ordered_at", "amount")
    assert orders.to_pyarrow().to_pylist() == [
        {
            "order_id": order_id,
            "customer_id": customer_id,
            "ordered_at": datetime.fromisoformat(day),
            "amount": Decimal(amount),
        }
        for order_id, customer_id, day, amount in (
            ("1", "c1", "2024-01-05", "10.00"),
            ("2", "c2", "2024-01-06", "20.00"),
        )
    ]


def test_a_glob_reads_every_file_and_each_row_names_its_own(deliver: Deliver, read: Read) -> None:
    paths = [deliver("2024-02.csv", FEBRUARY), deliver("2024-01.csv", JANUARY)]
    february, january = (file_digest(path)[:16] for path in paths)
    rows = read("orders", "2024-*.csv").to_pyarrow().to_pylist()
    assert [(row["order_id"], row["batch_id"]) for row in rows] == [
        ("1", january), ("2", january), ("3", february),
    ]  # fmt: skip


def test_same_file_under_another_name_counts_once(deliver: Deliver, read: Read) -> None:
    deliver("a.csv", JANUARY)
    deliver("b.csv", JANUARY)
    assert order_ids(read("orders", "*.csv")) == ["1", "2"]


def test_deliveries_come_in_name_order_with_the_hash_of_their_content(
    deliver: Deliver, crm: Path
) -> None:
    paths = [deliver(name, HEADER + name) for name in ("c.csv", "a.csv", "b.csv")]
    found = find_deliveries("orders", SourceSettings(path="*.csv"), folder=crm)
    assert [delivery.path for delivery in found] == sorted(paths)
    assert [delivery.batch_id for delivery in found] == [
        file_digest(path)[:16] for path in sorted(paths)
    ]


@pytest.mark.parametrize("path", ["orders.csv", "*.csv", "old/*.csv", "folder"])
def test_source_without_a_file_is_missing(crm: Path, path: str) -> None:
    (crm / "folder").mkdir()
    with pytest.raises(SourceMissing) as missing:
        find_deliveries("orders", SourceSettings(path=path), folder=crm)
    assert (missing.value.table, missing.value.path) == ("orders", path)


def test_an_absolute_path_and_one_above_the_folder_are_found(deliver: Deliver, crm: Path) -> None:
    path = deliver("orders.csv", JANUARY)
    (crm / "settings").mkdir()
    for pattern, folder in ((str(path), Path("/nowhere")), ("../*.csv", crm / "settings")):
        found = find_deliveries("orders", SourceSettings(path=pattern), folder=folder)
        assert [delivery.path.resolve() for delivery in found] == [path.resolve()]


def test_brackets_in_a_file_name_stand_for_themselves(deliver: Deliver, read: Read) -> None:
    deliver("orders1.csv", JANUARY)
    deliver("orders[1].csv", FEBRUARY)
    assert order_ids(read("orders", "*.csv")) == ["1", "2", "3"]


def test_brackets_in_the_name_of_the_folder_stand_for_themselves(
    deliver: Deliver, crm: Path
) -> None:
    path = deliver("shop [new]/orders.csv", JANUARY)
    found = find_deliveries("orders", SourceSettings(path="*.csv"), folder=path.parent)
    assert [delivery.path for delivery in found] == [path]


def test_headers_padded_with_blanks_are_read_without_them(deliver: Deliver, read: Read) -> None:
    deliver("orders.csv", " order_id , customer_id,ordered_at ,\tamount \n1,c1,2024-01-05,10\n")
    deliver("orders.parquet", as_parquet().rename_columns(["order_id ", " customer_id", "t", "a "]))
    assert order_ids(read("orders", "orders.csv")) == ["1"]
    columns = {"ordered_at": "t", "amount": "a"}
    assert order_ids(read("orders", "orders.parquet", columns=columns)) == ["1", "2"]


def test_a_stated_delimiter_is_not_guessed(deliver: Deliver, read: Read) -> None:
    deliver("orders.csv", "id:customer:day,time:sum\n1:c1:2024-01-05:10,5\n")
    columns = {"order_id": "id", "customer_id": "customer", "ordered_at": "day,time"}
    with pytest.raises(UnreadableValues, match=r"1 values of `sum`"):
        read("orders", "orders.csv", columns={**columns, "amount": "sum"}, delimiter=":")


def test_rows_that_begin_with_a_number_sign_are_rows(deliver: Deliver, read: Read) -> None:
    rows = [f"{order_id},c1,2024-01-05,1.00\n" for order_id in ("#1001", "#1002", "1003")]
    deliver("orders.csv", HEADER + "".join(rows))
    assert order_ids(read("orders", "orders.csv")) == ["#1001", "#1002", "1003"]


def test_quoted_cells_keep_what_is_inside(deliver: Deliver, read: Read) -> None:
    deliver("orders.csv", HEADER + '"1","c1, ""the\nsecond""","2024-01-05","10.00"\n')
    [row] = read("orders", "orders.csv").to_pyarrow().to_pylist()
    assert (row["customer_id"], row["amount"]) == ('c1, "the\nsecond"', Decimal("10.00"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", b""),
        ("orders.csv.gz", b""),
        ("orders.csv.gz", gzip.compress(b"")),
        ("orders.parquet", b""),
        ("orders.csv", b"\n\n"),
        ("orders.csv", HEADER.encode()),
        ("orders.csv", HEADER.rstrip().encode()),
        ("orders.parquet", as_parquet().slice(0, 0)),
    ],
    ids=[
        "no bytes", "gz without bytes", "gz of nothing", "parquet without bytes", "blank lines",
        "header", "header without end", "parquet without rows",
    ],
)  # fmt: skip
def test_a_file_without_rows_is_an_empty_table(
    deliver: Deliver, read: Read, name: str, content: bytes | pa.Table
) -> None:
    deliver(name, content)
    with pytest.raises(EmptyTable, match=r"Table `orders`: `.*orders\.\w+(\.gz)?` has no rows"):
        read("orders", name)


def test_a_file_without_bytes_among_others_is_named(deliver: Deliver, read: Read) -> None:
    deliver("1.csv", JANUARY)
    hollow = deliver("2.csv", "")
    with pytest.raises(EmptyTable) as empty:
        read("orders", "*.csv")
    assert empty.value.path == str(hollow)


def test_a_month_with_a_header_only_is_a_month_without_orders(deliver: Deliver, read: Read) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", HEADER)
    assert order_ids(read("orders", "*.csv")) == ["1", "2"]


@pytest.mark.parametrize("lacking", ["1.csv", "2.csv"])
def test_a_column_that_only_some_files_have_stops_the_run(
    deliver: Deliver, read: Read, lacking: str
) -> None:
    for name in ("1.csv", "2.csv"):
        discount = "" if name == lacking else ",Rabatt"
        deliver(name, JANUARY.replace("\n", f"{discount}\n", 1).replace("0\n", f"0{discount}\n"))
    with pytest.raises(ColumnMissing) as missing:
        read("orders", "*.csv", columns={"discount": "Rabatt"})
    assert missing.value.missing == ["Rabatt"]
    assert missing.value.found == ["order_id", "customer_id", "ordered_at", "amount"]
    assert f"{lacking}` lacks column `Rabatt`" in str(missing.value)


def test_an_optional_column_of_some_files_is_not_lost_by_their_order(
    deliver: Deliver, read: Read
) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "order_id,customer_id,ordered_at,amount,discount\n3,c1,2024-02-05,30,5\n")
    with pytest.raises(ColumnMissing, match=r"1\.csv` lacks column `discount`"):
        read("orders", "*.csv")


def test_a_column_nobody_reads_may_come_and_go(deliver: Deliver, read: Read) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "note,order_id,customer_id,ordered_at,amount\nx,3,c1,2024-02-05,30\n")
    assert order_ids(read("orders", "*.csv")) == ["1", "2", "3"]


def test_files_may_order_their_columns_differently(deliver: Deliver, read: Read) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "amount,ordered_at,customer_id,order_id\n30,2024-02-05,c1,3\n")
    rows = read("orders", "*.csv").to_pyarrow().to_pylist()
    assert (rows[2]["order_id"], rows[2]["amount"]) == ("3", Decimal("30.00"))


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": [10, 20]},
        {"amount": ["10.00", "20.00"]},
        {"customer_id": [1, 2]},
        {"ordered_at": pa.array([0, 0], pa.timestamp("ns"))},
        {"ordered_at": pa.array([0, 0], pa.date32())},
        {"ordered_at": ["2024-01-05", "2024-01-06"]},
        {"order_id": pa.nulls(2)},
    ],
    ids=["whole", "text amounts", "whole ids", "nanoseconds", "dates", "text dates", "nothing"],
)
def test_files_may_type_their_columns_differently(
    deliver: Deliver, read: Read, changed: dict[str, pa.Array | list[object]]
) -> None:
    deliver("1.parquet", as_parquet())
    deliver("2.parquet", as_parquet(**changed))
    rows = read("orders", "*.parquet").to_pyarrow().to_pylist()
    assert len(rows) == 4
    assert {row["amount"] for row in rows} == {Decimal("10.00"), Decimal("20.00")}


def test_csv_and_parquet_of_one_source_are_read_together(deliver: Deliver, read: Read) -> None:
    deliver("1.parquet", as_parquet())
    deliver("2.csv", FEBRUARY)
    rows = read("orders", "*").to_pyarrow().to_pylist()
    assert [(row["order_id"], row["ordered_at"].day, row["amount"]) for row in rows] == [
        ("1", 5, Decimal("10.00")), ("2", 6, Decimal("20.00")), ("3", 5, Decimal("30.00")),
    ]  # fmt: skip
