"""The kinds of models: churn, of a shop or of contracts, and customer value."""

from __future__ import annotations

from dataclasses import replace

from contracts.business import BusinessSettings
from forecasting.churn import Statement
from forecasting.contracts import LeavingForecast
from forecasting.trees import Target
from training import metrics
from training.heavy_tail import beside
from training.model_kind import ModelKind
from training.panel import Floats
from training.simple_rules import CHURN_RULES, CLV_RULES, CONTRACT_RULES


def _value(stated: Statement) -> Floats:
    if isinstance(stated, LeavingForecast):
        raise TypeError("A model of contracts states no value.")
    return stated.value


CHURN = ModelKind(
    name="churn",
    target=Target.NO_ORDER,
    targets=(Target.NO_ORDER,),
    label=lambda followed: followed.churned,
    stated=lambda forecast: forecast.churn,
    headline="average_precision",
    rank=metrics.churn_ranking,
    level=metrics.churn_calibration,
    rules=CHURN_RULES,
    by_chance=metrics.churn_by_chance,
)

CONTRACT_CHURN = replace(CHURN, rules=CONTRACT_RULES, is_contract=True)

CLV = ModelKind(
    name="clv",
    target=Target.VALUE,
    targets=tuple(Target),
    label=lambda followed: followed.spent,
    stated=_value,
    headline="gini",
    rank=beside(metrics.value_ranking, metrics.value_gains),
    level=beside(metrics.value_level, metrics.value_level),
    rules=CLV_RULES,
    by_chance=metrics.value_by_chance,
)

# Of a shop. What is registered under a name is judged by the same metrics in every business.
KINDS = {kind.name: kind for kind in (CHURN, CLV)}


def kind_of(name: str, business: BusinessSettings) -> ModelKind:
    """Return the kind of model that a name stands for in a business."""
    return CONTRACT_CHURN if name == CHURN.name and business.is_contract else KINDS[name]
