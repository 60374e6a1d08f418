"""The projects that are measured: the product gets the past, what judges it gets all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.quality.cdnow import cdnow_project
from benchmarks.quality.made import made_project
from benchmarks.quality.places import Places
from benchmarks.quality.product import predictions
from contracts.scores import SCORE_COLUMNS
from flows.project import open_project


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Return places whose work is in a folder of its own, without public data and peers."""
    none = tmp_path / "none"
    return Places(
        bench=none, public=none, peers=None, work=tmp_path / "work", customers=1_000, seed=7
    )


def test_cdnow_tells_the_product_the_orders_before_the_cut_as_they_come(
    shared_data: Path, places: Places
) -> None:
    project = cdnow_project(replace(places, public=shared_data))
    orders = duckdb.read_csv(str(project.settings.parent / "known" / "orders.csv"))
    facts = "count(*), max(date)::VARCHAR, count(*) FILTER (amount = 0) > 0"
    assert orders.aggregate(facts).fetchall() == [(49_086, "1997-09-30", True)]
    events = duckdb.read_parquet(str(project.events))
    assert events.aggregate("count(*), min(customer_id)").fetchall() == [(69_659, 1)]
    assert open_project(project.settings).settings.business.horizon_days == 273


def test_made_tickets_do_not_say_how_they_will_end(tmp_path: Path, places: Places) -> None:
    _write_made_tables(tmp_path / "peers" / "data" / "s1k")
    beside_peers = replace(places, peers=tmp_path / "peers")
    project = made_project(beside_peers, "made", before=date(2024, 7, 1))
    known = project.settings.parent / "known"
    tickets = duckdb.read_parquet(str(known / "tickets.parquet"))
    tickets = tickets.select("ticket_id, resolved_at::VARCHAR, outcome, csat").order("ticket_id")
    closed = "2024-06-30 12:00:00"
    assert tickets.fetchall() == [(1, closed, "resolved", 5), (2, None, None, None)]
    assert len(duckdb.read_parquet(str(known / "orders.parquet")).fetchall()) == 1
    assert len(duckdb.read_parquet(str(project.events)).fetchall()) == 2


def test_data_are_written_once_and_settings_every_time(tmp_path: Path, places: Places) -> None:
    written: list[Path] = []
    for settings in ("first", "second"):
        project = places.project("small", settings, written.append)
    assert len(written) == 1
    assert project.settings.read_text() == "second"


def test_scores_become_what_the_bench_reads(tmp_path: Path) -> None:
    values = {"customer_id": "'00042'", "churn_probability": "0.25", "clv": "12.5"}
    columns = ", ".join(f"{values.get(name, 'NULL')} AS {name}" for name in SCORE_COLUMNS)
    unscored = ", ".join(
        f"{'00043' if name == 'customer_id' else 'NULL'} AS {name}" for name in SCORE_COLUMNS
    )
    stored = tmp_path / "part-0.parquet"
    duckdb.sql(f"SELECT {columns} UNION ALL SELECT {unscored}").write_parquet(str(stored))
    told = duckdb.read_parquet(str(predictions(stored, tmp_path / "told.parquet")))
    assert told.columns == [
        "customer_id", "exp_txn", "exp_spend", "p_churn", "clv_p10", "clv_p50", "clv_p90",
    ]  # fmt: skip
    assert told.fetchall() == [(42, None, 12.5, 0.25, None, None, None)]


def _write_made_tables(folder: Path) -> None:
    tables = {
        "customers": "SELECT 1 AS customer_id, DATE '2023-01-01' AS signup_date",
        "orders": "SELECT 1 AS customer_id, t AS ordered_at, 9.5 AS amount FROM (VALUES "
        "(TIMESTAMP '2024-06-30 23:59:59'), (TIMESTAMP '2024-07-01')) orders(t)",
        "email_events": "SELECT 1 AS customer_id, TIMESTAMP '2024-01-01' AS event_at",
        "tickets": "SELECT * FROM (VALUES "
        "(1, TIMESTAMP '2024-06-01', TIMESTAMP '2024-06-30 12:00:00', 'resolved', 5), "
        "(2, TIMESTAMP '2024-06-30', TIMESTAMP '2024-07-01', 'unresolved', 1), "
        "(3, TIMESTAMP '2024-07-01', TIMESTAMP '2024-07-02', 'resolved', 5)) "
        "tickets(ticket_id, opened_at, resolved_at, outcome, csat)",
    }
    for name, query in tables.items():
        (folder / name).mkdir(parents=True)
        duckdb.sql(query).write_parquet(str(folder / name / "000.parquet"))
    duckdb.sql("SELECT 1 AS customer_id").write_parquet(str(folder / "truth.parquet"))
