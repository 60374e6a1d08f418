"""Ingest of large Parquet files beside a plain COPY of the same files by the bare engine.

`python -m benchmarks.ingest FOLDER [--work FOLDER] [--repeat N]`: FOLDER has `orders/*.parquet`
(order_id, customer_id, ordered_at, channel, amount, discount) and `email_events/*.parquet`
(customer_id, campaign_id, event_type, event_at), and `customers/*.parquet`.

Each part runs in a process of its own. CPU seconds are those of that process, user and system;
Great Expectations' import is not counted. "copy" reads the same files and columns and writes one
Parquet file with the same compression.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.processes import Measured, in_a_process, measure, say, spread
from benchmarks.scale_project import ingest_unjudged, scale_project
from flows.ingest import begin
from flows.project import open_project

_COLUMNS = {
    "orders": "order_id, customer_id, ordered_at, channel, amount, discount",
    "email_events": "customer_id, campaign_id, event_type, event_at",
    "customers": "customer_id, signup_date, country, acquisition_channel, birth_year",
}


def main() -> None:
    """Run every part in turn, in processes of their own, and print medians and ratios."""
    arguments = _arguments()
    if arguments.part:
        say(_PARTS[arguments.part](arguments))
        return
    found: dict[str, list[Measured]] = {part: [] for part in _PARTS}
    given = [str(arguments.data), "--work", str(arguments.work)]
    for _ in range(arguments.repeat):
        for part in _PARTS:
            found[part].append(in_a_process("benchmarks.ingest", *given, "--part", part))
    copy = statistics.median(run.cpu for run in found["copy"])
    lines = ["| part | CPU s, median (min-max) | x copy | peak MB |", "| --- | --- | --- | --- |"]
    for part, runs in found.items():
        cpus = [run.cpu for run in runs]
        ratio, peak = statistics.median(cpus) / copy, max(run.peak_mb for run in runs)
        lines.append(f"| {part} | {spread(cpus, digits=1)} | {ratio:.2f} | {peak:.0f} |")
    sys.stdout.write("\n".join(lines) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--part", choices=_PARTS)
    return parser.parse_args()


def _settings(arguments: argparse.Namespace) -> str:
    return scale_project(arguments.data, arguments.work)


def _copy(arguments: argparse.Namespace) -> Measured:
    project = open_project(_settings(arguments))
    target = arguments.work / "copy"

    def work() -> None:
        with project.open_lake() as lake:
            for name, columns in _COLUMNS.items():
                lake.engine.raw_sql(
                    f"COPY (SELECT {columns} FROM '{arguments.data}/{name}/*.parquet') "
                    f"TO '{target / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
                )

    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return measure(work)


def _ingest(arguments: argparse.Namespace) -> Measured:
    shutil.rmtree(arguments.work / "data", ignore_errors=True)
    file = _settings(arguments)
    return measure(lambda: ingest_unjudged(file, ("orders", "interactions", "customers")))


def _validation(arguments: argparse.Namespace) -> Measured:
    """Judge the rows of the ingest before, which are staged still."""
    import validation.checkpoint  # noqa: F401, PLC0415 - its import is not what is measured
    from flows.gates import validate_staged  # noqa: PLC0415

    file = _settings(arguments)
    project = open_project(file)
    folders = [str(path) for path in sorted((project.store.staging / "rows").iterdir())]
    ingestion = begin(project, (), ("orders", "interactions", "customers"))
    return measure(lambda: validate_staged.fn(file, folders, ingestion))


_PARTS: dict[str, Callable[[argparse.Namespace], Measured]] = {
    "copy": _copy, "ingest": _ingest, "validation": _validation,
}  # fmt: skip


if __name__ == "__main__":
    main()
