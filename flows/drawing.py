"""Draws customers out of a large base, with all that is known of them, where fewer say enough."""

from __future__ import annotations

from functools import partial

from prefect import task

from features.sample import of_customers, sample_customers
from flows.feature_tables import known_tables
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project


def is_larger(project_file: str, tables: TableRefs, customers: int) -> bool:
    """Return whether there are more customers than so many."""
    with open_project(project_file).open_lake() as lake:
        return lake.row_count(tables["customers"]) > customers


@task(task_run_name="draw customers")
def draw_customers(project_file: str, tables: TableRefs, customers: int) -> TableRefs:
    """Write the rows of about so many customers of each table; return name -> stored table.

    Who is drawn depends on the ids, how many there are, and the seed. Tables whose rows name no
    customer are as they were.
    """
    project = open_project(project_file)
    seed, tables = project.settings.training.seed, dict(tables)
    with project.open_lake() as lake, step("draw customers") as done:
        everybody = tables["customers"]
        share = customers / max(lake.row_count(everybody), 1)
        key = project.key("draw", everybody, customers, seed)
        ids = lake.table(everybody).select("customer_id")
        who = lake.keep("drawn", key, lambda: sample_customers(ids, share=share, seed=seed))
        rows = of_customers(known_tables(lake, tables, None), lake.table(who))
        for name, ref in tables.items():
            if "customer_id" in rows[name].columns:
                build = partial(rows.__getitem__, name)
                tables[name] = lake.keep(f"drawn_{name}", project.key("draw", who, ref), build)
        done.outcome = f"{lake.row_count(who):,} of {lake.row_count(everybody):,}"
    return tables
