"""Times orders from PostgreSQL to Parquet against a bare COPY of them into a file.

    python -m benchmarks.from_postgres [rows] [rounds]

Starts a server of its own on loopback, fills it, and takes turns between what is compared, so that
whatever else the machine does meets all alike:

bare COPY       psql -c "COPY ... TO STDOUT" into a file: nothing is read, typed or converted
Stammkunde      what `ingest` does: `extract`, then the engine writes text ids, times and decimals
of it: extract  the first of the two steps
CSV, one by one psycopg's loop over COPY (FORMAT csv) into a file, then the engine reads the CSV
CSV, in blocks  the same with the loop of `extract`

CPU is that of all processes of the client, and of the server's for the connection. Memory is the
peak of the process that converts, with Python and the engine in it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import ibis.expr.types as ir
import psycopg
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from ingestion.sources.databases import TableRequest, extract, read_extract
from tests.postgres import Server, find_binaries, running_server
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings
from warehouse.staging import PARQUET

COLUMNS = "order_id, customer_id, ordered_at, amount, discount, channel"
FILL = """
CREATE TABLE orders AS SELECT g AS order_id, g * 7919 % 400000 AS customer_id,
  timestamp '2020-01-01' + g * interval '17.003 seconds' AS ordered_at,
  (g % 100000 / 100.0)::numeric(12,2) AS amount, (g % 700 / 100.0)::numeric(12,2) AS discount,
  (ARRAY['web', 'store', 'app', 'phone'])[1 + g % 4] AS channel
FROM generate_series(1::bigint, {rows}) AS g
"""
# fmt: off
CSV_TYPES = {"order_id": "BIGINT", "customer_id": "BIGINT", "ordered_at": "TIMESTAMP",
             "amount": "DECIMAL(12, 2)", "discount": "DECIMAL(12, 2)", "channel": "VARCHAR"}
# fmt: on
ENGINE = EngineSettings(memory_gb=1.5, threads=2)


@dataclass(frozen=True)
class Measured:
    """Seconds of one round, and what its process used at most, in MB."""

    wall: float
    client_cpu: float
    server_cpu: float
    peak_mb: float


def bare_copy(server: Server, folder: Path, rows: int) -> None:
    """Copy the orders into a file by psql."""
    statement = f"COPY (SELECT {COLUMNS} FROM orders) TO STDOUT"
    with (folder / "orders.txt").open("wb") as file:
        psql = which("psql") or server.binaries / "psql"
        subprocess.run([psql, server.url("bench"), "-qAtc", statement], stdout=file, check=True)


def only_extract(server: Server, folder: Path, rows: int) -> None:
    """Read the orders by `extract`."""
    request = TableRequest("orders", query=f"SELECT {COLUMNS} FROM orders", cursor="ordered_at")
    read = extract(server.url("bench"), [request], folder=folder)["orders"]
    assert read.rows == rows


def stammkunde(server: Server, folder: Path, rows: int) -> None:
    """Take the orders to the Parquet file that the lake keeps."""
    request = TableRequest("orders", "orders", cursor="ordered_at")
    read = extract(server.url("bench"), [request], folder=folder)["orders"]
    with open_engine(ENGINE, spill=folder / "spill") as engine:
        write(engine, read_extract(engine, read), folder, rows)


def csv_one_by_one(server: Server, folder: Path, rows: int) -> None:
    """Take psycopg's own loop over the rows of a COPY in CSV, then the engine's reader."""
    statement = f"COPY (SELECT {COLUMNS} FROM orders) TO STDOUT (FORMAT csv)"
    with (
        psycopg.connect(server.url("bench")) as connection,
        connection.cursor().copy(statement) as copy,
        (folder / "orders.csv").open("wb") as file,
    ):
        for row in copy:
            file.write(row)
    write_csv(folder, rows)


def csv_in_blocks(server: Server, folder: Path, rows: int) -> None:
    """Take the loop that `extract` has, but CSV, then the engine's reader."""
    statement = f"COPY (SELECT {COLUMNS} FROM orders) TO STDOUT (FORMAT csv)"
    with (
        psycopg.connect(server.url("bench"), autocommit=True) as connection,
        (folder / "orders.csv").open("wb", buffering=1 << 20) as file,
    ):
        connection.pgconn.exec_(statement.encode())
        size, row = connection.pgconn.get_copy_data(0)
        while size > 0:
            file.write(row)
            size, row = connection.pgconn.get_copy_data(0)
        while connection.pgconn.get_result() is not None:
            pass
    write_csv(folder, rows)


