"""The panel that models learn from: features at past cutoffs, and what followed each of them."""

from __future__ import annotations

from datetime import date, datetime

import ibis.expr.types as ir
from prefect import task

from features.stream import known_by
from flows.canonical import subscriptions_of
from flows.feature_tables import build_features
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from flows.stored_panel import ContractRefs, PanelRefs
from flows.treated import treatment_of
from training.contract_labels import label_leaving, under_contract
from training.labels import count_daily, label_horizons
from training.refunds import net_of_refunds
from training.splits import Split, least_history_days, split_by_time
from validation.enough import Needs, check_enough, order_history


def build_panel(
    project_file: str, tables: TableRefs, as_of: date, *, known_at: datetime | None
) -> PanelRefs:
    """Build what the models as of a day learn from; what is stored already is found.

    Raises
    ------
    NotEnoughData
        There are too few orders, customers or days.
    """
    splits = plan_splits(project_file, tables["orders"], as_of, known_at)
    features = build_panel_features(project_file, tables, splits, known_at=known_at)
    return follow(project_file, tables, features, splits, as_of=as_of, known_at=known_at)


def follow(  # noqa: PLR0913 - what is seen when, as of what knowledge
    project_file: str,
    tables: TableRefs,
    features: TableRefs,
    splits: dict[str, Split],
    *,
    as_of: date,
    known_at: datetime | None,
) -> PanelRefs:
    """Return the panel of these features with what followed each cutoff."""
    refunds = refunds_to_net(project_file, tables)
    labels = label(
        project_file, orders=tables["orders"], spine_ref=features["spine"], splits=splits,
        known_at=known_at, refunds=refunds,
    )  # fmt: skip
    leaving = None
    if open_project(project_file).settings.business.is_contract:
        contracts = subscriptions_of(tables)
        leaving = label_contracts(
            project_file, contracts, spine_ref=features["spine"], labels=labels, known_at=known_at
        )
    daily = count_order_days(project_file, tables["orders"], as_of, known_at)
    treatment = treatment_of(project_file, tables, labels, known_at)
    return PanelRefs(
        features, labels, daily, splits, leaving, is_net=refunds is not None, treatment=treatment
    )


def refunds_to_net(project_file: str, tables: TableRefs) -> str | None:
    """Return the refunds that are taken from customer value; None where there are none, or not."""
    nets = open_project(project_file).settings.business.net_refunds
    return tables.get("refunds") if nets else None


def build_panel_features(
    project_file: str,
    tables: TableRefs,
    splits: dict[str, Split],
    *,
    known_at: datetime | None,
) -> TableRefs:
    """Build the features of the panel at the dates of all models."""
    training = open_project(project_file).settings.training
    dates = panel_dates(splits)
    # The setting is of one fit, which looks at its own cutoffs and date only.
    max_rows = training.panel_rows * len(dates) // (training.cutoffs + 1)
    return build_features(project_file, tables, dates, known_at=known_at, max_rows=max_rows)


def panel_dates(splits: dict[str, Split]) -> list[date]:
    """Return the dates of all models, oldest first."""
    return sorted({day for split in splits.values() for day in split.dates})


@task(task_run_name="plan cutoffs")
def plan_splits(
    project_file: str, orders: str, as_of: date, known_at: datetime | None
) -> dict[str, Split]:
    """Return model name -> cutoffs, as far back as the orders allow.

    Raises
    ------
    NotEnoughData
        There are too few orders, customers or days; all that is lacking is said at once.
    """
    project = open_project(project_file)
    business, training = project.settings.business, project.settings.training
    horizons = {"churn": business.horizon_days, "clv": business.value_horizon_days}
    needs = Needs(
        horizon_days=max(horizons.values()),
        history_days=max(
            least_history_days(days, training.min_history_days, training.label_lag_days)
            for days in horizons.values()
        ),
        min_customers=training.min_customers, min_churners=training.min_churners,
        cutoffs=training.cutoffs,
    )  # fmt: skip
    with project.open_lake() as lake:
        history = order_history(known_by(lake.table(orders), known_at), as_of)
    check_enough(history, needs)
    first_order_on = history.first_order_on or as_of
    return {
        name: split_by_time(
            as_of=as_of, first_order_on=first_order_on, horizon_days=horizon_days,
            cutoffs=training.cutoffs, step_days=training.cutoff_step_days,
            min_history_days=training.min_history_days, label_lag_days=training.label_lag_days,
        )
        for name, horizon_days in horizons.items()
    }  # fmt: skip


@task(task_run_name="label")
def label(  # noqa: PLR0913 - what followed whom, as of what knowledge
    project_file: str,
    *,
    orders: str,
    spine_ref: str,
    splits: dict[str, Split],
    known_at: datetime | None,
    refunds: str | None = None,
) -> str:
    """Write what followed each mature cutoff of all models; return the reference."""
    project = open_project(project_file)
    value = project.settings.business.value_column
    horizons = sorted({each for split in splits.values() for each in split.labelled})
    with project.open_lake() as lake, step("label") as done:
        key = project.key("label", spine_ref, orders, horizons, value, known_at, refunds)
        known = known_by(lake.table(orders), known_at)
        spine = lake.table(spine_ref)

        def labels() -> ir.Table:
            gross = label_horizons(spine, known, horizons, value=value)
            if refunds is None:
                return gross
            return net_of_refunds(
                gross, known, known_by(lake.table(refunds), known_at), value=value
            )

        ref = lake.keep("labels", key, labels)
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


@task(task_run_name="label contracts")
def label_contracts(
    project_file: str,
    subscriptions: str,
    *,
    spine_ref: str,
    labels: str,
    known_at: datetime | None,
) -> ContractRefs:
    """Write whose contract ran at which date of the spine, and which of the labelled left it."""
    project = open_project(project_file)
    words = project.settings.business.payment_failure_reasons
    with project.open_lake() as lake, step("label contracts") as done:
        key = project.key("label contracts", subscriptions, spine_ref, labels, words, known_at)
        known, spine = known_by(lake.table(subscriptions), known_at), lake.table(spine_ref)
        who = lake.keep("under_contract", key, lambda: under_contract(spine, known, words=words))
        left = lake.keep(
            "leaving", key,
            lambda: label_leaving(lake.table(labels), lake.table(who), known, words=words),
        )  # fmt: skip
        done.outcome = f"{lake.row_count(left):,} rows"
    return ContractRefs(who, left)


@task(task_run_name="count order days")
def count_order_days(project_file: str, orders: str, as_of: date, known_at: datetime | None) -> str:
    """Write how many customers ordered each day before the date; return the reference."""
    project = open_project(project_file)
    with project.open_lake() as lake, step("count order days") as done:
        key = project.key("daily_orders", orders, as_of, known_at)
        known = known_by(lake.table(orders), known_at)
        ref = lake.keep("daily_orders", key, lambda: count_daily(known, before=as_of))
        done.outcome = f"{lake.row_count(ref):,} days"
    return ref
