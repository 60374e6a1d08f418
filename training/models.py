"""The churn and the CLV model: fitted before the holdout, judged on it, refitted with it.

What is registered has also seen the holdout cutoff, because the newest outcomes matter most; the
judgement is of the same procedure, fitted on the train cutoffs only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xgboost as xgb

from contracts.business import BusinessSettings
from contracts.errors import NotEnoughData
from contracts.feature_contract import FeatureContract
from training import metrics
from training.boosting import Objective, check_enough, fit_booster, predict
from training.judgement import Judge, Judgement, Metrics, judge
from training.panel import Floats, Panel
from training.settings import TrainingSettings
from training.simple_rules import CHURN_RULES, CLV_RULES, Rule
from training.splits import Split

# The break that nine in ten repeat customers never exceeded.
_LOST_QUANTILE = 0.9


def _churned(panel: Panel) -> Floats:
    return panel.churned


def _spent(panel: Panel) -> Floats:
    """Value of the horizon; returns that exceed purchases count as nothing spent."""
    return np.maximum(panel.value, 0.0)


@dataclass(frozen=True)
class ModelKind:
    """What is predicted, and how it is judged beside which simple rules.

    `by_chance` says what metrics of a ranking that knows nothing are, given the mean of the label.
    """

    name: str
    objective: Objective
    label: Callable[[Panel], Floats]
    headline: str
    rank: Judge
    level: Judge
    rules: Mapping[str, Rule]
    by_chance: Callable[[float], Metrics]


CHURN = ModelKind(
    name="churn",
    objective=Objective.CHURN,
    label=_churned,
    headline="average_precision",
    rank=metrics.churn_ranking,
    level=metrics.churn_calibration,
    rules=CHURN_RULES,
    by_chance=metrics.churn_by_chance,
)

CLV = ModelKind(
    name="clv",
    objective=Objective.CLV,
    label=_spent,
    headline="gini",
    rank=metrics.value_ranking,
    level=metrics.value_level,
    rules=CLV_RULES,
    by_chance=metrics.value_by_chance,
)


KINDS = {kind.name: kind for kind in (CHURN, CLV)}


@dataclass(frozen=True)
class JudgedModel:
    """A model fitted on the train cutoffs only, and how it does on the holdout.

    `holdout` has the customers at risk at the holdout cutoff; `truth`, `predicted` and `rules` have
    one entry for each.
    """

    booster: xgb.Booster
    lost_after_days: int
    judgement: Judgement
    holdout: Panel
    truth: Floats
    predicted: Floats
    rules: dict[str, Floats]


@dataclass(frozen=True)
class FittedModel:
    """A model that can be registered, with the holdout rows it was judged on.

    `truth`, `predicted` and `rules` have one entry per customer at risk at the holdout cutoff.
    """

    kind: ModelKind
    booster: xgb.Booster
    contract: FeatureContract
    split: Split
    lost_after_days: int
    judgement: Judgement
    truth: Floats
    predicted: Floats
    rules: dict[str, Floats]


def lost_after_days(holdout: Panel, business: BusinessSettings) -> int:
    """Return after how much silence a customer counts as lost, as known at the holdout cutoff."""
    if business.lost_after_days is not None:
        return business.lost_after_days
    longest = holdout.feature("gap_max")
    longest = longest[np.isfinite(longest)]
    learnt = int(np.quantile(longest, _LOST_QUANTILE)) if len(longest) else 0
    return max(learnt, business.horizon_days)


def fit(  # noqa: PLR0913 - what to fit, on what, and how
    kind: ModelKind,
    panel: Panel,
    split: Split,
    *,
    business: BusinessSettings,
    settings: TrainingSettings,
    threads: int,
) -> FittedModel:
    """Fit and judge one kind of model on customers at risk, then refit it on all mature cutoffs.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    judged = judge_out_of_time(
        kind, panel, split, business=business, settings=settings, threads=threads
    )
    mature = panel.at(split.mature)
    booster = fit_booster(
        mature, kind.label(mature), kind.objective, settings=settings, threads=threads
    )
    return FittedModel(
        kind, booster, panel.contract, split, judged.lost_after_days, judged.judgement,
        judged.truth, judged.predicted, judged.rules,
    )  # fmt: skip


def judge_out_of_time(  # noqa: PLR0913 - what to fit, on what, and how
    kind: ModelKind,
    panel: Panel,
    split: Split,
    *,
    business: BusinessSettings,
    settings: TrainingSettings,
    threads: int,
) -> JudgedModel:
    """Fit one kind of model on the train cutoffs and judge it on customers at risk at the holdout.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    train, holdout = panel.at(split.train), panel.at([split.holdout])
    check_enough(train, settings)
    _check_labels(kind, train)
    booster = fit_booster(
        train, kind.label(train), kind.objective, settings=settings, threads=threads
    )
    lost_after = lost_after_days(holdout, business)
    holdout = holdout.rows(holdout.feature("days_since_last_order") <= lost_after)
    _check_both_outcomes(holdout, split)
    truth, predicted = kind.label(holdout), predict(booster, holdout)
    rules = {name: rule(holdout, split.horizon_days) for name, rule in kind.rules.items()}
    judgement = judge(
        truth, predicted, rules, headline=kind.headline, rank=kind.rank, level=kind.level,
        resamples=settings.bootstrap_rounds, seed=settings.seed,
    )  # fmt: skip
    return JudgedModel(booster, lost_after, judgement, holdout, truth, predicted, rules)


def _check_labels(kind: ModelKind, train: Panel) -> None:
    if kind is CLV and not kind.label(train).any():
        raise NotEnoughData(
            "No order of the past cutoffs has a value, so there is no customer value to learn. "
            "Deliver amounts (or `margin`, if that is the `value_basis` under [business])."
        )


def _check_both_outcomes(holdout: Panel, split: Split) -> None:
    churners = int(holdout.churned.sum())
    if 0 < churners < len(holdout):
        return
    who = "no churner" if churners == 0 else "nobody who stayed"
    raise NotEnoughData(
        f"Of {len(holdout)} customers at risk on {split.holdout}, the following "
        f"{split.horizon_days} days show {who}: nothing can be judged. "
        "Choose another horizon under [business], or deliver more customers."
    )
