"""The whole catalogue of features on ingested tables: at once, by slices of customers, and again.

`python -m benchmarks.catalogue FOLDER [--work FOLDER] [--memory-gb N] [--repeat N] [--only WAY]`:
FOLDER is that of `benchmarks.ingest`, with `tickets/*.parquet` (ticket_id, customer_id, opened_at,
resolved_at, topic, csat, outcome) beside. It is ingested once, and stays in the working folder.

Each line is a process of its own that builds the spine and every family at one date. "slices" are
as many as the memory asks for, "again" finds all that the slices built, "a day later" is the next
date by slices.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from datetime import date, timedelta
from pathlib import Path

from benchmarks.processes import Measured, in_a_process, measure, say, spread
from benchmarks.scale_project import ingest_unjudged, scale_project
from features.catalogue import FAMILIES, by_stream, switched_on
from flows.canonical import canonical_tables
from flows.feature_tables import build_spine, build_stream_table
from flows.project import open_project

AS_OF = date(2024, 7, 1)
_TABLES = ("orders", "interactions", "customers", "tickets")
_AT_ONCE = f"rows_at_once = {10**9}"


def main() -> None:
    """Take every way in turn, in processes of their own, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work"))
    parser.add_argument("--memory-gb", type=float, default=1.5)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=_WAYS, default=list(_WAYS))
    parser.add_argument("--way", choices=_WAYS)
    arguments = parser.parse_args()
    if arguments.way:
        say(_WAYS[arguments.way](arguments))
        return
    _ingested(arguments)
    given = [str(arguments.data), "--work", str(arguments.work)]
    given += ["--memory-gb", str(arguments.memory_gb)]
    found: dict[str, list[Measured]] = {way: [] for way in arguments.only}
    for _round in range(arguments.repeat):
        _forget(arguments)
        for way, runs in found.items():
            runs.append(in_a_process("benchmarks.catalogue", *given, "--way", way))
    first = statistics.median(run.cpu for run in found["slices"])
    names = switched_on(_TABLES)
    count = sum(len(FAMILIES[name].features) for name in names)
    lines = [
        f"{len(names)} families, {count} features, {arguments.memory_gb} GB for the engine", "",
        "| way | CPU s, median (min-max) | x slices | wall s | peak MB |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for way, runs in found.items():
        cpus = [run.cpu for run in runs]
        ratio, wall = statistics.median(cpus) / first, statistics.median(run.wall for run in runs)
        peak = max(run.peak_mb for run in runs)
        row = f"| {way} | {spread(cpus, digits=1)} | {ratio:.2f} | {wall:.1f} | {peak:.0f} |"
        lines.append(row)
    sys.stdout.write("\n".join(lines) + "\n")


def _ingested(arguments: argparse.Namespace) -> None:
    file = scale_project(arguments.data, arguments.work)
    if not open_project(file).store.history():
        ingest_unjudged(file, _TABLES)


def _forget(arguments: argparse.Namespace) -> None:
    """Remove what was computed from the accepted batches."""
    shutil.rmtree(
        open_project(scale_project(arguments.data, arguments.work)).tables, ignore_errors=True
    )


def _build(arguments: argparse.Namespace, day: date, *, engine: str = "") -> Measured:
    file = scale_project(
        arguments.data, arguments.work, memory_gb=arguments.memory_gb, engine=engine
    )
    tables = canonical_tables.fn(file, None)

    def work() -> None:
        spine = build_spine.fn(file, tables, [day], None)
        for stream, families in by_stream(switched_on(tables)).items():
            build_stream_table.fn(
                file, stream, families, tables=tables, spine_ref=spine, dates=[day],
                known_at=None, is_sample=False,
            )  # fmt: skip

    return measure(work)


def _at_once(arguments: argparse.Namespace) -> Measured:
    measured = _build(arguments, AS_OF, engine=_AT_ONCE)
    _forget(arguments)
    return measured


_WAYS = {
    "at once": _at_once,
    "slices": lambda arguments: _build(arguments, AS_OF),
    "again": lambda arguments: _build(arguments, AS_OF),
    "a day later": lambda arguments: _build(arguments, AS_OF + timedelta(days=1)),
}


if __name__ == "__main__":
    main()
