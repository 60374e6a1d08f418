"""Tables of databases that SQLAlchemy reads, by SQLite: types that nobody declared, and errors."""

from __future__ import annotations

import sqlite3
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import (
    CursorUnusable,
    DatabaseRefused,
    DatabaseUnreachable,
    QueryFailed,
    RelationMissing,
)
from ingestion.sources.databases import Extract, TableRequest, extract, read_extract
from ingestion.sources.loose_rows import LooseRows

Rows = list[dict[str, Any]]


@pytest.fixture
def shop(tmp_path: Path) -> sqlite3.Connection:
    """Return a new SQLite database."""
    return sqlite3.connect(tmp_path / "shop.db", isolation_level=None)


@pytest.fixture
def read(engine: Backend, tmp_path: Path) -> Callable[..., tuple[Extract, Rows]]:
    """Read one request from the shop; return the extract and its rows."""

    def read(relation: str | None = None, **request: Any) -> tuple[Extract, Rows]:
        url = f"sqlite:///{tmp_path}/shop.db"
        one = extract(url, [TableRequest("orders", relation, **request)], folder=tmp_path)["orders"]
        rows = read_extract(engine, one).order_by("_row").to_pyarrow().to_pylist()
        assert [row.pop("_row") for row in rows] == list(range(1, one.rows + 1))
        return one, rows

    return read


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, 2, None], "int64", [1, 2, None]),
        ([2**62, 1], "int64", [2**62, 1]),
        ([1, 2.5], "float64", [1.0, 2.5]),
        ([2**62, 2.5], "string", [str(2**62), "2.5"]),
        ([1, "2"], "string", ["1", "2"]),
        (["", None, "ä\n"], "string", ["", None, "ä\n"]),
        ([None, None], "string", [None, None]),
        ([float("inf"), 1.5], "float64", [None, 1.5]),
        (["2024-02-29 10:00:00"], "string", ["2024-02-29 10:00:00"]),
        ([b"\x00\xff"], "string", ["00ff"]),
    ],
)
def test_a_column_has_the_type_that_holds_all_its_values(
    shop: sqlite3.Connection,
    read: Callable[..., tuple[Extract, Rows]],
    values: list[object],
    kind: str,
    expected: list[object],
) -> None:
    shop.execute("CREATE TABLE t (v)")
    shop.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
    one, rows = read("t")
    assert one.types == {"v": kind}
    assert [row["v"] for row in rows] == expected


def test_a_value_in_a_late_chunk_changes_the_type_of_all(
    shop: sqlite3.Connection, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    shop.execute("CREATE TABLE t (id INTEGER, v)")
    shop.execute("BEGIN")
    shop.executemany("INSERT INTO t VALUES (?, ?)", ((g, g) for g in range(50_000)))
    shop.execute("INSERT INTO t VALUES (50000, 'none')")
    shop.execute("COMMIT")
    one, rows = read("t")
    assert one.types == {"id": "int64", "v": "string"}
    assert [row["v"] for row in rows] == [*map(str, range(50_000)), "none"]


def test_values_of_other_drivers_keep_their_types(tmp_path: Path) -> None:
    at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    columns = {
        "decimal": [Decimal("1.5"), Decimal("2.25"), Decimal("NaN")],
        "long": [Decimal("1e30"), Decimal("0.5"), None],
        "day": [date(2024, 2, 29), None, None],
        "time": [at.replace(tzinfo=None), None, None],
        "zoned": [at, None, None],
        "both": [at, at.replace(tzinfo=None), None],
        "truth": [True, False, None],
        "mixed": [True, 2, None],
    }
    with LooseRows(tmp_path / "rows", list(columns)) as rows:
        for row in zip(*columns.values(), strict=True):
            rows.write([row])
        schema = rows.schema()
        read = [row for batch in rows.batches(schema) for row in batch.to_pylist()]
    assert [str(kind) for kind in schema.types] == [
        "decimal128(38, 2)", "string", "date32[day]", "timestamp[us]", "timestamp[us, tz=UTC]",
        "string", "bool", "string",
    ]  # fmt: skip
    assert [row["decimal"] for row in read] == [Decimal("1.50"), Decimal("2.25"), None]
    assert [row["zoned"] for row in read] == [at, None, None]
    assert not (tmp_path / "rows").exists()


def test_an_empty_table_has_no_rows(
    shop: sqlite3.Connection, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    shop.execute("CREATE TABLE t (a, b)")
    one, rows = read("t", cursor="b")
    assert (rows, one.newest, list(one.types)) == ([], None, ["a", "b"])


@pytest.mark.parametrize(
    ("values", "newest", "hours", "again"),
    [
        (["2024-01-01 10:00:00", "2024-01-02 10:00:00", "2024-01-03 09:00:00.5", None],
         "2024-01-03 09:00:00.5", 24, [2, 3, 4]),
        (["2024-01-01T10:00Z", "2024-01-02T10:00Z", "2024-01-03T09:00Z"],
         "2024-01-03T09:00Z", 23, [2, 3]),
        (["2024-01-01", "2024-01-02", "2024-01-03"], "2024-01-03", 24, [2, 3]),
        (["2024-01-01", "2024-01-02", "2999-01-03"], "2024-01-02", 24, [1, 2, 3]),
        ([1, 2, 30], "30", 24, [3]),
        ([0.5, 1.5, 2.5], "2.5", 24, [3]),
        (["A001", "A002", "A003"], "A003", 24, [3]),
    ],
)  # fmt: skip
def test_rows_from_the_overlap_on_and_those_without_a_value_are_read_again(
    shop: sqlite3.Connection,
    read: Callable[..., tuple[Extract, Rows]],
    values: list[object],
    newest: str,
    hours: float,
    again: list[int],
) -> None:
    shop.execute("CREATE TABLE t (id INTEGER, at)")
    shop.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values, 1)))
    assert read("t", cursor="at")[0].newest == newest
    _, rows = read("t", cursor="at", since=newest, overlap_hours=hours)
    assert [row["id"] for row in rows] == again


