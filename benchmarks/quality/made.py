"""Made customers with orders, e-mails and tickets, whose true day of leaving is known."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.quality.holdouts import Holdout
from benchmarks.quality.measures import INTERVALS, MADE
from benchmarks.quality.places import Places, Project
from benchmarks.quality.runs import measured
from benchmarks.quality.table import Part

HOLDOUT = Holdout("made", "made data, 182 days", date(2024, 6, 30), 182, (*MADE, *INTERVALS))
USUAL_SEED = 7

# Column of time of each table: a row counts from then on.
_KNOWN_FROM = {
    "customers": "signup_date", "orders": "ordered_at", "email_events": "event_at",
    "tickets": "opened_at",
}  # fmt: skip

_SETTINGS = f"""\
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
columns = {{ closed_at = "resolved_at", satisfaction = "csat", solved = "outcome" }}
[business]
horizon_days = {HOLDOUT.days}
"""


def parts(places: Places) -> Iterator[Part]:
    """Measure the made data."""
    project = made_project(places, "made", before=HOLDOUT.as_of)
    yield measured(places, HOLDOUT, project, data=made_data(places))


def made_project(places: Places, name: str, *, before: date) -> Project:
    """Return a project that has been told what was known `before` a day."""
    data = made_data(places)
    return places.project(
        f"{name}-{places.customers}-{places.seed}", _SETTINGS,
        lambda folder: _write(data, folder, before),
    )  # fmt: skip


def made_data(places: Places) -> Path:
    """Return the folder of made data: that beside the peers, or one made here once."""
    size = f"s{places.customers // 1000}k"
    if places.peers and places.seed == USUAL_SEED:
        theirs = places.peers / "data" / size
        if (theirs / "truth.parquet").exists():
            return theirs
    folder = places.work / "data" / f"{size}-{places.seed}"
    if not (folder / "truth.parquet").exists():
        # Which numbers are made depends on the version of DuckDB, and the peers state theirs.
        command = [
            str(places.python_of_peers or sys.executable), str(places.bench / "make_scale.py"),
            "--out", str(folder), "--customers", str(places.customers),
            "--seed", str(places.seed),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def _write(data: Path, folder: Path, before: date) -> None:
    """Write a file per table of what was known `before` a day, and `events.parquet`, all orders.

    How a ticket ends that is not closed by then is not known.
    """
    for table, known_from in _KNOWN_FROM.items():
        rows = f"FROM '{data}/{table}/*.parquet' WHERE {known_from} < DATE '{before}'"
        if table == "tickets":
            known_later = ", ".join(
                f"CASE WHEN resolved_at < DATE '{before}' THEN {column} END AS {column}"
                for column in ("resolved_at", "outcome", "csat")
            )
            rows = f"SELECT * REPLACE ({known_later}) {rows}"
        duckdb.sql(rows).write_parquet(str(folder / f"{table}.parquet"))
    duckdb.sql(
        f"SELECT customer_id, ordered_at, amount FROM '{data}/orders/*.parquet'"
    ).write_parquet(str(folder / "events.parquet"))
