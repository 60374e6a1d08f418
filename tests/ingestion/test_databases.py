"""Tables of a real PostgreSQL: values, types, what is new, one moment, and what errors may say."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
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
    DatabaseRefused,
    DatabaseUnreachable,
    QueryFailed,
    RelationMissing,
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
        "CREATE SEQUENCE numbers",
        "GRANT USAGE ON SEQUENCE numbers TO PUBLIC",
        "ALTER DATABASE crm SET DateStyle = 'SQL, DMY'",
        "ALTER DATABASE crm SET TimeZone = 'Asia/Tokyo'",
        "ALTER DATABASE crm SET extra_float_digits = -5",
    )
    with psycopg.connect(postgres.url("crm"), autocommit=True) as connection:
        connection.execute("GRANT USAGE ON SCHEMA sales TO PUBLIC")
    return postgres.reader("crm", "canary-password", "sales.orders", "customers")


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


# Of 30 digits, between -1.5 and 1.5: a third of them is cut to the ends of its type.
WIDE = "(random()::numeric + random()::numeric / 1e15 - 0.5) * 3"

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
        *((f"numeric({digits},{places})", f"{WIDE} * 10::numeric ^ {digits - places}")
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
        f"CREATE TABLE t (v {kind}, written text)",
        f"INSERT INTO t (v) SELECT {expression} FROM generate_series(1, 3000) AS g",  # noqa: S608
        "INSERT INTO t (v) SELECT NULL FROM generate_series(1, 500) AS g",
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
    assert sum(row["v"] is None for row in rows) == 500
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
        "CREATE TABLE t (id int, at timestamp, day date, zoned timestamptz, n numeric(9,1))",
        "INSERT INTO t SELECT g, timestamp '2024-01-01' + g * interval '1 hour',"
        " date '2024-01-01' + g, timestamptz '2024-01-01 00:00+00' + g * interval '1 hour', g"
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
    assert read("t", url=url, cursor="n")[0].newest == "72.0"
    assert ids("70", "n") == [70, 71, 72, 99]
    assert read("t", url=url, cursor="id")[0].newest == "99"
    assert ids("72", "id") == [72, 99]


def test_a_time_in_the_future_does_not_hide_what_comes(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    query = "SELECT unnest(ARRAY['2024-05-01', '2999-01-01', 'infinity']::timestamp[]) AS at"
    one, rows = read(query=query, cursor="at")
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
        read(query="SELECT nextval('numbers') AS n")


def test_a_relation_is_a_name_and_no_sql(
    postgres: Server, read: Callable[..., tuple[Extract, Rows]]
) -> None:
    for relation in ("customers; DROP TABLE customers", 'customers" --', "crm.sales.x.y", ""):
        with pytest.raises(RelationMissing, match="no such relation") as raised:
            read(relation, url=postgres.url("crm"))
        assert "customers" in str(raised.value)
        assert "sales.orders" in raised.value.found
    assert len(read("customers")[1]) == 1


def test_a_since_is_a_value_and_no_sql(read: Callable[..., tuple[Extract, Rows]]) -> None:
    with pytest.raises(QueryFailed, match="InvalidDatetimeFormat"):
        read("customers", cursor="changed_at", since="2024-01-01'; DROP TABLE customers; --")
    assert len(read("customers")[1]) == 1


def test_a_relation_that_may_not_be_read_is_said_so(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    with pytest.raises(DatabaseRefused, match="may not SELECT what table `orders`"):
        read("secrets")


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (("canary-password", "canary-passwort"), DatabaseRefused, "password are wrong"),
        ((":canary-password", ""), DatabaseRefused, "password are wrong"),
        (("/crm", "/nowhere"), DatabaseRefused, "no such database"),
        (("?", "?sslmode=require&"), DatabaseRefused, "TLS"),
        (("?", "?canary-option=canary-value&"), DatabaseRefused, "URL cannot be read"),
        (("canary-password", "canary/pass@word"), DatabaseUnreachable, "its host is not known"),
        (("127.0.0.1", "nowhere.invalid"), DatabaseUnreachable, "its host is not known"),
    ],
)
def test_what_stops_a_connection_is_said_without_its_secrets(
    crm: str, tmp_path: Path, change: tuple[str, str], error: type[Exception], reason: str
) -> None:
    url = f"{crm}?connect_timeout=5".replace(*change)
    raised = failure_of(
        lambda: extract(url, [TableRequest("orders", "customers")], folder=tmp_path)
    )
    assert isinstance(raised, error)
    assert reason in str(raised)
    assert_says_nothing_secret(raised)


def test_a_server_that_is_not_there_or_silent_can_be_tried_again(
    crm: str, postgres: Server, tmp_path: Path
) -> None:
    request = [TableRequest("orders", "customers")]
    nobody = crm.replace(str(postgres.port), "1")
    raised = failure_of(lambda: extract(nobody, request, folder=tmp_path))
    assert isinstance(raised, DatabaseUnreachable)
    assert "nothing listens" in str(raised)
    with socket.socket() as listening:  # accepts, and never says a word
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        silent = crm.replace(str(postgres.port), str(listening.getsockname()[1]))
        raised = failure_of(
            lambda: extract(f"{silent}?connect_timeout=2", request, folder=tmp_path)
        )
    assert isinstance(raised, DatabaseUnreachable)
    assert "no answer in time" in str(raised)
    assert_says_nothing_secret(raised)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT name::int AS n FROM customers", "InvalidTextRepresentation (22P02)"),
        ("SELECT g, CASE WHEN g = 200000 THEN name ELSE '1' END::int AS n"
         " FROM customers, generate_series(1, 300000) AS g", "InvalidTextRepresentation"),
        ("SELECT nowhere FROM customers", "UndefinedColumn"),
        ("SELECT 'canary-value' FROM", "SyntaxError"),
    ],
)  # fmt: skip
def test_a_query_that_fails_is_named_without_what_it_read(
    crm: str, tmp_path: Path, query: str, problem: str
) -> None:
    requests = [TableRequest("customers", "customers"), TableRequest("orders", query=query)]
    raised = failure_of(lambda: extract(crm, requests, folder=tmp_path))
    assert isinstance(raised, QueryFailed)
    assert problem in str(raised)
    assert_says_nothing_secret(raised)
    assert not (tmp_path / "orders.parquet").exists()


def test_a_server_that_ends_the_session_half_way_leaves_no_extract(
    crm: str, postgres: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    query = (
        "SELECT g, CASE WHEN g = 200000 THEN pg_sleep(60)::text ELSE 'canary-value' END AS t"
        " FROM generate_series(1, 300000) AS g"
    )
    ender = threading.Thread(target=end_the_sleeper, args=(postgres,))
    ender.start()
    with caplog.at_level(logging.DEBUG):
        raised = failure_of(
            lambda: extract(crm, [TableRequest("orders", query=query)], folder=tmp_path)
        )
    ender.join()
    assert isinstance(raised, DatabaseUnreachable)
    assert "ended by the server" in str(raised)
    assert_says_nothing_secret(raised)
    assert "canary" not in caplog.text
    assert list(tmp_path.glob("*.parquet")) == []


def end_the_sleeper(postgres: Server) -> None:
    """End the session that sleeps within its query."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        for _ in range(300):
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event = 'PgSleep'"
            ).fetchone()
            if ended:
                return
            time.sleep(0.1)


