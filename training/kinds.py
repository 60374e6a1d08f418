"""The two kinds of models: what each predicts, how it is judged, beside which simple rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forecasting.hybrid import Forecast
from forecasting.trees import Target
from training import metrics
from training.heavy_tail import beside
from training.judgement import Judge
from training.metrics import Metrics
from training.panel import Floats, Outcomes
from training.simple_rules import CHURN_RULES, CLV_RULES, Rule


@dataclass(frozen=True)
class ModelKind:
    """What is predicted, and how it is judged beside which simple rules.

    `target` are its own trees and `targets` all that it takes; `stated` reads it off a forecast.
    `by_chance` says what metrics of a ranking that knows nothing are, given the mean of the label.
    """

    name: str
    target: Target
    targets: tuple[Target, ...]
    label: Callable[[Outcomes], Floats]
    stated: Callable[[Forecast], Floats]
    headline: str
    rank: Judge
    level: Judge
    rules: Mapping[str, Rule]
    by_chance: Callable[[float], Metrics]


CHURN = ModelKind(
    name="churn",
    target=Target.NO_ORDER,
    targets=(Target.NO_ORDER,),
    label=lambda followed: followed.churned,
    stated=lambda forecast: forecast.no_order,
    headline="average_precision",
    rank=metrics.churn_ranking,
    level=metrics.churn_calibration,
    rules=CHURN_RULES,
    by_chance=metrics.churn_by_chance,
)

CLV = ModelKind(
    name="clv",
    target=Target.VALUE,
    targets=tuple(Target),
    label=lambda followed: followed.spent,
    stated=lambda forecast: forecast.value,
    headline="gini",
    rank=beside(metrics.value_ranking, metrics.value_gains),
    level=beside(metrics.value_level, metrics.value_level),
    rules=CLV_RULES,
    by_chance=metrics.value_by_chance,
)


KINDS = {kind.name: kind for kind in (CHURN, CLV)}
