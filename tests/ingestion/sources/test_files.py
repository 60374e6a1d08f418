from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contracts.errors import ColumnMissing, EmptyTable, FileChanged, SourceMissing
from contracts.names import file_digest
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery, unchanged
from ingestion.sources.files import find_deliveries

Deliver = Callable[[str, str | bytes | pa.Table], Path]
ReadRows = Callable[..., list[dict[str, Any]]]

HEADER = "order_id,customer_id,ordered_at,amount\n"
JANUARY = HEADER + "1,c1,2024-01-05,10.00\n2,c2,2024-01-06,20.00\n"
FEBRUARY = HEADER + "3,c1,2024-02-05,30.00\n"


def order_ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["order_id"] for row in rows]


def found(path: str, folder: Path, workspace: Path) -> list[Delivery]:
    source = SourceSettings(path=path)
    return find_deliveries("orders", source, folder=folder, workspace=workspace)


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
    deliver: Deliver, read_rows: ReadRows, name: str, content: str | pa.Table
) -> None:
    deliver(name, content)
    assert [
        (row["order_id"], row["customer_id"], str(row["ordered_at"])[:10], float(row["amount"]))
        for row in read_rows(name)
    ] == [("1", "c1", "2024-01-05", 10.0), ("2", "c2", "2024-01-06", 20.0)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("orders [1].csv", "orders [1].csv"),
        ("orders [1].csv", "orders [[]1].csv"),
        ("orders*?.csv", "orders*?.csv"),
        ("orders [1].csv", "*.csv"),
        ("old [2024]/orders.csv", "old [2024]/*.csv"),
        ("old [2024]/a/orders [*].csv", "**/orders [*].csv"),
    ],
)
@pytest.mark.parametrize("content", [JANUARY, as_parquet()], ids=["csv", "parquet"])
def test_names_with_signs_of_patterns_are_found_and_read(
    deliver: Deliver, read_rows: ReadRows, crm: Path, name: str, path: str, content: str | pa.Table
) -> None:
    (crm / name).parent.mkdir(parents=True, exist_ok=True)
    deliver(name, content)
    assert order_ids(read_rows(path)) == ["1", "2"]


