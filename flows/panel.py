"""The panel that models learn from: features at past cutoffs, and what followed each of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import ibis.expr.types as ir
from prefect import task

from features.catalogue import join_families
from features.stream import known_by
from flows.feature_tables import build_features
from flows.names import TableRefs
from flows.progress import step
from flows.project import open_project
from training.labels import label_horizon
from training.splits import Split, split_by_time
from validation.enough import Needs, check_enough, order_history
from warehouse.lake import Lake


@dataclass(frozen=True)
class PanelRefs:
    """The stored tables of a panel.

    `features` are those that `flows.feature_tables.build_features` returns; `labels` and `splits`
    are by model.
    """

    features: TableRefs
    labels: TableRefs
    splits: dict[str, Split]

    def tables(self, lake: Lake, model: str) -> tuple[ir.Table, ir.Table]:
        """Return the features of all families, and the labels of one model."""
        families = [lake.table(ref) for name, ref in self.features.items() if name != "spine"]
        return join_families(families), lake.table(self.labels[model])


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
    labels = {
        name: label(
            project_file,
            name,
            orders=tables["orders"],
            spine_ref=features["spine"],
            split=split,
            known_at=known_at,
        )
        for name, split in splits.items()
    }
    return PanelRefs(features, labels, splits)


def build_panel_features(
    project_file: str,
    tables: TableRefs,
    splits: dict[str, Split],
    *,
    known_at: datetime | None,
) -> TableRefs:
    """Build the features of the panel at the cutoffs of all models."""
    max_rows = open_project(project_file).settings.training.panel_rows
    return build_features(
        project_file, tables, panel_dates(splits), known_at=known_at, max_rows=max_rows
    )


def panel_dates(splits: dict[str, Split]) -> list[date]:
    """Return the cutoffs of all models, oldest first."""
    return sorted({cutoff for split in splits.values() for cutoff in split.mature})


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
        horizon_days=max(horizons.values()), min_history_days=training.min_history_days,
        min_customers=training.min_customers, min_churners=training.min_churners,
        cutoffs=training.cutoffs, cutoff_step_days=training.cutoff_step_days,
    )  # fmt: skip
    with project.open_lake() as lake:
        history = order_history(known_by(lake.table(orders), known_at), as_of)
    check_enough(history, needs)
    first_order_on = history.first_order_on or as_of
    return {
        name: split_by_time(
            as_of=as_of, first_order_on=first_order_on, horizon_days=horizon_days,
            cutoffs=training.cutoffs, step_days=training.cutoff_step_days,
            min_history_days=training.min_history_days,
        )
        for name, horizon_days in horizons.items()
    }  # fmt: skip


@task(task_run_name="label {model}")
def label(  # noqa: PLR0913 - a label is a spine, orders and a horizon
    project_file: str,
    model: str,
    *,
    orders: str,
    spine_ref: str,
    split: Split,
    known_at: datetime | None,
) -> str:
    """Write what followed each mature cutoff of one model; return the reference."""
    project = open_project(project_file)
    value = project.settings.business.value_column
    with project.open_lake() as lake, step(f"label {model}") as done:
        key = project.key("label", spine_ref, orders, asdict(split), value, known_at)
        known = known_by(lake.table(orders), known_at)
        spine = lake.table(spine_ref)
        mature = spine.filter(spine.snapshot_date.isin(split.mature))
        ref = lake.keep(
            f"labels_{model}",
            key,
            lambda: label_horizon(mature, known, horizon_days=split.horizon_days, value=value),
        )
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref
