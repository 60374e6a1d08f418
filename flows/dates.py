"""The date of a run: the one given, else the day after the last order."""

from __future__ import annotations

from datetime import date

from prefect import task

from contracts.errors import NotEnoughData
from flows.project import open_project
from validation.time_gate import check_as_of, day_after, order_span


@task(task_run_name="settle the date")
def settle_as_of(project_file: str, orders: str, as_of: date | None) -> date:
    """Return the date of the run: the one given, else the day after the last order.

    Raises
    ------
    NotEnoughData
        There is no order yet.
    AsOfOutsideData
        The orders say nothing about the date given.
    """
    project = open_project(project_file)
    with project.open_lake() as lake:
        table = lake.table(orders)
        span = order_span(table, before=as_of)
        if as_of is None and span is not None:
            as_of = day_after(span)
    if as_of is None:
        raise NotEnoughData("Table `orders` has no order yet. Deliver the first ones.")
    silence = project.settings.validation.max_order_silence_days
    check_as_of(as_of, span, max_silence_days=silence)
    return as_of