def test_a_name_that_is_a_pattern_too_hides_no_other_file(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    """As a shell leaves it behind when a pattern of its own matched nothing."""
    deliver("orders-*.csv", JANUARY)
    deliver("orders-1.csv", FEBRUARY)
    names = [each.name for each in found("orders-*.csv", crm, workspace)]
    assert names == ["orders-*.csv", "orders-1.csv"]


def test_a_rewritten_file_is_known_as_such_whatever_its_times_say(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    path = deliver("orders.csv", JANUARY)
    [before] = found("orders.csv", crm, workspace)
    times = path.stat()
    path.write_text(JANUARY.replace("10.00", "11.00"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    [after] = found("orders.csv", crm, workspace)
    assert before.version == after.version
    assert before.digest != after.digest


def change(path: Path) -> None:
    with path.open("a") as file:
        file.write("9,c9,2024-01-09,1.00\n")


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("meanwhile", [change, replace, Path.unlink])
@pytest.mark.parametrize("fails", [True, False], ids=["reading fails", "reading succeeds"])
def test_a_file_that_changes_or_vanishes_while_it_is_read_is_told_as_that(
    deliver: Deliver,
    crm: Path,
    workspace: Path,
    meanwhile: Callable[[Path], None],
    fails: bool,
) -> None:
    path = deliver("orders.csv", JANUARY)
    deliveries = found("orders.csv", crm, workspace)

    def read() -> None:
        with unchanged("orders", deliveries):
            meanwhile(path)
            if fails:
                raise ValueError("what stands in it cannot be read")

    with pytest.raises(FileChanged, match=r"`orders\.csv` changed or vanished while it was read"):
        read()


def test_what_is_wrong_with_a_file_that_did_not_change_is_told_as_it_is(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    deliver("orders.csv", JANUARY)
    deliveries = found("orders.csv", crm, workspace)
    with pytest.raises(ValueError, match="as it is"), unchanged("orders", deliveries):
        raise ValueError("as it is")


@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet", "orders.jsonl"])
def test_rows_are_numbered_from_1_in_their_file_and_files_from_0(
    deliver: Deliver, read_rows: ReadRows, name: str
) -> None:
    lines = '{"order_id": "1"}\n{"order_id": "2"}\n'
    contents = {"csv": JANUARY, "jsonl": lines, "parquet": as_parquet()}
    deliver(name, contents[name.partition(".")[2]])
    rows = read_rows(name)
    assert [(row["_file"], row["_row"]) for row in rows] == [(0, 1), (0, 2)]


def test_a_glob_reads_every_file_and_each_row_names_its_own(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("2024-02.csv", FEBRUARY)
    deliver("2024-01.csv", JANUARY)
    assert [(row["order_id"], row["_file"], row["_row"]) for row in read_rows("2024-*.csv")] == [
        ("1", 0, 1), ("2", 0, 2), ("3", 1, 1),
    ]  # fmt: skip


def test_same_file_under_another_name_counts_once(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("a.csv", JANUARY)
    deliver("b.csv", JANUARY)
    assert order_ids(read_rows("*.csv")) == ["1", "2"]


def test_deliveries_come_in_name_order_with_the_hash_of_their_content(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    paths = sorted(deliver(name, HEADER + name) for name in ("c.csv", "a.csv", "b.csv"))
    deliveries = found("*.csv", crm, workspace)
    assert [delivery.path for delivery in deliveries] == paths
    assert [delivery.name for delivery in deliveries] == ["a.csv", "b.csv", "c.csv"]
    assert [delivery.digest for delivery in deliveries] == [
        file_digest(path)[:16] for path in paths
    ]
    assert {delivery.size for delivery in deliveries} == {len(HEADER) + 5}


@pytest.mark.parametrize("path", ["orders.csv", "*.csv", "old/*.csv", "folder"])
def test_source_without_a_file_is_missing(crm: Path, workspace: Path, path: str) -> None:
    (crm / "folder").mkdir()
    with pytest.raises(SourceMissing) as missing:
        found(path, crm, workspace)
    assert (missing.value.table, missing.value.path) == ("orders", path)


def test_an_absolute_path_and_one_above_the_folder_are_found(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    path = deliver("orders.csv", JANUARY)
    (crm / "settings").mkdir()
    for pattern, folder in ((str(path), Path("/nowhere")), ("../*.csv", crm / "settings")):
        deliveries = found(pattern, folder, workspace)
        assert [delivery.path.resolve() for delivery in deliveries] == [path.resolve()]


def test_brackets_in_a_file_name_stand_for_themselves(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("orders1.csv", JANUARY)
    deliver("orders[1].csv", FEBRUARY)
    assert order_ids(read_rows("*.csv")) == ["1", "2", "3"]


def test_brackets_in_the_name_of_the_folder_stand_for_themselves(
    deliver: Deliver, crm: Path, workspace: Path
) -> None:
    path = deliver("shop [new]/orders.csv", JANUARY)
    deliveries = found("*.csv", path.parent, workspace)
    assert [delivery.path for delivery in deliveries] == [path]


def test_headers_padded_with_blanks_are_read_without_them(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("orders.csv", " order_id , customer_id,ordered_at ,\tamount \n1,c1,2024-01-05,10\n")
    deliver("orders.parquet", as_parquet().rename_columns(["order_id ", " customer_id", "t", "a "]))
    assert order_ids(read_rows("orders.csv")) == ["1"]
    columns = {"ordered_at": "t", "amount": "a"}
    assert order_ids(read_rows("orders.parquet", columns=columns)) == ["1", "2"]


def test_a_stated_delimiter_is_not_guessed(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("orders.csv", "id:customer:day,time:sum\n1:c1:2024-01-05:10,5\n")
    columns = {"order_id": "id", "customer_id": "customer", "ordered_at": "day,time"}
    [row] = read_rows("orders.csv", columns={**columns, "amount": "sum"}, delimiter=":")
    assert row["sum"] == "10,5"


def test_rows_that_begin_with_a_number_sign_are_rows(deliver: Deliver, read_rows: ReadRows) -> None:
    rows = [f"{order_id},c1,2024-01-05,1.00\n" for order_id in ("#1001", "#1002", "1003")]
    deliver("orders.csv", HEADER + "".join(rows))
    assert order_ids(read_rows("orders.csv")) == ["#1001", "#1002", "1003"]


def test_quoted_cells_keep_what_is_inside(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("orders.csv", HEADER + '"1","c1, ""the\nsecond""","2024-01-05","10.00"\n')
    [row] = read_rows("orders.csv")
    assert (row["customer_id"], row["amount"]) == ('c1, "the\nsecond"', "10.00")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", b""),
        ("orders.csv.gz", b""),
        ("orders.csv.gz", gzip.compress(b"", mtime=0)),
        ("orders.parquet", b""),
        ("orders.csv", b"\n\n"),
    ],
    ids=["no bytes", "gz without bytes", "gz of nothing", "parquet without bytes", "blank lines"],
)
def test_a_file_without_a_header_is_an_empty_table(
    deliver: Deliver, read_rows: ReadRows, name: str, content: bytes
) -> None:
    deliver(name, content)
    with pytest.raises(EmptyTable, match=r"Table `orders`: `.*orders\.\w+(\.gz)?` has no rows"):
        read_rows(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", HEADER.encode()),
        ("orders.csv", HEADER.rstrip().encode()),
        ("orders.parquet", as_parquet().slice(0, 0)),
    ],
    ids=["header", "header without end", "parquet"],
)
def test_a_file_with_nothing_but_its_header_has_no_rows(
    deliver: Deliver, read_rows: ReadRows, name: str, content: bytes | pa.Table
) -> None:
    deliver(name, content)
    assert read_rows(name) == []


def test_a_file_without_bytes_among_others_is_named(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "")
    with pytest.raises(EmptyTable) as empty:
        read_rows("*.csv")
    assert empty.value.path == "2.csv"


def test_a_month_with_a_header_only_is_a_month_without_orders(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", HEADER)
    assert order_ids(read_rows("*.csv")) == ["1", "2"]


@pytest.mark.parametrize("lacking", ["1.csv", "2.csv"])
def test_a_column_that_only_some_files_have_stops_the_run(
    deliver: Deliver, read_rows: ReadRows, lacking: str
) -> None:
    for name in ("1.csv", "2.csv"):
        discount = "" if name == lacking else ",Rabatt"
        deliver(name, JANUARY.replace("\n", f"{discount}\n", 1).replace("0\n", f"0{discount}\n"))
    with pytest.raises(ColumnMissing) as missing:
        read_rows("*.csv", columns={"discount": "Rabatt"})
    assert missing.value.missing == ["Rabatt"]
    assert missing.value.found == ["order_id", "customer_id", "ordered_at", "amount"]
    assert f"{lacking}` lacks column `Rabatt`" in str(missing.value)


def test_an_optional_column_of_some_files_is_not_lost_by_their_order(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "order_id,customer_id,ordered_at,amount,discount\n3,c1,2024-02-05,30,5\n")
    with pytest.raises(ColumnMissing, match=r"1\.csv` lacks column `discount`"):
        read_rows("*.csv")


def test_a_column_nobody_reads_may_come_and_go(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "note,order_id,customer_id,ordered_at,amount\nx,3,c1,2024-02-05,30\n")
    assert order_ids(read_rows("*.csv")) == ["1", "2", "3"]


def test_files_may_order_their_columns_differently(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("1.csv", JANUARY)
    deliver("2.csv", "amount,ordered_at,customer_id,order_id\n30,2024-02-05,c1,3\n")
    rows = read_rows("*.csv")
    assert (rows[2]["order_id"], rows[2]["amount"]) == ("3", "30")


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
    deliver: Deliver, read_rows: ReadRows, changed: dict[str, pa.Array | list[object]]
) -> None:
    deliver("1.parquet", as_parquet())
    deliver("2.parquet", as_parquet(**changed))
    rows = read_rows("*.parquet")
    assert len(rows) == 4
    assert {float(row["amount"]) for row in rows} == {10.0, 20.0}


def test_csv_and_parquet_of_one_source_are_read_together(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("1.parquet", as_parquet())
    deliver("2.csv", FEBRUARY)
    rows = read_rows("*")
    assert [
        (row["order_id"], str(row["ordered_at"])[:10], float(row["amount"])) for row in rows
    ] == [("1", "2024-01-05", 10.0), ("2", "2024-01-06", 20.0), ("3", "2024-02-05", 30.0)]
