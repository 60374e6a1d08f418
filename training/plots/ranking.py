"""Charts of how customers are ranked: gains, lift, ROC, precision and recall."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt

from training.models import JudgedModel
from training.panel import Floats
from training.plots.charts import (
    MODEL,
    PEER,
    QUIET,
    RULE,
    by_approach,
    chart_of,
    whole,
    x_percent,
    y_percent,
)
from training.plots.curves import Curve, gains, lift, precision_recall, roc

_AT_RANDOM = "at random"


def draw_gains(judged: JudgedModel) -> alt.LayerChart:
    """Draw the share of churners, or of value, found by the share of customers contacted."""
    what = "churners" if judged.kind.name == "churn" else "value"
    return _curves(
        judged, gains, ("customers, highest score first", f"{what} found"),
        by_chance=[(0.0, 0.0), (1.0, 1.0)], title=f"{what.capitalize()} found",
    )  # fmt: skip


def draw_lift(judged: JudgedModel) -> alt.LayerChart:
    """Draw how many times more is found than by contacting anybody."""
    what = "churners" if judged.kind.name == "churn" else "value"
    return _curves(
        judged, lift, ("customers, highest score first", f"{what} found over those of anybody"),
        by_chance=[(0.0, 1.0), (1.0, 1.0)], title="Lift", is_share=False,
    )  # fmt: skip


def draw_roc(judged: JudgedModel) -> alt.LayerChart:
    """Draw the share of churners caught by the share of the others that is alarmed."""
    return _curves(
        judged, roc, ("alarmed of those who stayed", "caught of the churners"),
        by_chance=[(0.0, 0.0), (1.0, 1.0)], title="ROC",
    )  # fmt: skip


def draw_precision_recall(judged: JudgedModel) -> alt.LayerChart:
    """Draw the share of the alarms that are right by the share of churners caught."""
    base = judged.judgement.base
    return _curves(
        judged, precision_recall, ("caught of the churners (recall)", "right alarms (precision)"),
        by_chance=[(0.0, base), (1.0, base)], title="Precision and recall",
    )  # fmt: skip


def rivals(judged: JudgedModel) -> dict[str, tuple[Floats, str]]:
    """Return approach -> its scores and colour: the model, the best rule, the best peer."""
    judgement = judged.judgement
    shown = {"model": (judged.predicted, MODEL)}
    shown[judgement.best_rule] = (judged.rules[judgement.best_rule], RULE)
    if judgement.peers:
        best = max(judgement.peers, key=lambda name: judgement.peers[name][judgement.headline])
        shown[best] = (judged.peers[best], PEER)
    return shown


def _curves(  # noqa: PLR0913 - a curve, and all that it says
    judged: JudgedModel,
    curve_of: Callable[[Floats, Floats], Curve],
    titles: tuple[str, str],
    *,
    by_chance: list[tuple[float, float]],
    title: str,
    is_share: bool = True,
) -> alt.LayerChart:
    shown = rivals(judged)
    factor = 100 if is_share else 1
    points = [
        {"approach": name, "x": 100 * x, "y": factor * y}
        for name, (score, _) in shown.items()
        for x, y in _points(curve_of(judged.truth, score))
    ]
    chance = [{"approach": _AT_RANDOM, "x": 100 * x, "y": factor * y} for x, y in by_chance]
    colours = {**{name: colour for name, (_, colour) in shown.items()}, _AT_RANDOM: QUIET}
    x = x_percent("x", titles[0])
    y = y_percent("y", titles[1]) if is_share else alt.Y("y:Q", title=titles[1])
    values = [alt.Tooltip("x:Q", format=".1f"), alt.Tooltip("y:Q", format=".2f")]
    layers = [
        chart_of(part).mark_line(strokeDash=dash, strokeWidth=width).encode(
            x=x, y=y, color=by_approach(colours), tooltip=["approach:N", *values]
        )
        for part, dash, width in ((chance, [3, 3], 1), (points, [1, 0], 2))
    ]  # fmt: skip
    return whole(*layers, title=f"{title}, holdout {judged.split.holdout}")


def _points(curve: Curve) -> list[tuple[float, float]]:
    return list(zip(curve.x.tolist(), curve.y.tolist(), strict=True))
