"""The task of the flow `score` for customers who leave by the end of their contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import task

from features.meanings import meanings
from features.stream import known_by
from flows.feature_tables import joined_features
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project


@task(task_run_name="score customers under contract")
def score_under_contract(  # noqa: PLR0913 - scores state all they came from
    project_file: str,
    as_of: date,
    run_id: str,
    *,
    snapshot: TableRefs,
    subscriptions: str,
    champions: dict[str, dict[str, Any]],
    known_at: datetime | None,
) -> str:
    """Write the table `scores`, one row per scorable customer; return its reference."""
    from scoring.contract_scores import Champions, score_contracts
    from scoring.registry import Champion
    from scoring.rows import Snapshot

    project = open_project(project_file)
    churn, clv = (Champion.from_json(champions[name]) for name in ("churn", "clv"))
    told: tuple[str, ...] = ()
    with project.open_lake() as lake, step("score customers under contract") as done:
        if (ref := lake.find("scores", run_id)) is None:
            rows, told = score_contracts(
                joined_features(lake, snapshot),
                known_by(lake.table(subscriptions), known_at),
                Champions(project.mlruns, churn, clv),
                Snapshot(as_of, run_id, churn.label, clv.label),
                business=project.settings.business,
                scoring=project.settings.scoring,
                meanings=meanings(),
            )
            ref = lake.write("scores", run_id, rows)
        done.outcome = "; ".join([f"{lake.row_count(ref):,} customers", *told])
    return ref
