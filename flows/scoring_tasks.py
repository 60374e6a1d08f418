"""The tasks of the flow `score` that write the table `scores`: of a shop, and of contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from prefect import task

from features.meanings import meanings
from features.stream import known_by
from flows.feature_tables import feature_tables, joined_features
from flows.names import TableRefs
from flows.progress import step
from flows.project import Project, open_project
from flows.records import find_record, keep_record
from warehouse.lake import Lake

if TYPE_CHECKING:
    from scoring.rows import Snapshot
    from scoring.scored import Champions, Scored

_Score = Callable[[Lake, "Champions", "Snapshot"], "Scored"]


@task(task_run_name="score customers")
def score_customers(
    project_file: str,
    as_of: date,
    run_id: str,
    *,
    snapshot: TableRefs,
    champions: dict[str, dict[str, Any]],
) -> str:
    """Write the table `scores`, one row per scorable customer; return its reference."""
    project = open_project(project_file)

    def score(lake: Lake, champions: Champions, at: Snapshot) -> Scored:
        from scoring.shop_scores import score_shop
        from scoring.snapshot import SnapshotTables

        settings = project.settings
        return score_shop(
            SnapshotTables(feature_tables(lake, snapshot)), champions, at,
            business=settings.business, scoring=settings.scoring, meanings=meanings(),
        )  # fmt: skip

    return _keep_scores(project, as_of, run_id, champions, score)


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
    project = open_project(project_file)

    def score(lake: Lake, champions: Champions, at: Snapshot) -> Scored:
        from scoring.contract_scores import score_contracts

        settings = project.settings
        return score_contracts(
            joined_features(lake, snapshot), known_by(lake.table(subscriptions), known_at),
            champions, at,
            business=settings.business, scoring=settings.scoring, meanings=meanings(),
        )  # fmt: skip

    return _keep_scores(project, as_of, run_id, champions, score)


def drift_of_run(project: Project, run_id: str) -> dict[str, Any]:
    """Return what was found when the run was scored; nothing where that is not there any more."""
    return find_record(project.records, "drift", run_id) or {"told": [], "models": {}}


def _keep_scores(
    project: Project,
    as_of: date,
    run_id: str,
    champions: dict[str, dict[str, Any]],
    score: _Score,
) -> str:
    """Return the scores of a run and keep what is told of them; what is stored is found."""
    from scoring.registry import Champion
    from scoring.rows import Snapshot
    from scoring.scored import Champions

    churn, clv = (Champion.from_json(champions[name]) for name in ("churn", "clv"))
    with project.open_lake() as lake, step("score customers") as done:
        if (ref := lake.find("scores", run_id)) is None:
            scored = score(
                lake,
                Champions(project.mlruns, churn, clv),
                Snapshot(as_of, run_id, churn.label, clv.label),
            )
            keep_record(project.records, "drift", run_id, scored.record())
            ref = lake.write("scores", run_id, scored.rows)
        told = drift_of_run(project, run_id)["told"]
        done.outcome = "; ".join([f"{lake.row_count(ref):,} customers", *told])
    return ref
