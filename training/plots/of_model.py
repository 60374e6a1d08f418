"""Which charts a judged model gets, by the names of their files."""

from __future__ import annotations

import altair as alt

from contracts.economics import Campaign
from training.kinds import CHURN
from training.models import JudgedModel
from training.plots.explaining import draw_effects, draw_feature_gain
from training.plots.levels import draw_calibration, draw_deciles
from training.plots.profit import draw_profit
from training.plots.ranking import (
    draw_gains,
    draw_lift,
    draw_precision_recall,
    draw_roc,
)
from training.profit import Ranking, profit_curve

_OF_ALL = {
    "gains": draw_gains,
    "lift": draw_lift,
    "deciles": draw_deciles,
    "feature_gain": draw_feature_gain,
    "effects": draw_effects,
}
_OF_CHURN = {
    "calibration": draw_calibration,
    "roc": draw_roc,
    "precision_recall": draw_precision_recall,
}


def plots(judged: JudgedModel) -> dict[str, alt.LayerChart]:
    """Return name -> chart of what a data scientist looks at first."""
    drawn = {**_OF_ALL, **(_OF_CHURN if judged.kind.name == CHURN.name else {})}
    charts = {name: draw(judged) for name, draw in drawn.items()}
    if judged.campaign is not None:
        charts["profit"] = _profit(judged, judged.campaign)
    return charts


def _profit(judged: JudgedModel, campaign: Campaign) -> alt.LayerChart:
    rule = judged.judgement.best_rule
    model, best_rule = (
        profit_curve(Ranking.by(score, churned=judged.truth, value=judged.worth), campaign)
        for score in (judged.predicted, judged.rules[rule])
    )
    return draw_profit(model, {rule: best_rule}, when=f"holdout {judged.split.holdout}")
