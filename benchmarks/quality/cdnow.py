"""CDNOW: one quarter's new customers of a music shop, 273 days seen and as many foretold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from benchmarks.quality.holdouts import Holdout
from benchmarks.quality.measures import CDNOW, INTERVALS

HOLDOUT = Holdout("cdnow", "CDNOW, 273 days", date(1997, 9, 30), 273, (*CDNOW, *INTERVALS))

SETTINGS = f"""\
[project]
name = "cdnow"
currency = "USD"
[sources.orders]
path = "known/orders.csv"
columns = {{ ordered_at = "date" }}
[business]
horizon_days = {HOLDOUT.days}
"""


def write_data(public: Path, folder: Path) -> None:
    """Write `orders.csv`, those before the cut as they come, and `events.parquet`, all of them.

    Equal rows and amounts of zero stay. There is no list of customers: the product makes one.
    """
    file = public / "cdnow" / "cdnow_transactions.csv.gz"
    orders = f"read_csv('{file}', all_varchar = true)"
    before = duckdb.sql(f"FROM {orders} WHERE date < '{HOLDOUT.as_of}'")
    before.write_csv(str(folder / "orders.csv"))
    duckdb.sql(
        "SELECT customer_id::BIGINT AS customer_id, date::DATE AS ordered_at, "
        f"amount::DOUBLE AS amount FROM {orders}"
    ).write_parquet(str(folder / "events.parquet"))
