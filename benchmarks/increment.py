"""Validation of a daily increment, beside that of a first load.

`python -m benchmarks.increment [--work FOLDER] [--orders N] [--days N] [--repeat N]` makes
customers, orders and interactions, ingests a first load and some days, and stages one day more. It
then validates that day's orders, and all three of its tables, `--repeat` times each.

A measurement is a process of its own that has imported Great Expectations beforehand; CPU seconds
are user and system. The share of the first load's seconds that the day's rows have is what any
counting would cost; "fixed" is the rest, by table.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.processes import Measured, in_a_process, measure, say, spread
from flows.ingest import accept, begin, prepare_batch
from flows.project import Project, open_project
from flows.staging_tasks import stage_files

_SETTINGS = """\
[project]
name = "increment"
currency = "EUR"
root = "."
[sources.customers]
path = "../crm/customers/*.parquet"
[sources.orders]
path = "../crm/orders/*.parquet"
[sources.interactions]
path = "../crm/interactions/*.parquet"
"""
_FILE = "stammkunde.toml"
_TABLES = ("customers", "orders", "interactions")
_FIRST_DAY = datetime.fromisoformat("2024-01-01")
# A first load of so many days, so that a day later is a thousandth of it.
_DAYS_OF_FIRST_LOAD = 1000


def main() -> None:
    """Make the data, ingest them, measure in turn, and print medians."""
    arguments = _arguments()
    if arguments.part:
        say(_PARTS[arguments.part](arguments.work))
        return
    rows = _prepare(arguments.work, orders=arguments.orders, days=arguments.days)
    found: dict[str, list[float]] = {part: [] for part in _PARTS}
    for _ in range(arguments.repeat):
        for part, measured in found.items():
            given = ("--work", str(arguments.work), "--part", part)
            measured.append(in_a_process("benchmarks.increment", *given).cpu)
    first = statistics.median(found["first load"])
    lines = ["| validation of | CPU s, median (min-max) | fixed, by table |", "| --- | --- | --- |"]
    for part, cpus in found.items():
        beyond = (statistics.median(cpus) - first * rows[part] / rows["first load"]) / _COUNTS[part]
        lines.append(f"| {part}, {rows[part]:,} rows | {spread(cpus, digits=2)} | {beyond:.2f} |")
    sys.stdout.write("\n".join(lines) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work/increment"))
    parser.add_argument("--orders", type=int, default=500_000, help="of the first load")
    parser.add_argument("--days", type=int, default=3, help="ingested before the day measured")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--part", choices=_PARTS)
    return parser.parse_args()


def _prepare(work: Path, *, orders: int, days: int) -> dict[str, int]:
    """Leave a first load and a day staged, with days accepted between; return their rows."""
    shutil.rmtree(work, ignore_errors=True)
    first, daily = _project(work / "first"), _project(work / "daily")
    counts = [orders, *[orders // _DAYS_OF_FIRST_LOAD] * (days + 1)]
    for number, count in enumerate(counts):
        _write_crm(work / "crm", number, count)
        if number == 0:
            _ingest(first, accepted=False)
        _ingest(daily, accepted=number <= days)
    of_day = counts[-1] * 3 + _customers(counts[-1])
    return {
        "first load": orders * 3 + _customers(orders),
        "a day of orders": counts[-1],
        "a day of three tables": of_day,
    }


def _customers(orders: int) -> int:
    return max(orders // 10, 1)


def _write_crm(folder: Path, number: int, orders: int) -> None:
    """Write one file of each table: the first of many days, the others of one day each."""
    random = np.random.default_rng(number)
    days = _DAYS_OF_FIRST_LOAD if number == 0 else 1
    began = _FIRST_DAY + timedelta(days=0 if number == 0 else _DAYS_OF_FIRST_LOAD + number - 1)
    ids = [f"c{number}-{each}" for each in range(_customers(orders))]
    # Whoever buys on a day has been a customer before.
    known = ids if number == 0 else [f"c0-{each}" for each in range(_customers(orders))]

    def when(rows: int) -> list[datetime]:
        seconds = np.sort(random.integers(0, days * 86_400, rows))
        return [began + timedelta(seconds=int(each)) for each in seconds]

    def who(rows: int) -> list[str]:
        return [known[each] for each in random.integers(0, len(known), rows)]

    written = {
        "customers": {"customer_id": ids, "created_at": [began] * len(ids)},
        "orders": {
            "order_id": [f"o{number}-{each}" for each in range(orders)],
            "customer_id": who(orders),
            "ordered_at": when(orders),
            "amount": random.integers(100, 20_000, orders) / 100,
            "channel": random.choice(["web", "store"], orders),
        },
        "interactions": {
            "interaction_id": [f"i{number}-{each}" for each in range(orders * 2)],
            "customer_id": who(orders * 2),
            "occurred_at": when(orders * 2),
            "channel": ["email"] * (orders * 2),
            "kind": random.choice(["sent", "open", "click"], orders * 2),
        },
    }
    for table, columns in written.items():
        path = folder / table / f"{number:03}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)


def _project(folder: Path) -> Project:
    folder.mkdir(parents=True)
    (folder / _FILE).write_text(_SETTINGS)
    return open_project(folder / _FILE)


def _ingest(project: Project, *, accepted: bool) -> None:
    """Stage and prepare what is new, and accept it unvalidated, or leave it to be validated."""
    file = str(project.file)
    with project.store.locked():
        ingestion = begin(project, (), ())
        staged = [folder for table in _TABLES for folder in stage_files.fn(file, table, ingestion)]
        for folder in staged:
            prepare_batch.fn(file, folder)
        if accepted:
            accept.fn(file, staged, ingestion)


def _validated(folder: Path, tables: Sequence[str]) -> Measured:
    """Judge what is staged."""
    import validation.checkpoint  # noqa: F401, PLC0415 - its import is not what is measured
    from flows.gates import validate_staged  # noqa: PLC0415

    project = open_project(folder / _FILE)
    folders = [str(project.store.staging / "rows" / table) for table in tables]
    ingestion = begin(project, (), tables)
    return measure(lambda: validate_staged.fn(str(project.file), folders, ingestion))


_PARTS: dict[str, Callable[[Path], Measured]] = {
    "first load": lambda work: _validated(work / "first", _TABLES),
    "a day of orders": lambda work: _validated(work / "daily", ["orders"]),
    "a day of three tables": lambda work: _validated(work / "daily", _TABLES),
}
_COUNTS = {"first load": 3, "a day of orders": 1, "a day of three tables": 3}


if __name__ == "__main__":
    main()
