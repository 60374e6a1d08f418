"""CDNOW: one quarter's new customers of a music shop, 273 days seen and as many foretold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.quality.holdouts import Holdout
from benchmarks.quality.measures import CDNOW, INTERVALS
from benchmarks.quality.places import Places, Project
from benchmarks.quality.runs import measured
from benchmarks.quality.table import Part

HOLDOUT = Holdout("cdnow", "CDNOW, 273 days", date(1997, 9, 30), 273, (*CDNOW, *INTERVALS))

_SETTINGS = f"""\
[project]
name = "cdnow"
currency = "USD"
[sources.orders]
path = "known/orders.csv"
columns = {{ ordered_at = "date" }}
[business]
horizon_days = {HOLDOUT.days}
"""


def parts(places: Places) -> Iterator[Part]:
    """Measure CDNOW."""
    yield measured(places, HOLDOUT, cdnow_project(places), data=Path("cdnow"))


def cdnow_project(places: Places) -> Project:
    """Return the project of CDNOW. There is no list of customers: the product makes one."""
    file = places.public / "cdnow" / "cdnow_transactions.csv.gz"
    return places.project("cdnow", _SETTINGS, lambda folder: _write(file, folder))


def _write(file: Path, folder: Path) -> None:
    """Write `orders.csv`, those before the cut as they come, and `events.parquet`, all of them."""
    orders = f"read_csv('{file}', all_varchar = true)"
    before = duckdb.sql(f"FROM {orders} WHERE date < '{HOLDOUT.as_of}'")
    before.write_csv(str(folder / "orders.csv"))
    duckdb.sql(
        "SELECT customer_id::BIGINT AS customer_id, date::DATE AS ordered_at, "
        f"amount::DOUBLE AS amount FROM {orders}"
    ).write_parquet(str(folder / "events.parquet"))
