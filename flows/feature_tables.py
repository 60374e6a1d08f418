"""The flow `features`, and the tasks that training and scoring share to build feature tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import ibis.expr.types as ir
from prefect import flow, task

from features.catalogue import build_family, switched_on
from features.events import known_by
from features.spine import spine
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

    Returns "spine" and the names of the families -> stored tables, all with the spine's rows.
    """
    built = {"spine": build_spine(project_file, tables, dates, known_at)}
    for family in switched_on(tables):
        built[family] = build_family_table(project_file, family, tables, built["spine"], known_at)
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


@task(task_run_name="features {family}")
def build_family_table(
    project_file: str, family: str, tables: TableRefs, spine_ref: str, known_at: datetime | None
) -> str:
    """Write one family of features at the spine's rows; return the reference."""
    project = open_project(project_file)
    with project.open_lake() as lake, step(f"features {family}") as done:
        key = project.key("features", family, tables, spine_ref, known_at)
        known = known_tables(lake, tables, known_at)
        ref = lake.keep(family, key, lambda: build_family(family, lake.table(spine_ref), known))
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


def known_tables(
    lake: Lake, refs: Mapping[str, str], known_at: datetime | None
) -> dict[str, ir.Table]:
    """Return canonical name -> table, with the rows that had been ingested by `known_at`."""
    return {name: known_by(lake.table(ref), known_at) for name, ref in refs.items()}
