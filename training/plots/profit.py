"""Chart of what a campaign earns by how many customers it contacts."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np

from training.plots.charts import MODEL, QUIET, RULE, by_approach, chart_of, whole, x_percent
from training.profit import ProfitCurve

_STEPS = 200
_NOBODY = "nobody contacted"


def draw_profit(
    model: ProfitCurve, rules: Mapping[str, ProfitCurve], *, when: str
) -> alt.LayerChart:
    """Draw profit per customer against the share contacted, with the model's best share marked."""
    curves = {"model": model, **rules}
    points = [
        {"approach": name, "x": 100 * share, "y": profit}
        for name, curve in curves.items()
        for share, profit in _thinned(curve)
    ]
    nobody = [{"approach": _NOBODY, "x": end, "y": 0.0} for end in (0.0, 100.0)]
    share, profit = 100 * float(model.share[model.best]), float(model.profit[model.best])
    best = f"best: {profit:,.2f} at {share:.0f} %"
    colours = {"model": MODEL, **dict.fromkeys(rules, RULE), best: MODEL, _NOBODY: QUIET}
    x = x_percent("x", "customers contacted, highest score first")
    y, colour = alt.Y("y:Q", title="profit per customer"), by_approach(colours)
    told = ["approach:N", alt.Tooltip("x:Q", format=".1f"), alt.Tooltip("y:Q", format=",.2f")]
    lines = chart_of(points).mark_line().encode(x=x, y=y, color=colour, tooltip=told)
    floor = chart_of(nobody).mark_line(strokeDash=[3, 3], strokeWidth=1)
    mark = chart_of([{"approach": best, "x": share, "y": profit}]).mark_point(filled=True, size=90)
    return whole(
        floor.encode(x=x, y=y, color=colour, tooltip=told),
        lines,
        mark.encode(x=x, y=y, color=colour, tooltip=told),
        title=f"Profit of a campaign, {when}",
    )


def _thinned(curve: ProfitCurve) -> list[tuple[float, float]]:
    last = len(curve.share) - 1
    places = np.linspace(0, last, min(last + 1, _STEPS)).round().astype(int)
    places = np.unique(np.append(places, curve.best))
    return list(zip(curve.share[places].tolist(), curve.profit[places].tolist(), strict=True))
