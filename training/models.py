"""The churn and the CLV model: a twin is fitted before the holdout and judged on it.

What is registered is fitted by the same procedure as of the date of the run, because the newest
outcomes matter most; the judgement is of its twin, which has seen nothing of the holdout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from contracts.business import BusinessSettings
from contracts.economics import Campaign, EconomicsSettings
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.churn import Model, Statement
from forecasting.contracts import ContractModel
from forecasting.customers import Customers
from forecasting.hybrid import HybridModel
from forecasting.season import DailyOrders
from forecasting.trees import Target
from training.at_risk import at_risk
from training.calibrating import Stated, choose_calibration
from training.cause_metrics import with_causes
from training.churn_profit import churn_ranking_and_profit, mean_kept_value
from training.contract_fitting import fit_contracts
from training.enough import check_both_outcomes, check_enough, check_value
from training.fitting import Course, fit_hybrid, prepare
from training.judgement import Judgement, judge
from training.kinds import CHURN, CLV, KINDS
from training.levels import with_levels
from training.model_kind import ModelKind
from training.panel import Floats, Panel
from training.peers import fit_peers
from training.settings import TrainingSettings
from training.simple_rules import apply_rules
from training.splits import FitPlan, Split


@dataclass(frozen=True)
class Lessons:
    """What fits learn from, by which settings and how many threads.

    `daily` are the order days of the whole base, of which the panel may hold a sample; `splits` are
    by kind of model. `contracts` is the panel of customers whose contract runs, where these leave
    by its end.
    """

    panel: Panel
    daily: DailyOrders
    splits: Mapping[str, Split]
    business: BusinessSettings
    economics: EconomicsSettings
    settings: TrainingSettings
    threads: int
    contracts: Panel | None = None
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
            daily=self.daily, is_margin=self.business.value_basis == "margin",
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


@dataclass(frozen=True)
class JudgedModel:
    """A model fitted as of the holdout, and how it does on it.

    `holdout` has the customers at risk at the holdout cutoff; `truth`, `predicted`, `rules` and
    `peers` have one entry for each. `campaign` is what profit is computed with, of churn only:
    customers are `worth` the same if they stay. `lost_after_days` is None where silence says
    nothing of who is lost.
    """

    kind: ModelKind
    model: Model
    split: Split
    lost_after_days: int | None
    judgement: Judgement
    holdout: Panel
    truth: Floats
    predicted: Floats
    rules: dict[str, Floats]
    peers: dict[str, Floats]
    campaign: Campaign | None = None
    worth: float = 0.0


@dataclass(frozen=True)
class FittedModel:
    """A model that can be registered, and its twin that was judged."""

    model: Model
    judged: JudgedModel

    @property
    def kind(self) -> ModelKind:
        """What is predicted."""
        return self.judged.kind


def fit(kind: ModelKind, lessons: Lessons) -> FittedModel:
    """Fit and judge a twin as of the holdout, then fit the model as of the date of the run.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    judged = judge_out_of_time(kind, lessons)
    model = replace(lessons.model(kind, judged.split.final), calibration=judged.model.calibration)
    if kind is CLV and isinstance(model, HybridModel) and isinstance(judged.model, HybridModel):
        model = with_levels(model, judged.model, lessons.panel, judged.split)
    return FittedModel(model, judged)


def judge_out_of_time(kind: ModelKind, lessons: Lessons) -> JudgedModel:
    """Fit one kind of model as of the holdout and judge it on customers at risk there.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    panel, settings, split = lessons.panel_of(kind), lessons.settings, lessons.splits[kind.name]
    plan = split.judged
    learnt = panel.at(plan.cutoffs)
    check_enough(learnt, plan.learnt_days, settings)
    if kind is CLV:
        check_value(learnt.outcomes[plan.learnt_days])
    calibration = _calibration(kind, lessons, split)
    model = replace(lessons.model(kind, plan), calibration=calibration)
    seen, holdout = panel.customers_at(split.holdout), panel.at([split.holdout])
    followed = holdout.outcomes[plan.horizon_days]
    here, lost_after = at_risk(kind, holdout, lessons.business)
    holdout, followed = holdout.rows(here), followed.rows(here)
    check_both_outcomes(followed, split)
    approaches = _approaches(model, seen)
    stated = approaches.pop("hybrid")
    predicted = kind.stated(stated)[here]
    peers = {name: kind.stated(each)[here] for name, each in approaches.items()}
    rules = apply_rules(kind.rules, holdout, plan.horizon_days)
    truth = kind.label(followed)
    rank, campaign, worth = kind.rank, None, 0.0
    if kind.name == CHURN.name:
        worth = mean_kept_value(learnt.outcomes[plan.learnt_days]) * plan.stretch
        campaign = lessons.economics.campaign(worth)
        rank = partial(churn_ranking_and_profit, campaign, worth)
    judgement = judge(
        truth, predicted, rules, peers, headline=kind.headline, rank=rank,
        level=kind.level, resamples=settings.bootstrap_rounds, seed=settings.seed,
    )  # fmt: skip
    judgement = with_causes(judgement, stated, followed, settings=settings)
    return JudgedModel(
        kind, model, split, lost_after, judgement, holdout, truth, predicted, rules, peers,
        campaign, worth,
    )  # fmt: skip


def _approaches(model: Model, seen: Customers) -> dict[str, Statement]:
    """Return what the model states as "hybrid", and what its parts and peers state."""
    if isinstance(model, ContractModel):
        return dict(model.approaches(seen))
    stated = {**fit_peers(model, seen), **model.approaches(seen)}
    del stated["corrected counts"]  # a step of the hybrid, no model of its own
    return dict(stated)


def _calibration(kind: ModelKind, lessons: Lessons, split: Split) -> Calibration:
    """Return how probabilities are calibrated, as decided at cutoffs before the holdout.

    By the customers who are not lost there: of the others nearly all churn, however it is stated.
    """
    if split.earlier is None:
        return NO_CALIBRATION
    of_churn = kind if kind.is_contract else CHURN
    model = lessons.model(of_churn, split.earlier)
    return choose_calibration(try_out(of_churn, model, lessons, split))


def try_out(kind: ModelKind, model: Model, lessons: Lessons, split: Split) -> list[Stated]:
    """Return what a model of the earlier plan states of customers at risk at its trial cutoffs."""
    stated, panel = [], lessons.panel_of(kind)
    for cutoff in split.trial_cutoffs:
        rows = panel.at([cutoff])
        probability = model.forecast(panel.customers_at(cutoff)).churn
        here, _ = at_risk(kind, rows, lessons.business)
        churned = rows.outcomes[split.judged.horizon_days].churned
        stated.append(Stated(probability[here], churned[here]))
    return stated