# In a process of its own, since a process cannot take such a limit back.
_INTO_A_SMALL_FILE = """
import resource, sys, threading
from pathlib import Path
from ingestion.sources.databases import TableRequest, extract
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
url, folder = sys.argv[1], Path(sys.argv[2])
request = TableRequest("orders", query="SELECT generate_series(1, 900000) AS n")
try:
    extract(url, [request], folder=folder)
except OSError as error:
    print(error.strerror or error)
print([each.name for each in threading.enumerate()], list(folder.iterdir()))
"""


def test_a_full_disk_ends_the_reading_and_leaves_neither_thread_nor_file(
    crm: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _INTO_A_SMALL_FILE, crm, str(tmp_path)]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert "File too large" in ended.stdout, ended.stderr
    assert ended.stdout.splitlines()[-1] == "['MainThread'] []"


def test_what_a_role_or_a_database_sets_does_not_change_what_is_read(
    read: Callable[..., tuple[Extract, Rows]],
) -> None:
    names = ("TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "statement_timeout",
             "lock_timeout", "idle_in_transaction_session_timeout", "transaction_isolation",
             "transaction_read_only")  # fmt: skip
    settings = ", ".join(f"current_setting('{name}') AS {name}" for name in names)
    assert list(read(query=f"SELECT {settings}")[1][0].values()) == [
        "UTC", "ISO, YMD", "iso_8601", "1", "1h", "10s", "10min", "repeatable read", "on"
    ]  # fmt: skip


