"""The flow `alerts`: who has silently left, told within a budget, nobody twice in one silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from prefect import flow, task

from contracts.errors import UsageError
from contracts.names import fingerprint, split_ref
from flows.alert_lists import Told, keep_flags
from flows.dates import settle_as_of
from flows.early_warning import Warned, list_who_left
from flows.feature_tables import build_features
from flows.ingest import ingest
from flows.project import code_version, open_project
from flows.train_warning import check_strength, headline
from flows.warning_models import warning_for
from flows.warning_panel import pool_of
from forecasting.alerts import Budget
from training.warning_time import WarningJudgement


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
    model = warning_for(project_file, tables, day, in_run=False, known_at=known_at)
    check_strength(model)
    snapshot = build_features(
        project_file, tables, [day], known_at=known_at, pool=pool_of(settings)
    )
    warned = list_who_left(
        project_file, day, snapshot=snapshot, consents=tables.get("consents"), model=model,
        budget=allowed, known_at=known_at,
    )  # fmt: skip
    folder, told = publish_alerts(project_file, day, warned)
    judged = model["judgement"]
    return Alerts(
        as_of=day, budget=warned.budget, told=told, watched=warned.watched,
        withheld=warned.withheld if "consents" in tables else None,
        model=f"{warned.model}, fitted on {model['fitted_on']}",
        warning_time=headline(judged and WarningJudgement.from_json(judged)),
        table=warned.ref, folder=folder,
    )  # fmt: skip


@task(task_run_name="publish alerts")
def publish_alerts(project_file: str, as_of: date, warned: Warned) -> tuple[str, int]:
    """Publish the alert list, and let later dates know whom it names.

    Returns its folder and how many customers it names: whom campaigns leave alone is not told of.
    """
    from segments.arms import arms_before
    from segments.destinations.outbox import ListPublish, publish_list
    from segments.holdout import HOLDOUT

    project = open_project(project_file)
    with project.open_lake() as lake:
        told = lake.table(warned.ref).order_by("place").to_pyarrow()
    arms = arms_before(project.outbox, besides="")
    held = [name for name in told["customer_id"].to_pylist() if arms.get(name) == HOLDOUT]
    shown = told.filter(pc.invert(pc.is_in(told["customer_id"], pa.array(held, pa.string()))))
    facts = {
        "project": project.settings.project.name,
        "model": warned.model,
        "budget": warned.budget,
        "watched": warned.watched,
        "withheld_without_marketing_consent": warned.withheld,
        "holdout": len(held),
        "code_version": code_version(),
    }
    _name, run_id = split_ref(warned.ref)
    if held:
        run_id = fingerprint(run_id, held)
    folder = publish_list(
        project.outbox, ListPublish("alerts", as_of, run_id, _as_file(shown), facts)
    )
    keep_flags(project, as_of, Told.ALERTS, rows=told, fit=warned.fit)
    return str(folder), shown.num_rows


def _as_file(told: pa.Table) -> pa.Table:
    """Return the list as a campaign tool takes it: rounded, without the model."""
    rows = ibis.memtable(told)
    shown = rows.mutate(
        left_probability=rows.left_probability.cast("decimal(6, 4)"),
        usual_gap_days=rows.usual_gap_days.cast("decimal(8, 1)"),
    )
    return shown.drop("model").order_by("place").to_pyarrow()
