"""Scores of early warning on many dates by one model: what a simulation of past alerts needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
from prefect import flow

from flows.canonical import canonical_tables
from flows.feature_tables import build_features, feature_tables
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from flows.warning_panel import build_warning_panel, plan, pool_of, read_warning_lessons

if TYPE_CHECKING:
    from forecasting.warning import WarningModel


@flow(name="weekly scores", persist_result=False)
def weekly_scores(
    project_file: str, dates: Sequence[date], *, known_at: datetime | None = None
) -> pa.Table:
    """Return who is watched at each date, and how likely each has left: customer_id, t, score.

    The model is fitted as of the first date, and the score of a date, the log odds of having left,
    sees nothing from that date on. It is what has been ingested that is scored.
    """
    from scoring.snapshot import SnapshotTables
    from scoring.watching import score_watched

    project = open_project(project_file)
    tables = canonical_tables(project_file, known_at)
    model = _fit(project_file, tables, min(dates), known_at)
    scored = []
    for day in sorted(dates):
        built = build_features(
            project_file, tables, [day], known_at=known_at, pool=pool_of(project.settings.warning)
        )
        with project.open_lake() as lake, step(f"score {day}") as done:
            rows = score_watched(
                model, SnapshotTables(feature_tables(lake, built)), day, label="warning"
            )
            done.outcome = f"{rows.num_rows:,} customers"
        when = pa.array([day] * rows.num_rows, pa.date32())
        columns = [rows["customer_id"], when, rows["left_log_odds"]]
        scored.append(pa.table(columns, names=["customer_id", "t", "score"]))
    return pa.concat_tables(scored)


def _fit(
    project_file: str, tables: TableRefs, as_of: date, known_at: datetime | None
) -> WarningModel:
    from training.warning import fit_warning

    project = open_project(project_file)
    settings = project.settings.warning
    planned = plan(project_file, tables["orders"], as_of, known_at, settings)
    panel = build_warning_panel(
        project_file, tables, fits=(as_of,), dates=list(planned.snapshots(as_of)),
        max_rows=settings.panel_rows, known_at=known_at,
    )  # fmt: skip
    with project.open_lake() as lake, step("fit the warning model") as done:
        lessons = read_warning_lessons(project, lake, panel, settings)
        done.outcome = f"{len(lessons.silences):,} rows"
        return fit_warning(lessons, max(lessons.bases))