def test_a_locked_table_is_waited_for_10_seconds_and_can_be_tried_again(
    crm: str, postgres: Server, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url("crm")) as connection:
        connection.execute("LOCK TABLE customers")
        raised = failure_of(
            lambda: extract(crm, [TableRequest("orders", "customers")], folder=tmp_path)
        )
    assert isinstance(raised, DatabaseUnreachable)
    assert "locked by another" in str(raised)


def failure_of(action: Callable[[], object]) -> Exception:
    """Return what an action raises."""
    try:
        action()
    except Exception as error:  # noqa: BLE001 - it is looked at
        return error
    pytest.fail("nothing was raised")


def assert_says_nothing_secret(error: Exception) -> None:
    """Check the text of an error and of all that hangs on it for the canaries of this module."""
    assert error.__cause__ is None
    assert error.__context__ is None
    said = f"{error!s} {error!r} {error.__dict__} {''.join(traceback.format_exception(error))}"
    assert "canary-" not in said
    assert "postgresql://" not in str(error)


# One moment for all tables


def test_all_tables_are_of_one_moment_while_rows_move_between_them(
    postgres: Server, engine: Backend, tmp_path: Path
) -> None:
    url = postgres.create(
        "bank",
        "CREATE TABLE giro (id int PRIMARY KEY, balance bigint)",
        "CREATE TABLE savings (id int PRIMARY KEY, balance bigint)",
        "INSERT INTO giro SELECT g, 1000 FROM generate_series(1, 20000) AS g",
        "INSERT INTO savings SELECT g, 1000 FROM generate_series(1, 20000) AS g",
    )
    script = tmp_path / "move.sql"
    script.write_text(
        "\\set a random(1, 20000)\n\\set b random(1, 20000)\n\\set d random(-500, 500)\nBEGIN;\n"
        "UPDATE giro SET balance = balance - :d WHERE id = :a;\n"
        "UPDATE savings SET balance = balance + :d WHERE id = :b;\nCOMMIT;\n"
    )
    requests = [TableRequest("orders", "giro"), TableRequest("refunds", "savings")]
    moved = 0
    with subprocess.Popen(
        [postgres.binaries / "pgbench", "--no-vacuum", "--client=2", "--time=120", "--file", script,
         url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as pgbench:  # fmt: skip
        try:
            for attempt in range(20):
                folder = tmp_path / str(attempt)
                folder.mkdir()
                extracts = extract(url, requests, folder=folder)
                tables = [read_extract(engine, extracts[name]) for name in ("orders", "refunds")]
                for table in tables:
                    assert table.count().to_pyarrow().as_py() == 20_000
                    assert table.id.nunique().to_pyarrow().as_py() == 20_000
                sums = [table.balance.sum().to_pyarrow().as_py() for table in tables]
                assert sum(sums) == 40_000_000
                moved += sums[0] != 20_000_000
            assert pgbench.poll() is None, "pgbench must run as long as we read"
        finally:
            pgbench.terminate()
    assert moved > 10
