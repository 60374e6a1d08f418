"""Finds whom campaigns treated while the labels of a panel were watched."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
from prefect import task

from features.stream import known_by
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from training.treatment import find_treated, with_control


def treatment_of(
    project_file: str, tables: TableRefs, labels: str, known_at: datetime | None
) -> str | None:
    """Return the stored table of who was treated within which of the labels; None for nobody.

    Nobody is looked for without a treatment log, or where the settings keep all rows as they are.
    """
    if "contacts" not in tables or open_project(project_file).settings.training.treated == "keep":
        return None
    return look_for_treated(project_file, labels, tables["contacts"], known_at)


@task(task_run_name="find treated")
def look_for_treated(
    project_file: str, labels: str, contacts: str, known_at: datetime | None
) -> str | None:
    """Write whom campaigns chose within the horizons of labels; return the reference, if any."""
    project = open_project(project_file)
    mode = project.settings.training.treated
    with project.open_lake() as lake, step("find treated") as done:
        key = project.key("treatment", labels, contacts, mode, known_at)
        logged = known_by(lake.table(contacts), known_at)
        is_weighted = mode == "weight"
        chosen = with_control(logged) if is_weighted else logged
        ref = lake.keep(
            "treatment", key,
            lambda: find_treated(lake.table(labels), chosen, are_weighted=is_weighted),
        )  # fmt: skip
        rows = lake.row_count(ref)
        done.outcome = f"{rows:,} rows"
        if is_weighted and (uncontrolled := _count(logged) - _count(chosen)):
            done.outcome += (
                f"; {uncontrolled:,} contacts of campaigns without a holdout are taken as business "
                "as usual"
            )
    return ref if rows else None


def _count(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())
