"""Which warning model serves a date, and how a training shows how early it warns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracts.errors import NotEnoughData
from flows.alert_lists import fits_listed
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from flows.train_warning import (
    WarningRecord,
    day_of_fit,
    find_fitted,
    headline,
    key_of_fit,
    tracking_of,
    train_warning,
)
from forecasting.warning_sizes import FitSize


def warning_for(
    project_file: str,
    tables: TableRefs,
    as_of: date,
    *,
    in_run: bool,
    known_at: datetime | None,
) -> WarningRecord:
    """Return the warning model of the month of a date; fitted, if it has not been.

    In a run the fit is a smaller one, unless the whole one is there. A date for which a list was
    published keeps the model of that list.

    Raises
    ------
    NotEnoughData
        Too few silences to learn from.
    """
    project = open_project(project_file)
    settings = project.settings.warning
    day = day_of_fit(as_of, settings)
    with project.open_lake() as lake:
        customers = lake.row_count(tables["customers"])
    whole, smaller = FitSize(settings), FitSize.of_run(settings, customers=customers)
    of_whole, of_smaller = (
        key_of_fit(project, tables, day, size, known_at) for size in (whole, smaller)
    )
    keeps = of_smaller in fits_listed(project, as_of)
    if keeps or (in_run and find_fitted(project_file, of_whole) is None):
        return train_warning(project_file, tables, day, size=smaller, known_at=known_at)
    return train_warning(project_file, tables, day, size=whole, known_at=known_at)


def judge_beside(
    project_file: str,
    tables: TableRefs,
    as_of: date,
    *,
    churn_run_id: str,
    known_at: datetime | None,
) -> dict[str, Any]:
    """Show on the run of a churn model how early the warning model of the month warns.

    Returns what a card needs: the judgement, None where there is none, and what is told of it. What
    keeps a model from being fitted is told and stops nothing.
    """
    from training.warning_time import WarningJudgement
    from training.warning_tracking import show_warning_time

    with step("judge early warning") as done:
        try:
            record = warning_for(project_file, tables, as_of, in_run=True, known_at=known_at)
        except NotEnoughData as reason:
            done.outcome = str(reason)
            return {"judgement": None, "told": str(reason)}
        judged = record["judgement"] and WarningJudgement.from_json(record["judgement"])
        if judged:
            tracking = tracking_of(open_project(project_file))
            show_warning_time(tracking, judged, run_id=churn_run_id)
        done.outcome = headline(judged)
    return {"judgement": record["judgement"], "told": headline(judged)}
