"""Tables of a real PostgreSQL: values, types, what is new, one moment, and what errors may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import (
    CursorUnusable,
    QueryFailed,
)
from ingestion.sources.databases import Extract, TableRequest, extract, read_extract
from tests.postgres import Server

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def crm(postgres: Server) -> str:
    """Return the address of a small CRM, for a role that may read some of it."""
    postgres.create(
        "crm",
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.orders (id bigint PRIMARY KEY, amount numeric(12,2), at timestamptz)",
        "INSERT INTO sales.orders VALUES (1, 9.90, '2024-01-01 12:00+01'), (2, NULL, NULL)",
        "CREATE TABLE customers (id int, name text, changed_at timestamp)",
        "INSERT INTO customers VALUES (1, 'canary-value', '2024-02-29 23:59:59.999999')",
        "CREATE TABLE secrets (id int)",
        "ALTER DATABASE crm SET DateStyle = 'SQL, DMY'",
        "ALTER DATABASE crm SET TimeZone = 'Asia/Tokyo'",
        "ALTER DATABASE crm SET extra_float_digits = -5",
    )
    with psycopg.connect(postgres.url("crm"), autocommit=True) as connection:
        connection.execute("GRANT USAGE ON SCHEMA sales TO PUBLIC")
    return postgres.reader("crm", "sales.orders", "customers", password="canary-password")


@pytest.fixture
def read(engine: Backend, crm: str, tmp_path: Path) -> Callable[..., tuple[Extract, Rows]]:
    """Read one request; return the extract and its rows."""

    def read(relation: str | None = None, url: str = crm, **request: Any) -> tuple[Extract, Rows]:
        asked = TableRequest("orders", relation, **request)
        one = extract(url, [asked], folder=tmp_path)["orders"]
        rows = read_extract(engine, one).order_by("_row").to_pyarrow().to_pylist()
        assert one.rows == len(rows)
        assert [row.pop("_row") for row in rows] == list(range(1, len(rows) + 1))
        return one, rows

    return read


def value(read: Callable[..., tuple[Extract, Rows]], expression: str) -> tuple[str, Any]:
    """Return the type and the value that an SQL expression is read as."""
    one, rows = read(query=f"SELECT {expression} AS v")
    return one.types["v"], rows[0]["v"]


TEXT = "tab\t, line\r\nend, \\N \\. \\x, \"quoted\", 'single', comma, ümläut, 日本, 👩‍💻"


@pytest.mark.parametrize(
    ("expression", "kind", "expected"),
    [
        ("7::bigint", "int64", 7),
        ("(-9223372036854775808)::bigint", "int64", -(2**63)),
        ("7::smallint", "int64", 7),
        ("(-7)::int", "int64", -7),
        ("true", "boolean", True),
        ("false", "boolean", False),
        ("0.1::float8", "float64", 0.1),
        ("'NaN'::float8", "float64", None),
        ("'-Infinity'::float4", "float64", None),
        ("1234567890.12::numeric(12,2)", "decimal(12, 2)", Decimal("1234567890.12")),
        ("(-0.01)::numeric(12,2)", "decimal(12, 2)", Decimal("-0.01")),
        ("'NaN'::numeric(12,2)", "decimal(12, 2)", None),
        ("0::numeric(4,4)", "decimal(4, 4)", Decimal("0.0000")),
        ("123456789012345678901234.5::numeric(38,9)", "decimal(38, 9)",
         Decimal("123456789012345678901234.500000000")),
        ("'NaN'::numeric(38,9)", "decimal(38, 9)", None),
        ("12.3456789012345678901234567890::numeric", "string", "12.3456789012345678901234567890"),
        ("'NaN'::numeric", "string", None),
        ("1234::numeric(3,-2)", "string", "1200"),
        ("date '2024-02-29'", "date", date(2024, 2, 29)),
        ("date 'infinity'", "date", None),
        ("date '-infinity'", "date", None),
        ("timestamp '1969-12-31 23:59:59.000001'", "timestamp(6)",
         datetime.fromisoformat("1969-12-31T23:59:59.000001")),
        ("timestamp 'infinity'", "timestamp(6)", None),
        ("timestamp '-infinity'", "timestamp(6)", None),
        ("timestamp '294276-01-01'", "timestamp(6)", None),
        ("timestamptz '2024-01-01 12:00+05:30'", "timestamp('UTC', 6)",
         datetime(2024, 1, 1, 6, 30, tzinfo=UTC)),
        ("''", "string", ""),
        ("NULL::text", "string", None),
        ("NULL", "string", None),
        ("'x'::char(5)", "string", "x"),
        ("'name'::name", "string", "name"),
        ("'6f1c8a5e-9d7b-4b7e-8c6d-0123456789ab'::uuid", "string",
         "6f1c8a5e-9d7b-4b7e-8c6d-0123456789ab"),
        ("""'{"a": [1, null]}'::json""", "string", '{"a": [1, null]}'),
        ("array[1, NULL, 3]", "string", "{1,NULL,3}"),
        ("interval '1 day 2 hours'", "string", "P1DT2H"),
        ("time '23:59'", "string", "23:59:00"),
        (r"'\x00ff'::bytea", "string", r"\x00ff"),
        ("row(1, 'a')::text", "string", "(1,a)"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_is(
    read: Callable[..., tuple[Extract, Rows]], expression: str, kind: str, expected: object
) -> None:
    assert value(read, expression) == (kind, expected)


def test_any_text_comes_back_as_it_was(
    postgres: Server, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    url = postgres.create(
        "texts",
        "CREATE TYPE channel AS ENUM ('web', 'störe')",
        "CREATE DOMAIN mail AS text",
        "CREATE TABLE texts (a text, b varchar(200), c channel, d mail)",
    )
    rows = [(TEXT, TEXT, "störe", TEXT), ("", None, "web", ""), (None, "", None, None)]
    with psycopg.connect(url) as connection:
        connection.cursor().executemany("INSERT INTO texts VALUES (%s, %s, %s, %s)", rows)
    one, found = read("texts", url=url)
    assert [tuple(row.values()) for row in found] == rows
    assert set(one.types.values()) == {"string"}


def test_a_database_in_another_encoding_is_read_as_unicode(
    postgres: Server, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS latin")
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    url = postgres.url("latin")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'Müller'::text AS name")
    assert read("t", url=url)[1] == [{"name": "Müller"}]


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        *((f"numeric({digits},{places})", f"random() * 10::numeric ^ {digits - places} - g % 3")
          for digits, places in [(3, 0), (4, 2), (9, 1), (12, 2), (14, 3), (15, 0), (16, 16),
                                 (18, 0), (18, 2), (18, 9), (18, 18), (30, 6)]),
        ("bigint", "(random() - 0.5) * 18e18"),
        ("float8", "(random() - 0.5) * 10 ^ (g % 600 - 300)"),
        ("date", "date '2000-01-01' + ((random() - 0.5) * 1.4e6)::int"),
        ("timestamp", "timestamp '2000-01-01' + (random() - 0.5) * interval '3900 years'"),
    ],
)  # fmt: skip
def test_many_random_values_are_what_the_server_writes(
    postgres: Server, read: Callable[..., tuple[Extract, Rows]], kind: str, expression: str
) -> None:
    limit = kind.partition("(")[2].rstrip(")").split(",")
    if limit != [""]:  # all that the type can hold, and no more
        digits, places = map(int, limit)
        most = f"(10::numeric ^ {digits} - 1) / 10::numeric ^ {places}"
        expression = f"least(greatest({expression}, -({most})), {most})"
    url = postgres.create(
        "random_values",
        "SELECT setseed(0.5)",
        f"CREATE TABLE t AS SELECT CASE WHEN g % 7 > 0 THEN ({expression})::{kind} END AS v"
        " FROM generate_series(1, 3000) AS g",
        "ALTER TABLE t ADD written text",
        "SET TimeZone = 'UTC'",
        "UPDATE t SET written = v::text",
    )
    _, rows = read("t", url=url)
    parse: dict[str, Callable[[str], object]] = {
        "bigint": int,
        "float8": float,
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    convert = parse.get(kind, Decimal)
    assert sum(row["v"] is None for row in rows) == sum(g % 7 == 0 for g in range(1, 3001))
    for row in rows:
        assert row["v"] == (None if row["written"] is None else convert(row["written"]))


def test_times_before_christ_are_read(
    engine: Backend, read: Callable[..., tuple[Extract, Rows]], crm: str, tmp_path: Path
) -> None:
    query = "SELECT timestamp '0044-03-15 12:00 BC' AS t, date '0044-03-15 BC' AS d"
    one = extract(crm, [TableRequest("orders", query=query, cursor="t")], folder=tmp_path)
    rows = read_extract(engine, one["orders"])
    years = rows.select(t=rows.t.year(), d=rows.d.year()).to_pyarrow().to_pylist()
    assert years == [{"t": -43, "d": -43}]
    assert one["orders"].newest is None


def test_an_empty_table_has_types_and_no_rows(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    one, rows = read(query="SELECT * FROM sales.orders WHERE false", cursor="at")
    assert rows == []
    assert one.types == {"id": "int64", "amount": "decimal(12, 2)", "at": "timestamp('UTC', 6)"}
    assert one.newest is None


def test_more_rows_than_a_block_holds_come_in_their_order(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    query = "SELECT g AS id, repeat('x', g % 50) AS text FROM generate_series(1, 300000) AS g"
    one, rows = read(query=query)
    assert one.rows == 300_000
    assert all(row == {"id": g, "text": "x" * (g % 50)} for g, row in enumerate(rows, 1))


def test_a_long_value_passes(read: Callable[..., tuple[Extract, Rows]]) -> None:
    _, rows = read(query="SELECT repeat('ä', 10000000) AS text, 1 AS one")
    assert rows == [{"text": "ä" * 10_000_000, "one": 1}]


def test_a_query_may_end_with_a_comment_or_a_semicolon_and_hold_signs(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    _, rows = read(query="SELECT '100%s {}' AS a FROM customers -- all;\n;\n")
    assert rows == [{"a": "100%s {}"}]


# What is new


def test_rows_from_the_overlap_on_and_those_without_a_time_are_read_again(
    postgres: Server, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    url = postgres.create(
        "since",
        "CREATE TABLE t (id int, at timestamp, day date, zoned timestamptz, n numeric)",
        "INSERT INTO t SELECT g, '2024-01-01'::timestamp + g * interval '1 hour', '2024-01-01'::date"
        " + g, timestamptz '2024-01-01 00:00+00' + g * interval '1 hour', g"
        " FROM generate_series(0, 72) AS g",
        "INSERT INTO t VALUES (99)",
    )

    def ids(since: str, cursor: str = "at", hours: float = 24) -> list[int]:
        _, rows = read("t", url=url, cursor=cursor, since=since, overlap_hours=hours)
        return sorted(row["id"] for row in rows)

    assert read("t", url=url, cursor="at")[0].newest == "2024-01-04 00:00:00.000000"
    assert ids("2024-01-04 00:00:00.000000") == [*range(48, 73), 99]
    assert ids("2024-01-04 00:00:00.000000", hours=0.5) == [72, 99]
    assert read("t", url=url, cursor="zoned")[0].newest == "2024-01-04 00:00:00.000000+00:00"
    assert ids("2024-01-04 00:00:00.000000+00:00", "zoned", 0) == [72, 99]
    assert read("t", url=url, cursor="day")[0].newest == "2024-03-13"
    assert ids("2024-03-13", "day") == [71, 72, 99]
    assert read("t", url=url, cursor="n")[0].newest is None or ids("70", "n") == [70, 71, 72, 99]
    assert read("t", url=url, cursor="id")[0].newest == "99"
    assert ids("72", "id") == [72, 99]


def test_a_time_in_the_future_does_not_hide_what_comes(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    values = "(VALUES ('2024-05-01'), ('2999-01-01'), ('infinity'))"
    one, rows = read(query=f"SELECT c::timestamp AS at FROM {values} AS v(c)", cursor="at")
    assert len(rows) == 3
    assert one.newest == "2024-05-01 00:00:00.000000"


@pytest.mark.parametrize("cursor", ["name", "nowhere"])
def test_a_cursor_that_cannot_grow_or_is_missing_is_refused(
    read: Callable[..., tuple[Extract, Rows]], cursor: str
) -> None:
    with pytest.raises(CursorUnusable, match=cursor) as raised:
        read("customers", cursor=cursor)
    if cursor == "nowhere":
        assert "id, name, changed_at" in str(raised.value)


def test_columns_that_differ_in_case_only_are_refused(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    with pytest.raises(QueryFailed, match="there twice"):
        read(query='SELECT 1 AS id, 2 AS "ID"')
    with pytest.raises(QueryFailed, match="one of ours"):
        read(query="SELECT 1 AS _row")


# What goes wrong


def test_a_role_that_may_only_read_is_enough_and_cannot_write(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    assert len(read("sales.orders")[1]) == 2
    with pytest.raises(QueryFailed, match="ReadOnlySqlTransaction"):
        read(
            query="SELECT nextval('s') FROM (SELECT set_config('a.b', '', false)) AS x"
        ) if False else read(query="SELECT lo_creat(-1) AS oid")
