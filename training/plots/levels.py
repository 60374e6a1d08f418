"""Charts of whether what is stated is what happens: calibration, and tenths side by side."""

from __future__ import annotations

import altair as alt

from training.models import JudgedModel
from training.plots.charts import (
    MODEL,
    QUIET,
    TRUTH,
    by_approach,
    chart_of,
    whole,
    x_percent,
    y_percent,
)
from training.plots.curves import groups


def draw_calibration(judged: JudgedModel) -> alt.LayerChart:
    """Draw the share that churned against the probability stated, in ten equal groups."""
    found = groups(judged.truth, judged.predicted, are_shares=True)
    points = [
        {"stated": 100 * each.predicted, "churned": 100 * each.happened,
         "low": 100 * (each.low or 0.0), "high": 100 * (each.high or 0.0)}
        for each in found
    ]  # fmt: skip
    top = max(max(point["stated"], point["high"]) for point in points)
    even = [{"stated": end, "churned": end} for end in (0.0, top)]
    x = x_percent("stated", "stated probability of churn", up_to=top)
    y = y_percent("churned", "churned", up_to=top)
    right = chart_of(even).mark_line(color=QUIET, strokeDash=[3, 3]).encode(x=x, y=y)
    ends = chart_of(points).mark_rule(color=MODEL, opacity=0.5).encode(x=x, y="low:Q", y2="high:Q")
    tooltip = [alt.Tooltip(f"{name}:Q", format=".1f") for name in points[0]]
    dots = (
        chart_of(points)
        .mark_line(color=MODEL, point={"color": MODEL, "size": 60})
        .encode(x=x, y=y, tooltip=tooltip)
    )
    title = f"Calibration with 90 % intervals, holdout {judged.split.holdout}"
    return whole(right, ends, dots, title=title)


def draw_deciles(judged: JudgedModel) -> alt.LayerChart:
    """Draw what was predicted and what happened by tenth of the customers, highest first."""
    is_churn = judged.kind.name == "churn"
    factor = 100 if is_churn else 1
    points = [
        {"tenth": each.place, "approach": name, "mean": factor * value}
        for each in groups(judged.truth, judged.predicted, are_shares=False)
        for name, value in (("predicted", each.predicted), ("realised", each.happened))
    ]
    who = "riskiest" if is_churn else "most valuable"
    bars = (
        chart_of(points)
        .mark_bar()
        .encode(
            x=alt.X(
                "tenth:O", title=f"tenth of the customers, {who} first", axis={"labelAngle": 0}
            ),
            xOffset=alt.XOffset("approach:N", sort=["predicted", "realised"]),
            y=alt.Y("mean:Q", title="churn [%]" if is_churn else "mean value per customer"),
            color=by_approach({"predicted": MODEL, "realised": TRUTH}),
            tooltip=["tenth:O", "approach:N", alt.Tooltip("mean:Q", format=",.2f")],
        )
    )
    title = f"Predicted and realised by tenth, holdout {judged.split.holdout}"
    return whole(bars, title=title)
