"""What fits learn from; kinds of models that have the same plan share one fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts.business import BusinessSettings
from contracts.economics import EconomicsSettings
from forecasting.churn import Model
from forecasting.hybrid import HybridModel
from forecasting.season import DailyOrders
from forecasting.trees import Target
from training.contract_fitting import fit_contracts
from training.fitting import Course, fit_hybrid, prepare
from training.kinds import CHURN, KINDS
from training.model_kind import ModelKind
from training.panel import Panel
from training.settings import TrainingSettings
from training.splits import FitPlan, Split


@dataclass(frozen=True)
class Lessons:
    """What fits learn from, by which settings and how many threads.

    `daily` are the order days of the whole base, of which the panel may hold a sample; `splits` are
    by kind of model. `contracts` is the panel of customers whose contract runs, where these leave
    by its end. `is_net` is whether refunds are taken from the value.
    """

    panel: Panel
    daily: DailyOrders
    splits: Mapping[str, Split]
    business: BusinessSettings
    economics: EconomicsSettings
    settings: TrainingSettings
    threads: int
    contracts: Panel | None = None
    is_net: bool = False
    _fitted: dict[FitPlan, HybridModel] = field(default_factory=dict, compare=False, repr=False)

    def fit(self, plan: FitPlan, targets: tuple[Target, ...]) -> HybridModel:
        """Return the model of a plan; kinds that have the same plan share one fit."""
        if plan not in self._fitted:
            self._fitted[plan] = fit_hybrid(
                self.course(plan, self._targets(plan)),
                settings=self.settings,
                threads=self.threads,
            )
        model = self._fitted[plan]
        return replace(model, trees={target: model.trees[target] for target in targets})

    def model(self, kind: ModelKind, plan: FitPlan) -> Model:
        """Return the model of a plan, of a kind."""
        if kind.is_contract:
            return fit_contracts(
                self.panel_of(kind), plan, settings=self.settings, threads=self.threads
            )
        return self.fit(plan, kind.targets)

    def panel_of(self, kind: ModelKind) -> Panel:
        """Return the panel of the customers that a kind of model is about."""
        return self.contracts if kind.is_contract and self.contracts is not None else self.panel

    def course(self, plan: FitPlan, targets: tuple[Target, ...]) -> Course:
        """Return what a plan teaches of these targets."""
        return prepare(
            self.panel, plan, targets,
            daily=self.daily, is_net=self.is_net or self.business.value_basis == "margin",
        )  # fmt: skip

    def of(self, panel: Panel, kind: ModelKind = CHURN) -> Lessons:
        """Return the same lessons from another panel for a kind; nothing is fitted yet."""
        if kind.is_contract:
            return replace(self, contracts=panel, _fitted={})
        return replace(self, panel=panel, _fitted={})

    def _targets(self, plan: FitPlan) -> tuple[Target, ...]:
        """Return what any kind needs of a plan."""
        needed = {
            target
            for name, split in self.splits.items()
            if plan in split.plans
            for target in (CHURN if plan == split.earlier else KINDS[name]).targets
        }
        return tuple(target for target in Target if target in needed)
