"""The flow `alerts`: who has silently left, told within a budget, nobody twice in one silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import ibis
from prefect import flow, task

from contracts.errors import UsageError
from contracts.names import fingerprint
from features.definitions import definitions
from features.stream import known_by
from flows.alert_lists import flags_before, keep_flags
from flows.dates import settle_as_of
from flows.feature_tables import build_features, joined_features
from flows.ingest import ingest
from flows.names import TableRefs
from flows.progress import step
from flows.project import code_version, open_project
from flows.train_warning import WarningRecord, day_of_fit, headline, train_warning
from flows.warning_panel import pool_of
from forecasting.alerts import Budget
from training.warning_time import WarningJudgement

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Alerts:
    """A published alert list: how many of how many watched customers, by which model, and where.

    `withheld` are watched customers without a standing consent to marketing; None where there is
    no ledger of consents.
    """

    as_of: date
    budget: str
    told: int
    watched: int
    withheld: int | None
    model: str
    warning_time: str
    table: str
    folder: str


@flow(name="alerts")
def alerts(
    project_file: str,
    *,
    as_of: date | None = None,
    budget: str | None = None,
    known_at: datetime | None = None,
) -> Alerts:
    """Tell who of the watched customers has left, most likely first, within the budget.

    Without `budget` it is that of the settings. The model is the one of the month, fitted if it
    has not been. The same inputs after the same earlier lists give the same list.

    Raises
    ------
    UsageError
        The budget is neither a share nor a count, or customers leave by the end of contracts.
    NotEnoughData
        Too few silences to learn from.
    WarningTooWeak
        The best simple rule clearly finds more of those who left.
    """
    project = open_project(project_file)
    if project.settings.business.is_contract:
        raise UsageError(
            'Alerts tell who silently left a shop. `kind` under [business] is "contract", and who '
            "leaves a contract is seen by its end: `stammkunde run` scores who is likely to."
        )
    settings = project.settings.warning
    allowed = Budget.parse(budget) if budget else Budget(share=settings.budget_share)
    tables = ingest(project_file, known_at=known_at).tables
    day = settle_as_of(project_file, tables["orders"], as_of)
    model = train_warning(project_file, tables, day_of_fit(day, settings), known_at=known_at)
    snapshot = build_features(
        project_file, tables, [day], known_at=known_at, pool=pool_of(settings)
    )
    return tell(
        project_file, day, snapshot=snapshot, consents=tables.get("consents"), model=model,
        budget=allowed, known_at=known_at,
    )  # fmt: skip


@task(task_run_name="tell who left")
def tell(  # noqa: PLR0913 - a list states all it came from
    project_file: str,
    as_of: date,
    *,
    snapshot: TableRefs,
    consents: str | None,
    model: WarningRecord,
    budget: Budget,
    known_at: datetime | None,
) -> Alerts:
    """Write the alert list, publish it, and let later dates know whom it names."""
    from scoring.alert_list import list_alerts
    from scoring.registry import load_warning_model
    from scoring.watching import score_watched
    from segments.catalogue import may_be_contacted
    from segments.destinations.outbox import ListPublish, publish_list

    project = open_project(project_file)
    settings = project.settings.warning
    label = f"{model['name']}/{model['version']}"
    flagged = flags_before(project, as_of, days=settings.silent_days)
    run_id = fingerprint(
        code_version(), settings.model_dump(mode="json"), as_of, snapshot, consents,
        model["digest"], str(budget), sorted(flagged), known_at,
    )  # fmt: skip
    with project.open_lake() as lake, step("tell who left") as done:
        fitted = load_warning_model(project.mlruns, label, model["digest"])
        fitted.contract.check(definitions(), model=label)
        scored = score_watched(fitted, joined_features(lake, snapshot), as_of, label=label)
        ledger = None if consents is None else known_by(lake.table(consents), known_at)
        rows = ibis.memtable(scored)
        contactable = rows if ledger is None else may_be_contacted(rows, ledger)
        watched = contactable.order_by("customer_id").to_pyarrow()
        withheld = scored.num_rows - watched.num_rows
        told = list_alerts(
            watched, flagged, as_of=as_of, budget=budget, settings=settings, model=label
        )
        ref = lake.keep("alerts", run_id, lambda: ibis.memtable(told))
        facts = {
            "project": project.settings.project.name,
            "model": label,
            "budget": str(budget),
            "watched": watched.num_rows,
            "withheld_without_marketing_consent": withheld,
            "code_version": code_version(),
        }
        folder = publish_list(
            project.outbox, ListPublish("alerts", as_of, run_id, _as_file(told), facts)
        )
        keep_flags(project, as_of, told)
        done.outcome = f"{told.num_rows:,} of {watched.num_rows:,} watched customers"
    judged = model["judgement"]
    return Alerts(
        as_of=as_of, budget=str(budget), told=told.num_rows, watched=watched.num_rows,
        withheld=None if consents is None else withheld,
        model=f"{label}, fitted on {model['fitted_on']}",
        warning_time=headline(judged and WarningJudgement.from_json(judged)),
        table=ref, folder=str(folder),
    )  # fmt: skip


def _as_file(told: pa.Table) -> pa.Table:
    """Return the list as a campaign tool takes it: rounded, without the model."""
    rows = ibis.memtable(told)
    shown = rows.mutate(
        left_probability=rows.left_probability.cast("decimal(6, 4)"),
        usual_gap_days=rows.usual_gap_days.cast("decimal(8, 1)"),
    )
    return shown.drop("model").order_by("place").to_pyarrow()
