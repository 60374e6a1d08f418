"""41 features of every customer at one date, beside hand-written SQL, pandas, Polars, featuretools.

`python -m benchmarks.features FOLDER [--repeat N] [--only NAME ...] [--featuretools PYTHON]`:
FOLDER has `orders/*.parquet` (customer_id, ordered_at, amount, discount), `email_events/*.parquet`
(customer_id, event_type, event_at) and `tickets/*.parquet` (customer_id, opened_at, resolved_at,
outcome).

    orders   count, amount, mean amount, discount over 30/90/180/365 days and all time; largest,
             smallest and spread of the amounts; days since first and last order, mean gap
    e-mail   sent, open, click over 30/90/365 days
    tickets  opened, and ended unresolved as far as known by then, over 90/365 days and all time

Parquet in, one Parquet file out. Each run is a process of its own; CPU seconds are user and system
of that process, without imports. Peers that are not installed are left out. All answers are
compared cell by cell with those of the SQL. Beside them a panel for training, of a sample of the
customers at twelve dates.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.backends.duckdb import Backend

from benchmarks.feature_peers import by_pandas, by_polars, by_sql
from benchmarks.feature_set import EMAIL, ORDERS, TICKETS
from benchmarks.feature_windows import AS_OF, MEMORY_GB
from benchmarks.processes import Measured, in_a_process, measure, say, spread
from features.sample import of_customers, sample_customers
from features.snapshots import features_at
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

PANEL_ROWS = 1_000_000
PANEL = "Stammkunde, panel"


def ours(data: Path, out: Path) -> None:
    """Compute the features by declarations, as every family is computed."""
    with _engine(data) as engine:
        tables = _tables(engine, data)
        spine = _spine(tables["customers"], [AS_OF])
        built = features_at([ORDERS, EMAIL, TICKETS], spine, tables, only_date=AS_OF)
        engine.to_parquet(built.drop("snapshot_date"), out)


def panel(data: Path, out: Path) -> None:
    """Compute them for about a million rows: a sample of customers at twelve monthly dates."""
    months = [AS_OF.year * 12 + AS_OF.month - 1 - n for n in range(12)]
    dates = [date(month // 12, month % 12 + 1, 1) for month in months]
    with _engine(data) as engine:
        tables = _tables(engine, data)
        whole = _spine(tables["customers"], dates)
        rows = engine.to_pyarrow(whole.count()).as_py()
        spine = sample_customers(whole, share=PANEL_ROWS / rows, seed=1)
        engine.to_parquet(spine, out.with_suffix(".spine.parquet"))
        spine = engine.read_parquet(out.with_suffix(".spine.parquet"))
        built = features_at([ORDERS, EMAIL, TICKETS], spine, of_customers(tables, spine))
        engine.to_parquet(built, out)


def _engine(data: Path) -> AbstractContextManager[Backend]:
    return open_engine(EngineSettings(memory_gb=MEMORY_GB, threads=2), spill=data / ".spill")


def _tables(engine: Backend, data: Path) -> dict[str, ir.Table]:
    return {
        name: engine.read_parquet(f"{data}/{name}/*.parquet")
        for name in ("customers", "orders", "email_events", "tickets")
    }


def _spine(customers: ir.Table, dates: list[date]) -> ir.Table:
    days = ibis.memtable({"snapshot_date": dates}, schema={"snapshot_date": "date"})
    rows = customers.cross_join(days).filter(_.signup_date < _.snapshot_date)
    return rows.select("customer_id", "snapshot_date")


WAYS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "SQL by hand": ("duckdb", by_sql), "Stammkunde": ("ibis", ours), PANEL: ("ibis", panel),
    "Polars": ("polars", by_polars), "pandas": ("pandas", by_pandas),
}  # fmt: skip


def main() -> None:
    """Take every way in turn, in processes of their own, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--featuretools", metavar="PYTHON", help="where featuretools is installed")
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.way:
        library, way = WAYS[arguments.way]
        importlib.import_module(library)
        say(measure(lambda: way(arguments.data, arguments.out)))
        return
    ways = [name for name in arguments.only if importlib.util.find_spec(WAYS[name][0]) is not None]
    found: dict[str, list[Measured]] = {name: [] for name in ways}
    for _round in range(arguments.repeat):
        for name in ways:
            given = ("--way", name, "--out", str(_out(arguments.data, name)))
            measured = in_a_process("benchmarks.features", str(arguments.data), *given)
            found[name].append(measured)
        if arguments.featuretools:
            measured = in_a_process(
                "benchmarks.by_featuretools", str(arguments.data),
                str(_out(arguments.data, "featuretools")), python=arguments.featuretools,
            )  # fmt: skip
            found.setdefault("featuretools", []).append(measured)
    _report(found, arguments.data)


def _report(found: dict[str, list[Measured]], data: Path) -> None:
    base = statistics.median(run.cpu for run in found["SQL by hand"])
    lines = ["| way | CPU s, median (min-max) | x SQL | wall s | peak MB | equal to SQL |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, runs in found.items():
        cpus = [run.cpu for run in runs]
        ratio, wall = statistics.median(cpus) / base, statistics.median(run.wall for run in runs)
        lines.append(
            f"| {name} | {spread(cpus, digits=2)} | {ratio:.2f} | {wall:.2f} | "
            f"{max(run.peak_mb for run in runs):.0f} | {_equal(data, name)} |"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _equal(data: Path, name: str) -> str:
    """Return in how many of the columns all cells agree with those of the SQL, to 1e-9."""
    if name == PANEL:
        [(rows,)] = duckdb.sql(f"SELECT count(*) FROM '{_out(data, name)}'").fetchall()
        return f"{rows:,} rows"
    mine, theirs = _out(data, name), _out(data, "SQL by hand")
    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute(f"DESCRIBE FROM '{theirs}'").fetchall()]
    values = [column for column in columns if column != "customer_id"]
    differs = ", ".join(
        f"count(*) FILTER (WHERE NOT coalesce(abs(a.{v} - b.{v}) <= 1e-9 * greatest(1, abs(a.{v})),"
        f" a.{v} IS NULL AND b.{v} IS NULL))"
        for v in values
    )
    [row] = connection.execute(
        f"SELECT count(*) FILTER (WHERE a.customer_id IS NULL OR b.customer_id IS NULL), {differs} "
        f"FROM '{mine}' a FULL JOIN '{theirs}' b USING (customer_id)"
    ).fetchall()
    return f"{sum(count == 0 for count in row[1:])} of {len(values)}, {row[0]} rows lack"


def _out(data: Path, name: str) -> Path:
    return data / f"features.{name.replace(' ', '_').replace(',', '')}.parquet"


if __name__ == "__main__":
    main()