def test_a_query_may_hold_colons_signs_and_a_comment(
    shop: sqlite3.Connection, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    shop.execute("CREATE TABLE t (at)")
    shop.execute("INSERT INTO t VALUES ('10:30')")
    query = (
        "SELECT at, ':at' AS \"a:b\", '50%s {} a: ::b' AS c FROM t WHERE at > '10:00' -- all;\n;"
    )
    assert read(query=query)[1] == [{"at": "10:30", "a:b": ":at", "c": "50%s {} a: ::b"}]


def test_all_tables_are_of_one_moment(
    shop: sqlite3.Connection, engine: Backend, tmp_path: Path
) -> None:
    shop.execute("PRAGMA journal_mode = WAL")
    shop.execute("BEGIN")
    for name in ("giro", "savings"):
        shop.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, balance INTEGER)")
        shop.executemany(f"INSERT INTO {name} VALUES (?, 1000)", [(g,) for g in range(3000)])  # noqa: S608
    shop.execute("COMMIT")
    stop = threading.Event()

    def move() -> None:
        with sqlite3.connect(tmp_path / "shop.db", isolation_level=None) as bank:
            while not stop.is_set():
                bank.execute("BEGIN IMMEDIATE")
                bank.execute("UPDATE giro SET balance = balance - 1")
                bank.execute("UPDATE savings SET balance = balance + 1")
                bank.execute("COMMIT")
        bank.close()

    mover = threading.Thread(target=move)
    mover.start()
    requests = [TableRequest("orders", "giro"), TableRequest("refunds", "savings")]
    moved = set()
    try:
        for _ in range(20):
            extracts = extract(f"sqlite:///{tmp_path}/shop.db", requests, folder=tmp_path)
            sums = [
                read_extract(engine, one).balance.sum().to_pyarrow().as_py()
                for one in extracts.values()
            ]
            assert sum(sums) == 6_000_000
            moved.add(sums[0])
    finally:
        stop.set()
        mover.join()
    assert len(moved) > 10


def failure_of(url: str, folder: Path, request: TableRequest) -> Exception:
    """Return what reading raises, after a look that it says nothing secret."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each test says which
        extract(url, [request], folder=folder)
    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    said = f"{error!s} {error!r} {error.__dict__} {''.join(traceback.format_exception(error))}"
    assert "canary" not in said
    return error


def test_what_fails_is_said_without_secrets(shop: sqlite3.Connection, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    shop.execute("CREATE TABLE customers (name TEXT)")
    shop.execute("INSERT INTO customers VALUES (CAST(x'63616e617279ff' AS TEXT))")  # no UTF-8
    error = failure_of(url, tmp_path, TableRequest("customers", "customers"))
    assert isinstance(error, QueryFailed)
    error = failure_of(url, tmp_path, TableRequest("orders", query="SELECT canary FROM customers"))
    assert isinstance(error, QueryFailed)
    assert "SQLITE_ERROR" in str(error)
    error = failure_of(url, tmp_path, TableRequest("orders", "customers; DROP TABLE customers"))
    assert isinstance(error, RelationMissing)
    assert error.found == ["customers"]
    error = failure_of(url, tmp_path, TableRequest("customers", "customers", cursor="nowhere"))
    assert isinstance(error, CursorUnusable)
    assert "has name" in str(error)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///nowhere.db", "no such file"),
        ("canary", "URL cannot be used"),
        ("nosuch://user:canary@db.example.com/crm", "driver"),
        ("mysql+nosuch://user:canary@db.example.com/crm", "driver"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(tmp_path: Path, url: str, reason: str) -> None:
    error = failure_of(url, tmp_path, TableRequest("orders", "orders"))
    assert isinstance(error, DatabaseRefused)
    assert reason in str(error)
    assert not Path("nowhere.db").exists()


def test_a_locked_database_can_be_tried_again(shop: sqlite3.Connection, tmp_path: Path) -> None:
    shop.execute("CREATE TABLE t (a)")
    shop.execute("BEGIN EXCLUSIVE")
    url = f"sqlite:///{tmp_path}/shop.db?timeout=0.1"
    error = failure_of(url, tmp_path, TableRequest("orders", "t"))
    assert isinstance(error, DatabaseUnreachable)
    assert "lock" in str(error)