def write_csv(folder: Path, rows: int) -> None:
    """Read a CSV whose types are known, and write what the lake keeps."""
    with open_engine(ENGINE, spill=folder / "spill") as engine:
        table = engine.read_csv(
            str(folder / "orders.csv"), columns=CSV_TYPES, auto_detect=False, header=False,
            delim=",", quote='"', escape='"', nullstr="",
        )  # fmt: skip
        write(engine, table, folder, rows)


def write(engine: Backend, table: ir.Table, folder: Path, rows: int) -> None:
    """Write orders as the lake keeps them: text ids, times, decimals; its Parquet."""
    kept = table.select(
        order_id=table.order_id.cast("string"),
        customer_id=table.customer_id.cast("string"),
        ordered_at=table.ordered_at.cast("timestamp(6)"),
        amount=table.amount.cast("decimal(18, 2)"),
        discount=table.discount.cast("decimal(18, 2)"),
        channel=table.channel,
    )
    engine.to_parquet(kept, folder / "kept.parquet", **PARQUET)
    assert pq.read_metadata(folder / "kept.parquet").num_rows == rows


WAYS: dict[str, Callable[[Server, Path, int], None]] = {
    "bare COPY": bare_copy,
    "Stammkunde": stammkunde,
    "of it: extract": only_extract,
    "CSV, one by one": csv_one_by_one,
    "CSV, in blocks": csv_in_blocks,
}


def measure(server: Server, way: str, rows: int) -> Measured:
    """Take one way in a process of its own."""
    before = server_cpu(server)
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, context.Pool(1) as pool:
        wall, cpu, peak = pool.apply(take, (server, way, Path(folder), rows))
    time.sleep(0.5)  # the server counts a session's CPU once it is gone
    return Measured(wall, cpu, server_cpu(server) - before, peak)


def take(server: Server, way: str, folder: Path, rows: int) -> tuple[float, float, float]:
    """Return the seconds, the CPU seconds and the peak of memory that a way takes here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the engine draws bars of its progress
    wall, cpu = time.perf_counter(), client_cpu()
    WAYS[way](server, folder, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - wall, client_cpu() - cpu, peak


def client_cpu() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def server_cpu(server: Server) -> float:
    """Return the CPU seconds of all sessions that have ended."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def report(rounds: dict[str, list[Measured]]) -> None:
    """Print the table."""
    bare = statistics.median(one.wall for one in rounds["bare COPY"])
    print(f"{'':16} {'median s':>9} {'min - max':>14} {'ratio':>6} {'client CPU':>11} "
          f"{'server CPU':>11} {'peak MB':>8}")  # fmt: skip
    for way, measured in rounds.items():
        walls = [one.wall for one in measured]
        middle = statistics.median(walls)
        client = statistics.median(one.client_cpu for one in measured)
        server = statistics.median(one.server_cpu for one in measured)
        span = f"{min(walls):.2f} - {max(walls):.2f}"
        peak = max(one.peak_mb for one in measured)
        print(f"{way:16} {middle:9.2f} {span:>14} {middle / bare:6.2f} {client:11.2f} "
              f"{server:11.2f} {peak:8.0f}")  # fmt: skip


def main(rows: int = 5_000_000, rounds: int = 5) -> None:
    """Measure every way `rounds` times, in turns."""
    binaries = find_binaries()
    if binaries is None:
        sys.exit("No PostgreSQL server is installed: initdb is not on the PATH.")
    with running_server(binaries, "autovacuum=off") as server:
        url = server.create("bench", FILL.format(rows=rows), "VACUUM ANALYZE orders")
        with psycopg.connect(url) as connection:
            version = connection.info.parameter_status("server_version")
        print(f"{rows:,} orders, {rounds} rounds, PostgreSQL {version}, {os.cpu_count()} CPUs")
        measured: dict[str, list[Measured]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                measured[way].append(measure(server, way, rows))
        report(measured)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
