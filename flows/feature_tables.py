"""The flow `features`, and the tasks that training and scoring share to build feature tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import ibis.expr.types as ir
from prefect import flow, task

from features.catalogue import build_families, by_stream, switched_on
from features.spine import spine
from features.stream import known_by
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from warehouse.lake import Lake

_SPINE_TABLES = ("customers", "orders", "consents")


@flow(name="features")
def build_features(
    project_file: str, tables: TableRefs, dates: list[date], *, known_at: datetime | None = None
) -> TableRefs:
    """Build the spine at `dates` and every family that the tables switch on.

    Returns "spine" and the names of the streams -> stored tables, all with the spine's rows. The
    families of one stream are built together.
    """
    built = {"spine": build_spine(project_file, tables, dates, known_at)}
    for stream, families in by_stream(switched_on(tables)).items():
        built[stream] = build_stream_table(
            project_file, stream, families, tables=tables, spine_ref=built["spine"], dates=dates,
            known_at=known_at,
        )  # fmt: skip
    return built


@task(task_run_name="spine")
def build_spine(
    project_file: str, tables: TableRefs, dates: list[date], known_at: datetime | None
) -> str:
    """Write which scorable customers are seen at which dates; return the reference."""
    project = open_project(project_file)
    needed = {name: ref for name, ref in tables.items() if name in _SPINE_TABLES}
    with project.open_lake() as lake, step("spine") as done:
        key = project.key("spine", needed, dates, known_at)
        known = known_tables(lake, needed, known_at)
        ref = lake.keep(
            "spine",
            key,
            lambda: spine(
                known["customers"], known["orders"], dates, consents=known.get("consents")
            ),
        )
        done.outcome = f"{lake.row_count(ref):,} customers x dates"
    return ref


@task(task_run_name="features of {stream}")
def build_stream_table(  # noqa: PLR0913 - what is built, from what, and as of when
    project_file: str,
    stream: str,
    families: tuple[str, ...],
    *,
    tables: TableRefs,
    spine_ref: str,
    dates: list[date],
    known_at: datetime | None,
) -> str:
    """Write the families of one stream at the rows of the spine; return the reference."""
    project = open_project(project_file)
    only_date = dates[0] if len(dates) == 1 else None
    with project.open_lake() as lake, step(f"features of {stream}") as done:
        key = project.key("features", families, tables, spine_ref, known_at)
        known = known_tables(lake, tables, known_at)
        ref = lake.keep(
            f"features_{stream}",
            key,
            lambda: build_families(families, lake.table(spine_ref), known, only_date=only_date),
        )
        done.outcome = f"{', '.join(families)}: {lake.row_count(ref):,} rows"
    return ref


def known_tables(
    lake: Lake, refs: Mapping[str, str], known_at: datetime | None
) -> dict[str, ir.Table]:
    """Return canonical name -> table, with the rows that had been ingested by `known_at`."""
    return {name: known_by(lake.table(ref), known_at) for name, ref in refs.items()}
