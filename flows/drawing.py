"""Draws customers out of a large base, with all that is known of them, where fewer say enough."""

from __future__ import annotations

from functools import partial

from prefect import task

from features.sample import of_customers, sample_customers
from flows.feature_tables import known_tables
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from warehouse.buckets import share_of

# Buckets differ in size: there must be enough to draw from.
_SPARE = 1.2


@task(task_run_name="draw customers")
def draw_customers(project_file: str, tables: TableRefs, customers: int) -> TableRefs:
    """Write the rows of about so many customers of each table; return name -> stored table.

    Who is drawn depends on the ids, how many there are, and the seed; where tables lie in buckets,
    it is out of few of these, so that the others are not read. Tables whose rows name no customer
    are as they were.
    """
    project = open_project(project_file)
    # Not the seed of panels: they draw again out of these, and would find them all drawn.
    seed, drawn = project.settings.training.seed + 1, dict(tables)
    with project.open_lake() as lake, step("draw customers") as done:
        everybody = tables["customers"]
        share = customers / max(lake.row_count(everybody), 1)
        only = lake.some(tables.values(), share=_SPARE * share)
        known = known_tables(lake, tables, None, only=only)
        ids, of_these = known["customers"].select("customer_id"), share / share_of(only)
        key = project.key("draw", everybody, customers, seed, only and sorted(only.buckets))
        who = lake.keep("drawn", key, lambda: sample_customers(ids, share=of_these, seed=seed))
        rows = of_customers(known, lake.table(who))
        for name, ref in tables.items():
            if "customer_id" in rows[name].columns:
                build = partial(rows.__getitem__, name)
                drawn[name] = lake.keep(f"drawn_{name}", project.key("draw", who, ref), build)
        done.outcome = f"{lake.row_count(who):,} of {lake.row_count(everybody):,}"
    return drawn
