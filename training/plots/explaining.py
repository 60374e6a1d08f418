"""Charts of what the trees use: gain by feature, and how feature values move a prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from forecasting.churn import as_hybrid, gains_of, members_of_churn
from forecasting.contributions import PARAMETRIC, Part, contributions
from forecasting.customers import Customers, day_number
from forecasting.members import members_of_value
from training.kinds import CHURN
from training.models import JudgedModel
from training.panel import Floats
from training.plots.charts import MODEL, QUIET, RULE, by_approach, chart_of, whole

# Exact contributions cost more than the forecast, and means of so many say what there is to see.
_MOST_EXPLAINED = 2_000
_SHOWN = 20
_GROUPS = 10
# Means of fewer customers would be about single ones.
_FEWEST = 10
_LABELS = {PARAMETRIC: "order history, before trees"}


@dataclass(frozen=True)
class Effect:
    """What the customers of one part of a feature's values have in common.

    `part` is 1 for the lowest tenth of the values, 10 for the highest, 0 where it is not known;
    `effect` is the mean contribution less that of all customers.
    """

    feature: str
    part: int
    effect: float


def draw_feature_gain(judged: JudgedModel) -> alt.LayerChart:
    """Draw the features that the splits of both sets of trees gained most by."""
    shares = gains_of(judged.model, judged.kind.target)
    most = {
        name: max(each.get(name, 0.0) for each in shares.values())
        for name in {name for each in shares.values() for name in each}
    }
    shown = sorted(most, key=lambda name: (-most[name], name))[:_SHOWN]
    points = [
        {"feature": name, "approach": approach, "share": 100 * each.get(name, 0.0)}
        for name in shown
        for approach, each in shares.items()
    ]
    bars = (
        chart_of(points)
        .mark_bar()
        .encode(
            y=alt.Y("feature:N", sort=shown, title=None, axis={"labelLimit": 220}),
            yOffset=alt.YOffset("approach:N", sort=list(shares)),
            x=alt.X("share:Q", title="part of the gain of all splits [%]"),
            color=by_approach(dict(zip(shares, (MODEL, RULE), strict=False))),
            tooltip=["feature:N", "approach:N", alt.Tooltip("share:Q", format=".2f")],
        )
    )
    return whole(bars, title="What the trees use")


def draw_effects(judged: JudgedModel) -> alt.LayerChart:
    """Draw how the values of the strongest features move the prediction (mean SHAP values)."""
    effects = list(effects_of(judged))
    strength = {
        name: np.mean([abs(each.effect) for each in effects if each.feature == name])
        for name in {each.feature for each in effects}
    }
    shown = sorted(strength, key=lambda name: (-strength[name], name))[:_SHOWN]
    points = [
        {"feature": each.feature, "effect": each.effect, "part": each.part or None}
        for each in effects
        if each.feature in shown
    ]
    what = "log odds of churn" if judged.kind.name == CHURN.name else "logarithm of value"
    colour = alt.Color(
        "part:Q",
        title="values of the feature, low to high",
        scale=alt.Scale(domain=[1, _GROUPS], range=[MODEL, RULE]),
    )
    dots = (
        chart_of(points)
        .mark_circle(size=70, opacity=0.9, invalid="show")
        .encode(
            y=alt.Y("feature:N", sort=shown, title=None, axis={"labelLimit": 220, "grid": True}),
            x=alt.X("effect:Q", title=f"effect on the {what}, against the mean customer"),
            color=alt.condition("isValid(datum.part)", colour, alt.value(QUIET)),
            tooltip=["feature:N", "part:O", alt.Tooltip("effect:Q", format="+.3f")],
        )
    )
    return whole(dots, title="How features move the prediction; grey: not known")


def effects_of(judged: JudgedModel) -> Iterator[Effect]:
    """Yield the effects of all features on customers of the holdout, at most 2,000 of them.

    Exact SHAP values of the model as it weighs its trees; of contracts, of the commonest cause.
    `PARAMETRIC`, what the order history says before any tree, is a feature among the others.
    """
    step = max(1, -(-len(judged.holdout) // _MOST_EXPLAINED))
    holdout = judged.holdout
    few = Customers(holdout.X[::step], holdout.feature_names, day_number(judged.split.holdout))
    members: list[Part] = (
        members_of_churn(judged.model, few)
        if judged.kind.name == CHURN.name
        else [*members_of_value(as_hybrid(judged.model), few)]
    )
    (explained,) = contributions(members, chunk_rows=max(1, len(few)))
    values = _values(members)
    for name, contribution in zip(explained.names, explained.values.T, strict=True):
        if np.ptp(contribution) == 0:
            continue
        value = contribution if name == PARAMETRIC else values[name]
        yield from _effects(name, value, contribution - contribution.mean())


def _values(members: Sequence[Part]) -> dict[str, Floats]:
    """Return column -> its values, of all members together."""
    return {
        name: member.X[:, place].astype(np.float64)
        for member in members
        for place, name in enumerate(member.feature_names)
    }


def _effects(name: str, value: Floats, contribution: Floats) -> Iterator[Effect]:
    is_known = np.isfinite(value)
    known = np.flatnonzero(is_known)
    in_order = known[np.argsort(value[known], kind="stable")]
    parts = {0: np.flatnonzero(~is_known)}
    parts |= dict(enumerate(np.array_split(in_order, _GROUPS), start=1))
    for part, rows in parts.items():
        if len(rows) >= _FEWEST:
            yield Effect(_LABELS.get(name, name), part, float(contribution[rows].mean()))
