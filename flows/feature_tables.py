"""The flow `features`, and the tasks that training and scoring share to build feature tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import partial

import ibis.expr.types as ir
from prefect import flow, task

from contracts.schema import SNAPSHOT_KEY
from features.catalogue import (
    asked_of,
    build_families,
    by_stream,
    join_families,
    streams,
    switched_on,
)
from features.pool import Pool, watched
from features.sample import of_customers, sample_customers
from features.spine import spine
from features.stream import known_by
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from warehouse.buckets import Slice
from warehouse.lake import Lake

SPINE_TABLES = ("customers", "orders", "consents")


def joined_features(lake: Lake, built: TableRefs) -> ir.Table:
    """Return all features of the stored tables that `build_features` returned."""
    return join_families(feature_tables(lake, built))


def feature_tables(lake: Lake, built: TableRefs) -> list[ir.Table]:
    """Return these tables, all of the same rows, without joining them."""
    return [lake.table(ref) for name, ref in built.items() if name != "spine"]


@flow(name="features")
def build_features(  # noqa: PLR0913 - who is seen when, as of what knowledge
    project_file: str,
    tables: TableRefs,
    dates: list[date],
    *,
    known_at: datetime | None = None,
    max_rows: int | None = None,
    pool: Pool | None = None,
    only: Collection[str] | None = None,
    families: tuple[str, ...] | None = None,
) -> TableRefs:
    """Build the spine at `dates` and every family that the tables switch on.

    Returns "spine" and the names of the streams -> stored tables, all with the spine's rows. The
    families of one stream are built together. With `pool` the spine has the customers of the pool
    at each date only; with `max_rows` it is that of a sample of customers, of about so many rows.
    With `only` no other features than these are built, and no stream that has none of them; with
    `families` those of these only.
    """
    built = {"spine": build_spine(project_file, tables, dates, known_at, max_rows, pool)}
    on = [name for name in switched_on(tables) if families is None or name in families]
    for stream, names in by_stream(on).items():
        asked = None if only is None else asked_of(names, only)
        if asked != ():
            built[stream] = build_stream_table(
                project_file, stream, names, tables=tables, spine_ref=built["spine"],
                dates=dates, known_at=known_at, only=asked,
                is_sample=max_rows is not None or pool is not None,
            )  # fmt: skip
    return built


@task(task_run_name="spine")
def build_spine(  # noqa: PLR0913, PLR0917 - who is seen, when, and as of what knowledge
    project_file: str,
    tables: TableRefs,
    dates: list[date],
    known_at: datetime | None,
    max_rows: int | None = None,
    pool: Pool | None = None,
) -> str:
    """Write which scorable customers are seen at which dates; return the reference."""
    project = open_project(project_file)
    needed = {name: ref for name, ref in tables.items() if name in SPINE_TABLES}
    with project.open_feature_lake() as lake, step("spine") as done:
        seed = project.settings.training.seed
        key = project.key(
            "spine", project.settings.engine.name, needed, dates, known_at, max_rows,
            seed if max_rows else None, *([asdict(pool)] if pool else []),
        )  # fmt: skip
        known = known_tables(lake, needed, known_at)
        ref = lake.keep("spine", key, lambda: _spine(lake, known, dates, max_rows, seed, pool))
        done.outcome = f"{lake.row_count(ref):,} customers x dates"
    return ref


def _spine(  # noqa: PLR0913, PLR0917 - as its task
    lake: Lake,
    known: Mapping[str, ir.Table],
    dates: list[date],
    max_rows: int | None,
    seed: int,
    pool: Pool | None,
) -> ir.Table:
    whole = spine(known["customers"], known["orders"], dates, consents=known.get("consents"))
    if pool is not None:
        whole = whole.semi_join(watched(known["orders"], dates, pool), SNAPSHOT_KEY)
    if max_rows is None:
        return whole
    rows = int(lake.engine.to_pyarrow(whole.count()).as_py())
    return sample_customers(whole, share=max_rows / max(rows, 1), seed=seed)


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
    is_sample: bool,
    only: tuple[str, ...] | None = None,
) -> str:
    """Write the families of one stream at the rows of the spine; return the reference.

    With `only` they have these features.
    """
    project = open_project(project_file)
    only_date = dates[0] if len(dates) == 1 else None
    with project.open_feature_lake() as lake, step(f"features of {stream}") as done:
        needed = {name: tables[name] for name in streams()[stream].tables}
        key = project.key(
            "features", project.settings.engine.name, families, needed, spine_ref, known_at,
            *([] if only is None else [only]),
        )  # fmt: skip

        def build(part: Slice | None) -> ir.Table:
            seen = lake.table(spine_ref, only=part)
            known = known_tables(lake, needed, known_at, only=part)
            if is_sample:
                known = of_customers(known, seen)
            return build_families(families, seen, known, only_date=only_date, only=only)

        slices = lake.slices(needed.values())
        ref = lake.keep_parts(f"features_{stream}", key, [partial(build, each) for each in slices])
        done.outcome = f"{', '.join(families)}: {lake.row_count(ref):,} rows"
    return ref


def known_tables(
    lake: Lake, refs: Mapping[str, str], known_at: datetime | None, *, only: Slice | None = None
) -> dict[str, ir.Table]:
    """Return canonical name -> table, with the rows that had been ingested by `known_at`."""
    return {name: known_by(lake.table(ref, only=only), known_at) for name, ref in refs.items()}
