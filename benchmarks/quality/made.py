"""Made customers with orders, e-mails and tickets, whose true day of leaving is known."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.quality.holdouts import Holdout
from benchmarks.quality.measures import INTERVALS, MADE

HOLDOUT = Holdout("made", "made data, 182 days", date(2024, 6, 30), 182, (*MADE, *INTERVALS))

# Column of time of each table: a row counts from then on.
_KNOWN_FROM = {
    "customers": "signup_date", "orders": "ordered_at", "email_events": "event_at",
    "tickets": "opened_at",
}  # fmt: skip

SETTINGS = f"""\
[project]
name = "made"
currency = "EUR"
[sources.customers]
path = "known/customers.parquet"
columns = {{ created_at = "signup_date" }}
[sources.orders]
path = "known/orders.parquet"
[sources.interactions]
path = "known/email_events.parquet"
columns = {{ occurred_at = "event_at", kind = "event_type" }}
[sources.tickets]
path = "known/tickets.parquet"
columns = {{ closed_at = "resolved_at", satisfaction = "outcome" }}
values.satisfaction = {{ unresolved = "1", resolved = "5" }}
[business]
horizon_days = {HOLDOUT.days}
"""


def make(bench: Path, python: Path, folder: Path, *, customers: int, seed: int) -> Path:
    """Return the folder of the made data; make them where they are missing."""
    if not (folder / "truth.parquet").exists():
        command = [
            str(python), str(bench / "make_scale.py"), "--out", str(folder),
            "--customers", str(customers), "--seed", str(seed),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def write_data(data: Path, folder: Path, *, before: date) -> None:
    """Write a file per table of what was known `before` a day, and `events.parquet`, all orders.

    How a ticket ends that is not closed by then is not known.
    """
    for table, known_from in _KNOWN_FROM.items():
        rows = f"FROM '{data}/{table}/*.parquet' WHERE {known_from} < DATE '{before}'"
        if table == "tickets":
            ended = f"resolved_at < DATE '{before}'"
            rows = (
                f"SELECT * REPLACE (CASE WHEN {ended} THEN resolved_at END AS resolved_at, "
                f"CASE WHEN {ended} THEN outcome END AS outcome) {rows}"
            )
        duckdb.sql(rows).write_parquet(str(folder / f"{table}.parquet"))
    duckdb.sql(
        f"SELECT customer_id, ordered_at, amount FROM '{data}/orders/*.parquet'"
    ).write_parquet(str(folder / "events.parquet"))
