"""The churn and the CLV model: a twin is fitted before the holdout and judged on it.

What is registered is fitted by the same procedure as of the date of the run, because the newest
outcomes matter most; the judgement is of its twin, which has seen nothing of the holdout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from contracts.economics import Campaign
from contracts.errors import NotEnoughData
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.churn import Model, Statement
from forecasting.contracts import ContractModel
from forecasting.customers import Customers
from forecasting.hybrid import HybridModel
from forecasting.population import Population
from training.at_risk import who_is_judged
from training.calibrating import Stated, choose_calibration, confirm
from training.cause_metrics import with_causes
from training.churn_profit import churn_ranking_and_profit, mean_kept_value
from training.enough import check_both_outcomes, check_enough, check_left_enough, check_value
from training.judgement import LOGISTIC, Judgement, judge
from training.kinds import CHURN, CLV
from training.lessons import Lessons
from training.levels import with_levels
from training.logistic import Logistic
from training.model_kind import ModelKind
from training.outcome_drift import MeanOutcome, mean_outcomes
from training.panel import Floats, Panel
from training.peers import fit_peers
from training.random_split import judge_randomly
from training.simple_rules import apply_rules
from training.splits import Split


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
    """A model that can be registered, and its twin that was judged.

    `outcomes` are what followed the cutoffs that it learnt from, oldest first; `random_split` is
    what the headline metric would be on a random split, None where it cannot be told.
    """

    model: Model
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
    check_left_enough(lessons.panel_of(kind), judged.split.final, lessons.settings)
    model = replace(lessons.model(kind, judged.split.final), calibration=judged.model.calibration)
    if kind is CLV and isinstance(model, HybridModel) and isinstance(judged.model, HybridModel):
        model = with_levels(model, judged.model, lessons.panel, judged.split)
    panel = lessons.panel_of(kind)
    seen = panel.customers_at(judged.split.final.as_of)
    stated = kind.stated(model.forecast(seen))
    model = replace(model, population=Population.learn(seen.X, model.contract, stated))
    split, lost_after = judged.split, judged.lost_after_days
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
    panel, settings, split = lessons.panel_of(kind), lessons.settings, lessons.splits[kind.name]
    plan = split.judged
    learnt = panel.at(plan.cutoffs)
    check_enough(learnt, plan.learnt_days, settings)
    if kind is CLV:
        check_value(learnt.outcomes[plan.learnt_days])
    model = lessons.model(kind, plan)
    seen, holdout = panel.customers_at(split.holdout), panel.at([split.holdout])
    here, lost_after = who_is_judged(kind, holdout, lessons.business, plan.horizon_days)
    holdout = holdout.rows(here)
    followed = holdout.outcomes[plan.horizon_days]
    check_both_outcomes(holdout, split)
    approaches = _approaches(model, seen)
    churn = approaches["hybrid"].churn[here]
    step = confirm(_calibration(kind, lessons, split), Stated(churn, followed.churned))
    model = replace(model, calibration=step)
    hybrid = approaches.pop("hybrid")
    stated = hybrid.levelled(step.apply(hybrid.churn))
    predicted = kind.stated(stated)[here]
    peers = {name: kind.stated(each)[here] for name, each in approaches.items()}
    if kind is CHURN:
        logistic = Logistic.fit(panel, plan, lost_after_days=lost_after)
        peers[LOGISTIC] = logistic.no_order(seen)[here]
    if kind is CLV:
        peers["always zero"] = np.zeros(len(holdout))
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
        weight=followed.weight,
    )  # fmt: skip
    judgement = with_causes(judgement, stated, followed, here=here, settings=settings)
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
    try:
        check_left_enough(lessons.panel_of(of_churn), split.earlier, lessons.settings)
    except NotEnoughData:
        return NO_CALIBRATION
    model = lessons.model(of_churn, split.earlier)
    return choose_calibration(try_out(of_churn, model, lessons, split))


def try_out(kind: ModelKind, model: Model, lessons: Lessons, split: Split) -> list[Stated]:
    """Return what a model of the earlier plan states of customers at risk at its trial cutoffs."""
    stated, panel = [], lessons.panel_of(kind)
    for cutoff in split.trial_cutoffs:
        rows = panel.at([cutoff])
        probability = model.forecast(panel.customers_at(cutoff)).churn
        days = split.judged.horizon_days
        here, _ = who_is_judged(kind, rows, lessons.business, days)
        churned = rows.outcomes[days].churned
        stated.append(Stated(probability[here], churned[here]))
    return stated
