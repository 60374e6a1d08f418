"""A stored panel, and how it is read into memory for models to learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from features.definitions import definitions
from flows.feature_tables import joined_features
from flows.names import TableRefs
from flows.project import Project
from training.splits import Split
from training.treated_rows import TreatedRows, read_treated
from training.treatment import count_treated, without_treated
from warehouse.lake import Lake

if TYPE_CHECKING:
    from training.lessons import Lessons


@dataclass(frozen=True)
class ContractRefs:
    """The stored tables of who is under contract at the dates of a panel, and how that went on."""

    who: str
    labels: str


@dataclass(frozen=True)
class PanelRefs:
    """The stored tables of a panel.

    `features` are those that `flows.feature_tables.build_features` returns; `splits` are by model;
    `is_net` is whether refunds are taken from the value, `leaving` is of customers under contract,
    where these leave by its end, `treatment` says of labels who was treated within them.
    """

    features: TableRefs
    labels: str
    daily: str
    splits: dict[str, Split]
    leaving: ContractRefs | None = None
    is_net: bool = False
    treatment: str | None = None

    def tables(self, lake: Lake) -> tuple[ir.Table, ir.Table]:
        """Return the features of all families, and the labels, NULL of who was treated."""
        return joined_features(lake, self.features), self.untreated(lake, self.labels)

    def untreated(self, lake: Lake, labels: str) -> ir.Table:
        """Return stored labels, NULL of who was treated."""
        if self.treatment is None:
            return lake.table(labels)
        return without_treated(lake.table(labels), lake.table(self.treatment))

    def count_treated(self, lake: Lake, labels: str, members: ir.Table) -> tuple[TreatedRows, ...]:
        """Return what treatment takes from stored labels of `members`, by cutoff and horizon."""
        if self.treatment is None:
            return ()
        treatment = lake.table(self.treatment)
        return read_treated(count_treated(lake.table(labels), treatment, members))


def read_lessons(project: Project, lake: Lake, panel: PanelRefs) -> Lessons:
    """Return what models learn from, in memory."""
    from training.lessons import Lessons
    from training.panel import read_contract_panel, read_daily, read_panel

    features, labels = panel.tables(lake)
    contracts = None
    if panel.leaving is not None:
        who, leaving = lake.table(panel.leaving.who), panel.leaving.labels
        contracts = replace(
            read_contract_panel(
                features, panel.untreated(lake, leaving), who, definitions=definitions()
            ),
            treated=panel.count_treated(lake, leaving, who),
        )
    ordered = features.filter(features.days_since_last_order.notnull())
    return Lessons(
        panel=replace(
            read_panel(features, labels, definitions=definitions()),
            treated=panel.count_treated(lake, panel.labels, ordered),
        ),
        daily=read_daily(lake.table(panel.daily)),
        splits=panel.splits,
        business=project.settings.business,
        economics=project.settings.economics,
        settings=project.settings.training,
        threads=project.settings.engine.threads,
        contracts=contracts,
        is_net=panel.is_net,
    )
