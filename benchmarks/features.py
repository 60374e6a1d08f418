"""41 features of every customer at one date, beside hand-written SQL, pandas and Polars.

`python -m benchmarks.features FOLDER [--repeat N] [--only NAME ...]`: FOLDER has `orders/*.parquet`
(customer_id, ordered_at, amount, discount), `email_events/*.parquet` (customer_id, event_type,
event_at) and `tickets/*.parquet` (customer_id, opened_at, resolved_at, outcome).

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
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.backends.duckdb import Backend

from benchmarks.feature_set import (
    EMAIL,
    EMAIL_WINDOWS,
    KINDS,
    ORDERS,
    TICKET_WINDOWS,
    TICKETS,
    WINDOWS,
)
from features.sample import of_customers, sample_customers
from features.snapshots import features_at
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

AS_OF = date(2024, 7, 1)
MEMORY_GB = 1.5
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


def by_sql(data: Path, out: Path) -> None:
    """Compute them as somebody would who writes the query for the engine by hand."""
    connection = duckdb.connect()
    connection.execute(
        f"SET threads = 2; SET memory_limit = '{MEMORY_GB}GB'; "
        f"SET temp_directory = '{data}/.spill'; SET preserve_insertion_order = false"
    )
    connection.execute(f"COPY ({_sql(data)}) TO '{out}' (FORMAT parquet)")


def by_pandas(data: Path, out: Path) -> None:
    """Compute them as somebody would who has pandas."""
    import pandas as pd  # noqa: PLC0415 - a peer, which may be absent

    now = pd.Timestamp(AS_OF)

    def read(name: str, columns: list[str], time: str, days: int | None = None) -> pd.DataFrame:
        rows = pd.read_parquet(data / name, columns=columns)
        past = rows[time] < now
        if days is not None:
            past &= rows[time] >= now - pd.Timedelta(days=days)
        return rows[past]

    orders = read("orders", ["customer_id", "ordered_at", "amount", "discount"], "ordered_at")
    parts = []
    for days in WINDOWS:
        rows = orders
        if days is not None:
            rows = orders[orders.ordered_at >= now - pd.Timedelta(days=days)]
        grouped = rows.groupby("customer_id")
        parts.append(
            grouped.agg(
                **{
                    f"n_{_name(days)}": ("amount", "size"),
                    f"amount_{_name(days)}": ("amount", "sum"),
                    f"mean_{_name(days)}": ("amount", "mean"),
                    f"discount_{_name(days)}": ("discount", "sum"),
                }
            )
        )
    grouped = orders.groupby("customer_id")
    base = grouped.agg(
        largest=("amount", "max"), smallest=("amount", "min"), spread=("amount", "std"),
        first=("ordered_at", "min"), last=("ordered_at", "max"), n=("amount", "size"),
    )  # fmt: skip
    base["since_last"] = (now - base["last"].dt.normalize()).dt.days
    base["since_first"] = (now - base["first"].dt.normalize()).dt.days
    base["gap"] = (base.since_first - base.since_last) / (base.n - 1).where(base.n > 1)
    parts.append(base.drop(columns=["first", "last", "n"]))
    del orders
    mail = read("email_events", ["customer_id", "event_type", "event_at"], "event_at", 365)
    for days in EMAIL_WINDOWS:
        rows = mail[mail.event_at >= now - pd.Timedelta(days=days)]
        counted = rows.groupby(["customer_id", "event_type"], observed=True).size().unstack()
        parts.append(counted.reindex(columns=list(KINDS)).add_suffix(f"_{days}"))
    del mail
    tickets = read("tickets", ["customer_id", "opened_at", "resolved_at", "outcome"], "opened_at")
    tickets["bad"] = (tickets.outcome == "unresolved") & (tickets.resolved_at < now)
    for days in TICKET_WINDOWS:
        rows = tickets
        if days is not None:
            rows = tickets[tickets.opened_at >= now - pd.Timedelta(days=days)]
        parts.append(
            rows.groupby("customer_id").agg(
                **{f"tickets_{_name(days)}": ("bad", "size"), f"bad_{_name(days)}": ("bad", "sum")}
            )
        )
    who = pd.read_parquet(data / "customers", columns=["customer_id", "signup_date"])
    who = who[pd.to_datetime(who.signup_date) < now].set_index("customer_id")
    found = who[[]].join(parts, how="left")
    counts = [name for name in found if name.startswith(("n_", "amount_", "discount_"))]
    counts += [name for name in found if name.startswith((*KINDS, "tickets_", "bad_"))]
    found[counts] = found[counts].fillna(0)
    found.reset_index().to_parquet(out, index=False)


def by_polars(data: Path, out: Path) -> None:
    """Compute them as somebody would who has Polars, in its streaming engine."""
    import polars as pl  # noqa: PLC0415 - a peer, which may be absent

    column = pl.col
    now = pl.lit(AS_OF).cast(pl.Datetime)

    def within(time: str, days: int | None) -> pl.Expr:
        return pl.lit(True) if days is None else column(time) >= now - pl.duration(days=days)

    def read(name: str, time: str) -> pl.LazyFrame:
        return pl.scan_parquet(f"{data}/{name}/*.parquet").filter(column(time) < now)

    money: list[pl.Expr] = []
    for days in WINDOWS:
        seen = within("ordered_at", days)
        money += [
            (pl.len() if days is None else seen.sum()).alias(f"n_{_name(days)}"),
            column("amount").filter(seen).sum().alias(f"amount_{_name(days)}"),
            column("amount").filter(seen).mean().alias(f"mean_{_name(days)}"),
            column("discount").filter(seen).sum().alias(f"discount_{_name(days)}"),
        ]
    first, last = column("ordered_at").min().dt.date(), column("ordered_at").max().dt.date()
    gaps = pl.when(pl.len() > 1).then(pl.len().cast(pl.Float64) - 1)
    orders = read("orders", "ordered_at").group_by("customer_id").agg(
        *money, column("amount").max().alias("largest"), column("amount").min().alias("smallest"),
        column("amount").std().alias("spread"),
        (pl.lit(AS_OF) - last).dt.total_days().alias("since_last"),
        (pl.lit(AS_OF) - first).dt.total_days().alias("since_first"),
        ((last - first).dt.total_days() / gaps).alias("gap"),
    )  # fmt: skip
    mail = read("email_events", "event_at").filter(within("event_at", 365))
    mail = mail.group_by("customer_id").agg(
        ((column("event_type") == kind) & within("event_at", days)).sum().alias(f"{kind}_{days}")
        for days in EMAIL_WINDOWS
        for kind in KINDS
    )
    bad = (column("outcome") == "unresolved") & (column("resolved_at") < now)
    tickets = (
        read("tickets", "opened_at")
        .group_by("customer_id")
        .agg(
            expression
            for days in TICKET_WINDOWS
            for expression in (
                (pl.len() if days is None else within("opened_at", days).sum()).alias(
                    f"tickets_{_name(days)}"
                ),
                (bad & within("opened_at", days)).sum().alias(f"bad_{_name(days)}"),
            )
        )
    )
    who = pl.scan_parquet(f"{data}/customers/*.parquet").filter(column("signup_date") < AS_OF)
    joined = who.select("customer_id").join(orders, on="customer_id", how="left")
    joined = joined.join(mail, on="customer_id", how="left")
    joined = joined.join(tickets, on="customer_id", how="left")
    counts = pl.col(f"^({'|'.join(KINDS)}|n|amount|discount|tickets|bad)_.*$")
    joined.with_columns(counts.fill_null(0)).collect(engine="streaming").write_parquet(out)


def _name(days: int | None) -> str:
    return "all" if days is None else str(days)


def _sql(data: Path) -> str:
    cut = f"timestamp '{AS_OF}'"

    def when(time: str, days: int | None, *also: str) -> str:
        said = [*also, *([f"{time} >= {cut} - to_days({days})"] if days else [])]
        return f" FILTER (WHERE {' AND '.join(said)})" if said else ""

    def windows(days: int | None) -> str:
        seen, name = when("ordered_at", days), _name(days)
        return (
            f"count(*){seen} AS n_{name}, sum(amount){seen} AS amount_{name}, "
            f"avg(amount){seen} AS mean_{name}, sum(discount){seen} AS discount_{name}"
        )

    money = ", ".join(windows(days) for days in WINDOWS)
    kinds = [(kind, days) for days in EMAIL_WINDOWS for kind in KINDS]
    mail = ", ".join(
        "count(*)" + when("event_at", days, f"event_type = '{kind}'") + f" AS {kind}_{days}"
        for kind, days in kinds
    )
    is_bad = f"outcome = 'unresolved' AND resolved_at < {cut}"
    service = ", ".join(
        f"count(*){when('opened_at', days)} AS tickets_{_name(days)}, "
        f"count(*){when('opened_at', days, is_bad)} AS bad_{_name(days)}"
        for days in TICKET_WINDOWS
    )
    counts = [f"{what}_{_name(days)}" for days in WINDOWS for what in ("n", "amount", "discount")]
    counts += [f"{kind}_{days}" for kind, days in kinds]
    counts += [f"{what}_{_name(days)}" for days in TICKET_WINDOWS for what in ("tickets", "bad")]
    others = [f"mean_{_name(days)}" for days in WINDOWS]
    others += ["largest", "smallest", "spread", "since_last", "since_first", "gap"]
    return f"""
        WITH o AS (
            SELECT customer_id, {money}, max(amount) AS largest, min(amount) AS smallest,
                stddev_samp(amount) AS spread,
                date_diff('day', max(ordered_at)::date, date '{AS_OF}') AS since_last,
                date_diff('day', min(ordered_at)::date, date '{AS_OF}') AS since_first,
                date_diff('day', min(ordered_at)::date, max(ordered_at)::date)
                    / nullif(count(*) - 1, 0) AS gap
            FROM '{data}/orders/*.parquet' WHERE ordered_at < {cut} GROUP BY 1
        ), e AS (
            SELECT customer_id, {mail} FROM '{data}/email_events/*.parquet'
            WHERE event_at < {cut} AND event_at >= {cut} - to_days(365) GROUP BY 1
        ), t AS (
            SELECT customer_id, {service} FROM '{data}/tickets/*.parquet'
            WHERE opened_at < {cut} GROUP BY 1
        )
        SELECT customer_id, {", ".join(f"coalesce({name}, 0) AS {name}" for name in counts)},
            {", ".join(others)}
        FROM (
            SELECT customer_id FROM '{data}/customers/*.parquet' WHERE signup_date < date '{AS_OF}'
        ) LEFT JOIN o USING (customer_id) LEFT JOIN e USING (customer_id)
        LEFT JOIN t USING (customer_id)
    """


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
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.way:
        sys.stdout.write(json.dumps(_measured(arguments.way, arguments.data, arguments.out)) + "\n")
        return
    ways = [name for name in arguments.only if importlib.util.find_spec(WAYS[name][0]) is not None]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _round in range(arguments.repeat):
        for name in ways:
            found[name].append(_in_a_process(name, arguments.data))
    _report(found, arguments.data)


def _report(found: dict[str, list[dict[str, float]]], data: Path) -> None:
    base = statistics.median(run["cpu"] for run in found["SQL by hand"])
    lines = ["| way | CPU s, median (min-max) | x SQL | wall s | peak MB | equal to SQL |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, runs in found.items():
        cpus = [run["cpu"] for run in runs]
        median = statistics.median(cpus)
        wall, peak = statistics.median(run["wall"] for run in runs), max(r["peak"] for r in runs)
        lines.append(
            f"| {name} | {median:.2f} ({min(cpus):.2f}-{max(cpus):.2f}) | {median / base:.2f} | "
            f"{wall:.2f} | {peak:.0f} | {_equal(data, name)} |"
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


def _in_a_process(name: str, data: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.features", str(data), "--way", name]
    ran = subprocess.run(
        [*command, "--out", str(_out(data, name))], stdout=subprocess.PIPE, check=True, text=True
    )
    measured: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return measured


def _out(data: Path, name: str) -> Path:
    return data / f"features.{name.replace(' ', '_').replace(',', '')}.parquet"


def _measured(name: str, data: Path, out: Path) -> dict[str, float]:
    library, way = WAYS[name]
    importlib.import_module(library)
    wall, cpu = time.perf_counter(), time.process_time()
    way(data, out)
    return {
        "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    main()
