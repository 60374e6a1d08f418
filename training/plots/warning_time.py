"""The warning-time curve: how many of those who left are found by which day of their silence."""

from __future__ import annotations

import altair as alt

from training.plots.charts import (
    MODEL,
    PEER,
    QUIET,
    RULE,
    by_approach,
    chart_of,
    whole,
    y_percent,
)
from training.warning_time import WarningJudgement


def draw_warning_time(judgement: WarningJudgement) -> alt.LayerChart:
    """Draw the share found by each day since the last order, at an equal budget for all methods."""
    shown = {"model": (judgement.model, MODEL)}
    for name, measured in judgement.rules.items():
        shown[name] = (measured, RULE if name == judgement.best_rule else QUIET)
    shown.update({name: (measured, PEER) for name, measured in judgement.peers.items()})
    points = [
        {"approach": name, "day": day, "found": 100 * share}
        for name, (measured, _) in shown.items()
        for day, share in enumerate(measured.curve)
    ]
    curves = chart_of(points).mark_line(interpolate="step-after", strokeWidth=2)
    return whole(
        curves.encode(
            x=alt.X("day:Q", title="days since the last order"),
            y=y_percent("found", "of those who left, found"),
            color=by_approach({name: colour for name, (_, colour) in shown.items()}),
            tooltip=["approach:N", "day:Q", alt.Tooltip("found:Q", format=".1f")],
        ),
        title=f"Warning time, {judgement.budget} of the watched a week, {judgement.weeks} weeks",
    )
