"""The flow `score`: champions applied at the date of the run, segments, and one publish."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import flow, task

from contracts.names import fingerprint
from features.definitions import definitions
from features.meanings import meanings
from flows.canonical import subscriptions_of
from flows.consents import consents_now
from flows.early_warning import Warned, model_in_run, named, warn_in_run
from flows.feature_tables import build_features
from flows.names import TableRefs
from flows.project import code_version, open_project
from flows.publishing import ScoringRecord, ToPublish, publish_segments
from flows.retrying import RETRIES
from flows.scoring_tasks import score_customers, score_under_contract
from flows.train_warning import WarningRecord


@flow(name="score")
def score(
    project_file: str,
    tables: TableRefs,
    as_of: date,
    *,
    known_at: datetime | None = None,
    published: bool = True,
) -> ScoringRecord:
    """Score every scorable customer at `as_of`; publish scores and segments unless told not to.

    Raises
    ------
    ModelMissing
        Nothing has been trained, or the snapshot lacks what the champions need.
    FeaturesChanged
        Features are defined otherwise than when the champions were fitted.
    """
    champions = find_champions(project_file)
    warning = model_in_run(project_file, tables, as_of, known_at=known_at)
    snapshot = build_features(
        project_file, tables, [as_of], known_at=known_at,
        only=features_to_score(project_file, champions, warning),
    )  # fmt: skip
    warned = warn_in_run(
        project_file, as_of, warning,
        snapshot=snapshot, consents=tables.get("consents"), known_at=known_at,
    )  # fmt: skip
    run_id = name_run(project_file, tables, snapshot, champions, warned)
    if open_project(project_file).settings.business.is_contract:
        scores = score_under_contract(
            project_file, as_of, run_id, snapshot=snapshot, champions=champions,
            subscriptions=subscriptions_of(tables), known_at=known_at,
        )  # fmt: skip
    else:
        scores = score_customers(
            project_file, as_of, run_id, snapshot=snapshot, champions=champions
        )
    if not published:
        return {"run_id": run_id, "scores": scores}
    consents = consents_now(project_file, tables, known_at=known_at)
    return publish_segments(
        project_file, as_of, ToPublish(run_id, scores, tables, consents, champions, warned)
    )


@task(task_run_name="find champions", **RETRIES)
def find_champions(project_file: str) -> dict[str, dict[str, Any]]:
    """Return model name -> the version that is champion now; asked once per run.

    Raises
    ------
    ModelMissing
        Nothing has been trained.
    FeaturesChanged
        A champion was fitted on features that are defined otherwise by now.
    """
    from scoring.registry import find_champion

    project = open_project(project_file)
    champions = {name: find_champion(project.mlruns, name) for name in ("churn", "clv")}
    for champion in champions.values():
        champion.contract.check(definitions(), model=champion.label)
    return {name: champion.to_json() for name, champion in champions.items()}


def features_to_score(
    project_file: str, champions: dict[str, dict[str, Any]], warning: WarningRecord | str
) -> frozenset[str] | None:
    """Return the features that scoring reads; None, which is all, of contracts.

    They are those of the models, what is normal for each customer to tell them against, and what
    rows take.
    """
    from scoring.registry import Champion, load_warning_model
    from scoring.shop_scores import OF_ROWS

    project = open_project(project_file)
    if project.settings.business.is_contract:
        return None
    contracts = [Champion.from_json(champion).contract for champion in champions.values()]
    if not isinstance(warning, str):
        contracts.append(load_warning_model(project.mlruns, *named(warning)).contract)
    read = {name for contract in contracts for name in contract.names}
    about = meanings()
    normals = {about[name].own_normal for name in read if name in about}
    return frozenset({*read, *normals, *OF_ROWS} - {""})


@task(task_run_name="name the run")
def name_run(
    project_file: str,
    tables: TableRefs,
    snapshot: TableRefs,
    champions: dict[str, dict[str, Any]],
    warned: Warned | str,
) -> str:
    """Return the id of this run: the same inputs, settings, code, models and list, the same id."""
    settings = open_project(project_file).settings
    meaning = settings.model_dump(
        mode="json", exclude={"engine", "sources", "training", "write_back"}
    )
    early = warned if isinstance(warned, str) else warned.ref
    return fingerprint(code_version(), meaning, tables, snapshot, champions, early)
