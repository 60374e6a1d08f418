"""The flow `backtest`: both models fitted and judged as of many past dates, in one table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
from prefect import flow, task

from features.stream import known_by
from flows.canonical import canonical_tables
from flows.dates import settle_as_of
from flows.panel import build_panel_features, follow
from flows.progress import step
from flows.project import code_version, open_project
from flows.stored_panel import PanelRefs, read_lessons
from training.splits import Split
from validation.enough import order_history

if TYPE_CHECKING:
    from training.backtesting import BacktestRow
    from training.judgement import Judgement


@dataclass(frozen=True)
class Backtest:
    """All metrics at all origins; `headlines` are by model, `table` is where they are stored."""

    rows: tuple[BacktestRow, ...]
    headlines: dict[str, str]
    table: str


@flow(name="backtest")
def backtest(
    project_file: str,
    *,
    first: date,
    last: date | None = None,
    every_days: int = 30,
    known_at: datetime | None = None,
) -> Backtest:
    """Fit and judge both models as of every `every_days` from `first` to `last`.

    Without `last` it is the newest date whose whole horizon has passed. The rows are stored as one
    table, and logged to MLflow as a run with a step per origin.

    Raises
    ------
    NotEnoughData
        No date in the range has enough history before it and a whole horizon after it.
    """
    tables = canonical_tables(project_file, known_at)
    day = settle_as_of(project_file, tables["orders"], None)
    splits = plan_rolling(
        project_file, tables["orders"], (first, last or day), every_days, as_of=day,
        known_at=known_at,
    )  # fmt: skip
    features = build_panel_features(project_file, tables, splits, known_at=known_at)
    panel = follow(project_file, tables, features, splits, as_of=day, known_at=known_at)
    return judge_rolling(project_file, panel, as_of=day)


@task(task_run_name="plan origins")
def plan_rolling(  # noqa: PLR0913 - a range of dates in what was known when
    project_file: str,
    orders: str,
    between: tuple[date, date],
    every_days: int,
    *,
    as_of: date,
    known_at: datetime | None,
) -> dict[str, Split]:
    """Return "model origin" -> the plan of each, as far as the orders allow."""
    from training.backtesting import plan_origins

    project = open_project(project_file)
    business, training = project.settings.business, project.settings.training
    with project.open_lake() as lake:
        history = order_history(known_by(lake.table(orders), known_at), as_of)
    horizons = {"churn": business.horizon_days, "clv": business.value_horizon_days}
    return {
        f"{name} {plan.as_of}": Split(final=plan, judged=plan)
        for name, horizon_days in horizons.items()
        for plan in plan_origins(
            *between, every_days=every_days, as_of=as_of,
            first_order_on=history.first_order_on or as_of, horizon_days=horizon_days,
            settings=training,
        )
    }  # fmt: skip


@task(task_run_name="judge origins")
def judge_rolling(project_file: str, panel: PanelRefs, *, as_of: date) -> Backtest:
    """Judge every origin, store the rows, and log them to MLflow."""
    from training.backtesting import judge_origins
    from training.kinds import KINDS
    from training.tracking import Tracking

    project = open_project(project_file)
    origins = [(name.split()[0], split.judged) for name, split in panel.splits.items()]

    def tell(model: str, origin: date, judgement: Judgement) -> None:
        with step(f"judge {model} as of {origin}") as done:
            value = judgement.metrics[judgement.headline]
            done.outcome = f"{judgement.headline} {value:.3f}"

    with project.open_lake() as lake:
        rows = judge_origins(read_lessons(project, lake, panel), origins, tell=tell)
        stored = pa.Table.from_pylist(
            [
                {
                    **{name: value for name, value in asdict(row).items() if name != "interval"},
                    "low": row.interval[0] if row.interval else None,
                    "high": row.interval[1] if row.interval else None,
                }
                for row in rows
            ]
        )
        key = project.key("backtest", panel.features, panel.labels, panel.treatment)
        ref = lake.keep("backtest", key, lambda: ibis.memtable(stored))
    Tracking(project.mlruns, project.settings.project.name).log_backtest(
        rows, as_of=as_of, tags={"code_version": code_version(), "data_fingerprint": key}
    )
    return Backtest(rows, {name: kind.headline for name, kind in KINDS.items()}, ref)
