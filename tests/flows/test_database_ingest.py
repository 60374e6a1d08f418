"""A CRM in a real PostgreSQL, read by a role that may only read, again and again."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client

from contracts.errors import ColumnRetyped, DatabaseRefused, SettingsError
from flows.ingest import Ingested, ingest
from flows.project import open_project
from tests.postgres import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

PASSWORD = "canary-of-the-password"  # noqa: S105 - of a server that lives as long as the test

SETTINGS = """\
[project]
name = "crm"
currency = "EUR"
[databases.crm]
url_env = "CRM_URL"
[sources.orders]
database = "crm"
relation = "orders"
cursor = "updated_at"
overlap_hours = 1
[sources.customers]
database = "crm"
query = "SELECT id AS customer_id, since AS created_at, country FROM customers"
"""


@pytest.fixture
def crm(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a new database with orders and customers; CRM_URL may read it."""
    name = f"crm_{abs(hash(tmp_path)) % 10**9}"
    postgres.create(
        name,
        "CREATE TABLE customers (id bigint PRIMARY KEY, since timestamptz, country text)",
        "INSERT INTO customers SELECT n, timestamptz '2024-01-01 00:00+01', 'DE'"
        " FROM generate_series(1, 200) n",
        "CREATE TABLE orders (order_id bigint PRIMARY KEY, customer_id bigint,"
        " ordered_at timestamp, amount numeric(12, 2), updated_at timestamptz)",
        "INSERT INTO orders SELECT n, 1 + n % 200, timestamp '2024-02-01' + n * interval '1 hour',"
        " n, timestamptz '2024-06-01 00:00+00' + n * interval '1 minute'"
        " FROM generate_series(1, 1000) n",
    )
    monkeypatch.setenv("CRM_URL", postgres.reader(name, PASSWORD, "orders", "customers"))
    (tmp_path / "stammkunde.toml").write_text(SETTINGS)
    return name


def again(tmp_path: Path) -> Ingested:
    found: Ingested = ingest(str(tmp_path / "stammkunde.toml"))
    return found


def counts(tmp_path: Path, table: str) -> list[tuple[int, ...]]:
    """Return (staged, accepted, superseded, deleted) of every batch of a table."""
    names = ("staged", "accepted", "superseded", "deleted")
    history = open_project(tmp_path / "stammkunde.toml").store.history().get(table, [])
    return [tuple(each.batch.counts[name] for name in names) for each in history]


def test_only_what_changed_is_accepted_and_what_is_gone_is_recorded(
    crm: str, postgres: Server, tmp_path: Path
) -> None:
    first = again(tmp_path)
    assert counts(tmp_path, "orders") == [(1000, 1000, 0, 0)]
    assert counts(tmp_path, "customers") == [(200, 200, 0, 0)]
    assert again(tmp_path).tables == first.tables
    assert len(counts(tmp_path, "orders")) == len(counts(tmp_path, "customers")) == 1
    postgres.execute(
        crm,
        "UPDATE orders SET amount = 7.25, updated_at = '2024-07-01 00:00+00' WHERE order_id <= 3",
        "INSERT INTO orders VALUES (1001, 1, '2024-07-01 10:00', 5, '2024-07-01 00:00+00')",
        "DELETE FROM customers WHERE id = 200",
    )
    second = again(tmp_path)
    # 61 of them lie in the overlap of an hour, and say nothing new.
    assert counts(tmp_path, "orders")[1:] == [(65, 4, 3, 0)]
    assert counts(tmp_path, "customers")[1:] == [(199, 0, 0, 1)]
    with open_project(tmp_path / "stammkunde.toml").open_lake() as lake:
        orders = lake.table(second.tables["orders"])
        assert orders.count().to_pyarrow().as_py() == 1001
        changed = orders.filter(orders.order_id == "2").to_pyarrow().to_pylist()
    assert str(changed[0]["amount"]) == "7.25"
    assert again(tmp_path).tables == second.tables


def test_the_password_is_nowhere_but_in_the_environment(
    crm: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    again(tmp_path)
    wrong = os.environ["CRM_URL"].replace(PASSWORD, f"wrong-{PASSWORD}")
    monkeypatch.setenv("CRM_URL", wrong)
    with pytest.raises(DatabaseRefused) as refused:
        again(tmp_path)
    assert PASSWORD not in repr(refused.value)
    with get_client(sync_client=True) as client:
        runs = [*client.read_flow_runs(), *client.read_task_runs()]
    said = "\n".join([caplog.text, *(run.model_dump_json() for run in runs)])
    assert PASSWORD not in said
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []


def test_a_missing_address_is_named_without_a_guess(
    crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_URL")
    with pytest.raises(SettingsError, match=r"variable CRM_URL, which \[databases.crm\] names"):
        again(tmp_path)


def test_a_column_of_another_type_stops_until_all_is_read_anew(
    crm: str, postgres: Server, tmp_path: Path
) -> None:
    again(tmp_path)
    postgres.execute(crm, "ALTER TABLE orders ALTER ordered_at TYPE boolean USING true")
    postgres.execute(crm, "UPDATE orders SET updated_at = now()")
    with pytest.raises(ColumnRetyped, match="held times and now holds truth values"):
        again(tmp_path)
    assert len(counts(tmp_path, "orders")) == 1


def test_rows_of_a_database_are_quarantined_by_their_key(
    crm: str, postgres: Server, tmp_path: Path
) -> None:
    postgres.execute(crm, "UPDATE orders SET customer_id = NULL WHERE order_id = 17")
    again(tmp_path)
    [kept_out] = (tmp_path / "data/quarantine/orders").glob("*/rows.parquet")
    [row] = pq.read_table(kept_out).to_pylist()
    assert (row["order_id"], row["faults"], row["file"]) == (
        "17", "customer_id:missing", "crm: orders",
    )  # fmt: skip
