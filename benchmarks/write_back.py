"""Times the write back of a publish against a bare COPY of its scores into a plain table.

    python -m benchmarks.write_back [customers] [rounds]

Starts a server of its own on loopback. A round begins with empty tables and takes turns:

bare COPY   scores.parquet, batch by batch, as CSV into a table without a key: nothing is compared
first       `write_publish`: scores, history, members of segments, contacts and the record
1 % differ  the next publish, in which one customer in a hundred has another score and segment
none        the publish after it, whose scores are those of before
repeated    the same publish once more: the record is found

CPU is that of both sides, and says more where the machine has other work.
The rows that all write are those of the scores; `first` writes history, members and contacts too.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

from contracts.scores import SCORE_COLUMNS
from segments.destinations.database import write_publish
from segments.destinations.merging import as_csv
from segments.destinations.migrating import migrate
from segments.destinations.outbox import Publish, write
from tests.postgres import Server, find_binaries, running_server

SEGMENTS = [f"segment_{number}" for number in range(10)]
SQL_TYPES = {
    "string": "text", "date": "date", "boolean": "boolean", "float64": "double precision",
}  # fmt: skip
WAYS = ("bare COPY", "first", "1 % differ", "none", "repeated")


def published(outbox: Path, run_id: str, as_of: date, *, customers: int, moved: bool) -> Path:
    """Write a publish in which two of three customers are in a segment; return its folder."""
    random = np.random.default_rng(1)
    columns: dict[str, pa.Array] = {}
    for name, type_ in SCORE_COLUMNS.items():
        if type_ == "float64":
            columns[name] = pa.array(random.gamma(2.0, 40.0, customers))
        elif type_ == "date":
            columns[name] = pa.array([date(2024, 8, 1)] * customers)
        elif type_ == "boolean":
            columns[name] = pa.array(random.random(customers) < 0.1)
        else:
            columns[name] = pa.array([f"{name} of a model"] * customers)
    ids = np.array([f"customer-{number:09}" for number in range(customers)])
    churn, of_segment = random.random(customers), random.integers(0, 15, customers)
    if moved:
        churn[::100] /= 2
        of_segment[::100] = (of_segment[::100] + 1) % 15
    columns |= {
        "customer_id": pa.array(ids), "run_id": pa.array([run_id] * customers),
        "as_of": pa.array([as_of] * customers), "churn_probability": pa.array(churn),
    }  # fmt: skip
    members = {
        name: pa.table({"customer_id": ids[of_segment == number], "clv": columns["clv"].filter(
            pa.array(of_segment == number))})
        for number, name in enumerate(SEGMENTS)
    }  # fmt: skip
    contacts = pa.concat_tables(
        pa.table({
            "campaign_id": [f"{name} {as_of}"] * len(rows), "customer_id": rows["customer_id"],
            "contacted_at": [datetime(as_of.year, as_of.month, as_of.day)] * len(rows),  # noqa: DTZ001
            "channel": ["email"] * len(rows), "arm": ["treated"] * len(rows),
        })
        for name, rows in members.items()
    )  # fmt: skip
    facts = {"project": "bench", "segments": {name: {"label": name} for name in SEGMENTS}}
    content = Publish(
        as_of, run_id, scores=pa.table(columns).select(list(SCORE_COLUMNS)), segments=members,
        contacts=contacts, arms=contacts.select(["customer_id", "arm"]), facts=facts,
    )  # fmt: skip
    return write(outbox, content)


def bare_copy(url: str, folder: Path) -> None:
    """Copy the scores into a table without a key, in one transaction."""
    columns = ", ".join(f"{name} {SQL_TYPES[type_]}" for name, type_ in SCORE_COLUMNS.items())
    make = sql.SQL("CREATE TABLE bare ({})").format(sql.SQL(columns))  # type: ignore[arg-type]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(make)
        with (
            pq.ParquetFile(folder / "scores.parquet") as file,
            cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copy,
        ):
            for batch in file.iter_batches(1 << 16):
                copy.write(as_csv(batch))


def server_cpu(server: Server) -> float:
    """Return the CPU seconds of the server's processes that have ended: one per connection."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def one_round(server: Server, folders: list[Path]) -> dict[str, tuple[float, float]]:
    """Return the seconds of every way, and those of CPU of both sides, on new tables."""
    url = server.create("bench")
    migrate(url, "stammkunde")
    found = {}
    for way in WAYS:
        server.execute("bench", "CHECKPOINT")
        time.sleep(1)  # till the process of the last connection has ended
        began, used = time.perf_counter(), time.process_time() + server_cpu(server)
        if way == "bare COPY":
            bare_copy(url, folders[0])
        else:
            write_publish(url, folders[min(WAYS.index(way) - 1, 2)], schema="stammkunde")
        wall = time.perf_counter() - began
        time.sleep(1)
        found[way] = (wall, time.process_time() + server_cpu(server) - used)
    return found


def main(customers: int = 1_000_000, rounds: int = 3) -> None:
    """Measure all ways `rounds` times."""
    binaries = find_binaries()
    if binaries is None:
        sys.exit("No PostgreSQL server is installed: initdb is not on the PATH.")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(binaries, "autovacuum=off") as server,
    ):
        made = [("run1", 1, False), ("run2", 8, True), ("run3", 15, True)]
        folders = [
            published(Path(folder), run, date(2024, 7, day), customers=customers, moved=moved)
            for run, day, moved in made
        ]
        found = [one_round(server, folders) for _ in range(rounds)]
    print(f"{customers:,} customers, {rounds} rounds: seconds, and of a bare COPY")
    print(f"{'':10} {'wall':>7} {'':14} {'x':>6} {'CPU':>7} {'x':>6}")
    bare_wall, bare_cpu = (
        statistics.median(each["bare COPY"][part] for each in found) for part in (0, 1)
    )
    for way in WAYS:
        walls, cpus = zip(*(each[way] for each in found), strict=True)
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        span = f"{min(walls):.1f} - {max(walls):.1f}"
        print(f"{way:10} {wall:7.2f} {span:>14} {wall / bare_wall:6.2f} "
              f"{cpu:7.2f} {cpu / bare_cpu:6.2f}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
