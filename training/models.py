"""The churn and the CLV model: a twin is fitted before the holdout and judged on it.

What is registered is fitted by the same procedure as of the date of the run, because the newest
outcomes matter most; the judgement is of its twin, which has seen nothing of the holdout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from contracts.business import BusinessSettings
from contracts.economics import Campaign, EconomicsSettings
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.hybrid import HybridModel
from forecasting.population import Population
from forecasting.season import DailyOrders
from forecasting.trees import Target
from training.calibrating import Stated, choose_calibration, confirm
from training.churn_profit import churn_ranking_and_profit, mean_kept_value
from training.enough import check_both_outcomes, check_enough, check_value
from training.fitting import Course, fit_hybrid, prepare
from training.judgement import LOGISTIC, Judgement, judge
from training.kinds import CHURN, CLV, KINDS, ModelKind
from training.levels import with_levels
from training.logistic import Logistic
from training.outcome_drift import MeanOutcome, mean_outcomes
from training.panel import Floats, Panel
from training.peers import fit_peers
from training.random_split import judge_randomly
from training.settings import TrainingSettings
from training.splits import FitPlan, Split

# The break that nine in ten repeat customers never exceeded.
_LOST_QUANTILE = 0.9


@dataclass(frozen=True)
class Lessons:
    """What fits learn from, by which settings and how many threads.

    `daily` are the order days of the whole base, of which the panel may hold a sample; `splits` are
    by kind of model; `is_net` is whether refunds are taken from the value.
    """

    panel: Panel
    daily: DailyOrders
    splits: Mapping[str, Split]
    business: BusinessSettings
    economics: EconomicsSettings
    settings: TrainingSettings
    threads: int
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

    def course(self, plan: FitPlan, targets: tuple[Target, ...]) -> Course:
        """Return what a plan teaches of these targets."""
        return prepare(
            self.panel, plan, targets,
            daily=self.daily, is_net=self.is_net or self.business.value_basis == "margin",
        )  # fmt: skip

    def of(self, panel: Panel) -> Lessons:
        """Return the same lessons from another panel; nothing is fitted yet."""
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
    customers are `worth` the same if they stay.
    """

    kind: ModelKind
    model: HybridModel
    split: Split
    lost_after_days: int
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
    """A model that can be registered, and its twin that was judged.

    `outcomes` are what followed the cutoffs that it learnt from, oldest first; `random_split` is
    what the headline metric would be on a random split, None where it cannot be told.
    """

    model: HybridModel
    judged: JudgedModel
    outcomes: tuple[MeanOutcome, ...] = ()
    random_split: float | None = None

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
    model = lessons.fit(judged.split.final, kind.targets)
    model = replace(model, calibration=judged.model.calibration)
    if kind is CLV:
        model = with_levels(model, judged.model, lessons.panel, judged.split)
    seen = lessons.panel.customers_at(judged.split.final.as_of)
    stated = kind.stated(model.forecast(seen))
    model = replace(model, population=Population.learn(seen.X, model.contract, stated))
    panel, split, lost_after = lessons.panel, judged.split, judged.lost_after_days
    return FittedModel(
        model,
        judged,
        outcomes=mean_outcomes(kind, panel, split.final, lost_after_days=lost_after),
        random_split=judge_randomly(
            kind, panel, split.judged, lost_after_days=lost_after, settings=lessons.settings,
            threads=lessons.threads,
        ),
    )  # fmt: skip


def judge_out_of_time(kind: ModelKind, lessons: Lessons) -> JudgedModel:
    """Fit one kind of model as of the holdout and judge it on customers at risk there.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    panel, settings, split = lessons.panel, lessons.settings, lessons.splits[kind.name]
    plan = split.judged
    learnt = panel.at(plan.cutoffs)
    check_enough(learnt, plan.learnt_days, settings)
    if kind is CLV:
        check_value(learnt.outcomes[plan.learnt_days])
    model = lessons.fit(plan, kind.targets)
    seen, holdout = panel.customers_at(split.holdout), panel.at([split.holdout])
    followed = holdout.outcomes[plan.horizon_days]
    lost_after = lost_after_days(holdout, lessons.business)
    at_risk = holdout.feature("days_since_last_order") <= lost_after
    check_both_outcomes(followed.rows(at_risk), split)
    approaches = {**fit_peers(model, seen), **model.approaches(seen)}
    hybrid = approaches.pop("hybrid")
    stated = Stated(hybrid.no_order[at_risk], followed.churned[at_risk])
    model = replace(model, calibration=confirm(_calibration(lessons, split), stated))
    hybrid = replace(hybrid, no_order=model.calibration.apply(hybrid.no_order))
    predicted = kind.stated(hybrid)
    del approaches["corrected counts"]  # a step of the hybrid, no model of its own
    peers = {name: kind.stated(each)[at_risk] for name, each in approaches.items()}
    if kind is CHURN:
        logistic = Logistic.fit(panel, plan, lost_after_days=lost_after)
        peers[LOGISTIC] = logistic.no_order(seen)[at_risk]
    if kind is CLV:
        peers["always zero"] = np.zeros(int(at_risk.sum()))
    holdout = holdout.rows(at_risk)
    rules = {name: rule(holdout, plan.horizon_days) for name, rule in kind.rules.items()}
    truth = kind.label(followed)[at_risk]
    rank, campaign, worth = kind.rank, None, 0.0
    if kind is CHURN:
        worth = mean_kept_value(learnt.outcomes[plan.learnt_days]) * plan.stretch
        campaign = lessons.economics.campaign(worth)
        rank = partial(churn_ranking_and_profit, campaign, worth)
    judgement = judge(
        truth, predicted[at_risk], rules, peers, headline=kind.headline, rank=rank,
        level=kind.level, resamples=settings.bootstrap_rounds, seed=settings.seed,
    )  # fmt: skip
    return JudgedModel(
        kind, model, split, lost_after, judgement, holdout, truth, predicted[at_risk], rules, peers,
        campaign, worth,
    )  # fmt: skip


def lost_after_days(holdout: Panel, business: BusinessSettings) -> int:
    """Return after how much silence a customer counts as lost, as known at the holdout cutoff."""
    if business.lost_after_days is not None:
        return business.lost_after_days
    longest = holdout.feature("gap_max")
    longest = longest[np.isfinite(longest)]
    learnt = int(np.quantile(longest, _LOST_QUANTILE)) if len(longest) else 0
    return max(learnt, business.horizon_days)


def _calibration(lessons: Lessons, split: Split) -> Calibration:
    """Return how probabilities are calibrated, as decided at cutoffs before the holdout.

    By the customers who are not lost there: of the others nearly all churn, however it is stated.
    """
    if split.earlier is None:
        return NO_CALIBRATION
    return choose_calibration(try_out(lessons.fit(split.earlier, CHURN.targets), lessons, split))


def try_out(model: HybridModel, lessons: Lessons, split: Split) -> list[Stated]:
    """Return what a model of the earlier plan states of customers at risk at its trial cutoffs."""
    stated = []
    for cutoff in split.trial_cutoffs:
        rows = lessons.panel.at([cutoff])
        probability = model.forecast(lessons.panel.customers_at(cutoff)).no_order
        at_risk = rows.feature("days_since_last_order") <= lost_after_days(rows, lessons.business)
        churned = rows.outcomes[split.judged.horizon_days].churned
        stated.append(Stated(probability[at_risk], churned[at_risk]))
    return stated
