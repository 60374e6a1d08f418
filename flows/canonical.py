"""The canonical tables: views over the accepted batches, as they were known at some time."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
from prefect import task

from contracts.errors import AsOfOutsideData, NotEnoughData
from contracts.schema import BATCH_COLUMNS
from contracts.tables import TABLES
from flows.names import TableRefs
from flows.progress import step
from flows.project import Project, open_project
from ingestion.derive import derive_customers
from ingestion.merges import resolve_merges
from warehouse.commits import Committed
from warehouse.history import View, count_live
from warehouse.lake import Lake


@task(task_run_name="canonical tables")
def canonical_tables(project_file: str, known_at: datetime | None) -> TableRefs:
    """Return canonical name -> stored table, of what had been accepted by `known_at`.

    Where no source delivers `customers`, they are derived from the orders.

    Raises
    ------
    NotEnoughData
        No orders have been accepted yet.
    AsOfOutsideData
        None had been by then.
    """
    project = open_project(project_file)
    history = project.store.history(known_at=known_at)
    if "orders" not in history:
        if known_at is None:
            raise NotEnoughData("No orders have come yet. Deliver the first ones.")
        raise AsOfOutsideData(
            f"No orders had been ingested by {known_at}. Choose a later --known-at."
        )
    with project.open_lake() as lake, step("canonical tables") as done:
        merges = _merges(lake, project, history.get("customers", []))
        tables = {
            table: _keep(lake, project, table, batches, merges)
            for table, batches in history.items()
        }
        if "customers" not in tables:
            tables["customers"] = _derived_customers(lake, project, tables["orders"])
        done.outcome = ", ".join(f"{name} {lake.row_count(ref):,}" for name, ref in tables.items())
    return tables


def subscriptions_of(tables: TableRefs) -> str:
    """Return the stored contracts, which a company needs whose customers leave by their end.

    Raises
    ------
    NotEnoughData
        There are none.
    """
    if "subscriptions" not in tables:
        raise NotEnoughData(
            'No contracts have come yet, and `kind` under [business] is "contract". Deliver table '
            "`subscriptions`: subscription_id, customer_id, started_at, ended_at, end_reason, "
            "plan, price."
        )
    return tables["subscriptions"]


def view_of(table: str, batches: list[Committed]) -> View:
    """Return what to read for the accepted rows of a table, with the newest batch's attributes."""
    newest = batches[-1].batch
    attributes = [name for name in newest.columns if name not in TABLES[table]]
    columns = {column.name: column.type for column in TABLES[table].columns}
    columns |= {name: newest.columns[name] for name in attributes if name not in BATCH_COLUMNS}
    return View.over(batches, {**columns, **BATCH_COLUMNS}, key=newest.key)


def _keep(
    lake: Lake, project: Project, table: str, batches: list[Committed], merges: str | None
) -> str:
    effective = [each.batch.batch_id for each in batches if not each.batch.changes_nothing]
    key = project.key("canonical", table, effective, merges)
    rows = count_live(batches) if merges is None else None
    return lake.keep_view(table, key, view_of(table, batches), merges=merges, rows=rows)


def _merges(lake: Lake, project: Project, customers: list[Committed]) -> str | None:
    """Return the stored table that says which accounts were merged; None where none was."""
    if not customers:
        return None
    key = project.key("merges", [each.batch.batch_id for each in customers])
    unmerged = lake.keep_view(
        "accounts", key, view_of("customers", customers), merges=None, rows=count_live(customers)
    )
    ref = lake.keep("merges", key, lambda: resolve_merges(_pointers(lake.table(unmerged))))
    return ref if lake.row_count(ref) else None


def _pointers(customers: ir.Table) -> ir.Table:
    return customers.filter(customers.merged_into.notnull()).select("customer_id", "merged_into")


def _derived_customers(lake: Lake, project: Project, orders: str) -> str:
    key = project.key("derive customers", orders)
    return lake.keep("customers", key, lambda: derive_customers(lake.table(orders)))
