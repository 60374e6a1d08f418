"""One file as a table: whole, with its trailer, and never more or fewer rows than it has."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import UnreadableFile
from ingestion.sources.formats import FileFormat
from tests.ingestion.sources.conftest import read_table
from warehouse.reading import readable

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Tell = Callable[..., FileFormat]
ReadRows = Callable[..., list[dict[str, Any]]]

HEADER = "order_id,customer_id,amount\n"
ROWS = "".join(f"{n},c{n},5\n" for n in range(1, 5001))
TRAILER = r"^END;(?P<rows>\d+)$"


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("7,c7", "line 5,002 of o.csv: it has 2 fields where 3 are expected"),
        ("7,c7,5,9\n", "line 5,002 of o.csv: it has 4 fields where 3 are expected"),
        ('7,c7,"5', "a quote is opened and never closed"),
        ("7,c7,5\r\n", "its line ends differ"),
    ],
    ids=["too few fields", "too many", "open quote", "another line end"],
)
@pytest.mark.parametrize("projected", [True, False])
def test_a_file_cut_off_in_a_record_is_refused_whatever_is_read_of_it(
    last: str, reason: str, projected: bool, deliver: Deliver, engine: Backend, crm: Path,
    workspace: Path,
) -> None:  # fmt: skip
    deliver("o.csv", HEADER + ROWS + last)
    with pytest.raises(UnreadableFile, match=reason), readable("orders", "*.csv"):  # noqa: PT012
        rows = read_table(engine, "o.csv", crm, workspace)
        engine.to_pyarrow(rows.select("order_id") if projected else rows.count())


def test_the_file_among_many_that_is_wrong_is_named(
    deliver: Deliver, engine: Backend, crm: Path, workspace: Path
) -> None:
    deliver("1.csv", HEADER + ROWS)
    deliver("2.csv", HEADER + "1,c1\n")
    with pytest.raises(UnreadableFile, match=r"line 2 of 2\.csv"), readable("orders", "*.csv"):
        engine.to_pyarrow(read_table(engine, "*.csv", crm, workspace))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_trailer_is_no_row(
    packed: bool, encoding: str, end: str, deliver: Deliver, read_rows: ReadRows
) -> None:
    content = f"Stand heute\n{HEADER}1,Müller,5\n2,b,6\nEND;2{end}".encode(encoding)
    name = "o.csv.gz" if packed else "o.csv"
    deliver(name, gzip.compress(content, mtime=0) if packed else content)
    rows = read_rows(name, trailer=TRAILER)
    assert [(row["customer_id"], row["_row"]) for row in rows] == [("Müller", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("1,c1,5\n2,c2,6\n", "its last line is not the trailer; it is cut off"),
        ("1,c1,5\n2,c2,6\nEND;", "its last line is not the trailer; it is cut off"),
        ("1,c1,5\nEND;2\n", "its trailer states 2 rows, and it has 1"),
        ('1,c1,5\n2,"c\n2",6\nEND;3\n', "its trailer states 3 rows, and it has 2"),
        ("END;1\n", "its trailer states 1 rows, and it has 0"),
    ],
)
def test_a_file_without_its_trailer_or_with_other_rows_is_cut_off(
    rest: str, reason: str, deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("o.csv", HEADER + rest)
    with pytest.raises(UnreadableFile, match=reason):
        read_rows("o.csv", trailer=TRAILER)


def test_a_trailer_may_state_no_rows_and_close_json_lines(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("o.csv", HEADER + "1,c1,5\n--- end ---\n")
    assert len(read_rows("o.csv", trailer="--- end ---")) == 1
    deliver("o.jsonl", '{"order_id": "1"}\n{"rows": 1}\n')
    rows = read_rows("o.jsonl", trailer=r'\{"rows": (?P<rows>\d+)\}')
    assert [row["order_id"] for row in rows] == ["1"]


def test_the_line_of_a_fault_counts_from_the_top_of_the_file(
    deliver: Deliver, engine: Backend, crm: Path, workspace: Path
) -> None:
    above = '"Straßen\r\nim Mai"\r\n\r\n'
    deliver("1.csv", f"{above}order_id,amount\r\n1,5\r\n2\r\n".encode("cp1252"))
    with pytest.raises(UnreadableFile, match=r"line 6 of 1\.csv"), readable("orders", "*.csv"):
        engine.to_pyarrow(read_table(engine, "1.csv", crm, workspace))


def test_rows_keep_their_numbers_in_large_files(
    deliver: Deliver, engine: Backend, crm: Path, workspace: Path
) -> None:
    deliver("o.csv", "order_id\n" + "".join(f"{n}\n" for n in range(1, 1_000_001)))
    deliver("o.parquet", pa.table({"order_id": [str(n) for n in range(1, 300_001)]}))
    for name in ("o.csv", "o.parquet"):
        rows = read_table(engine, name, crm, workspace)
        wrong = rows.filter(rows._row != rows.order_id.cast("int64")).count()
        assert engine.to_pyarrow(wrong).as_py() == 0


def test_parquet_is_read_column_by_column_without_a_window(
    deliver: Deliver, engine: Backend, crm: Path, workspace: Path
) -> None:
    deliver("o.parquet", pa.table({"order_id": ["1"], "note": ["x"]}))
    sql = engine.compile(read_table(engine, "o.parquet", crm, workspace).select("order_id", "_row"))
    assert "OVER" not in str(sql)
    deliver("o.parquet", pa.table({"order_id": ["1"], "File_Row_Number": [7]}))
    [row] = engine.to_pyarrow(read_table(engine, "o.parquet", crm, workspace)).to_pylist()
    assert (row["File_Row_Number"], row["_row"]) == (7, 1)


def test_values_of_json_lines_are_text_as_written_there(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver(
        "o.jsonl",
        '{"order_id": "007", " amount ": 1.5, "big": 12345678901234567890, "day": "01/02/2024"}\n'
        "\n"
        '{"order_id": 8, "flag": true, "who": {"name": "A", "tags": [1]}, "list": [1, 2],'
        ' "no": null}\n',
    )
    first, second = read_rows("o.jsonl")
    assert (first["order_id"], first["amount"], first["big"], first["day"]) == (
        "007", "1.5", "12345678901234567890", "01/02/2024",
    )  # fmt: skip
    assert (second["order_id"], second["flag"], second["who"], second["list"], second["no"]) == (
        "8", "true", '{"name":"A","tags":[1]}', "[1,2]", None,
    )  # fmt: skip
    assert (second["amount"], second["_row"]) == (None, 2)


def test_a_key_that_comes_late_is_a_column(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("o.jsonl", '{"order_id": "1"}\n' * 50_000 + '{"order_id": "2", "late": "x"}\n')
    assert read_rows("o.jsonl")[-1]["late"] == "x"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"order_id": "1"}\n{"order_id": "2', "line 2 is no whole JSON object"),
        ('[{"order_id": "1"}]\n', "line 1 is no whole JSON object; there must be one on each line"),
        ('{\n"order_id": "1"\n}\n', "line 1 is no whole JSON object"),
        ('{"order_id": "1"}{"order_id": "2"}\n', "line 1 is no whole JSON object"),
        ('{"order_id": "1", "Order_Id": "2"}\n', "keys that differ in nothing but case"),
        ("[" * 100_000, "line 1 is no whole JSON object"),
    ],
    ids=["cut off", "array", "spread", "two on a line", "case", "deep"],
)
def test_what_is_no_json_lines_is_refused_with_its_line(
    content: str, reason: str, deliver: Deliver, tell: Tell
) -> None:
    deliver("o.jsonl", content)
    with pytest.raises(UnreadableFile, match=reason):
        tell("o.jsonl")


def test_numbers_and_times_of_json_lines_are_told(deliver: Deliver, tell: Tell) -> None:
    deliver("o.jsonl", '{"amount": "1.234,5", "ordered_at": "31.01.2024"}\n{"amount": 5}\n')
    assert tell("o.jsonl") == FileFormat(
        "jsonl", decimal=",", thousands=".", timestamp_formats={"ordered_at": "%d.%m.%Y"}
    )
    deliver("o.jsonl", '{"amount": 1.234, "ordered_at": 20240131}\n')
    assert tell("o.jsonl") == FileFormat("jsonl", timestamp_formats={"ordered_at": "%Y%m%d"})
