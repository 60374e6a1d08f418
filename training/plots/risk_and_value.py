"""Chart of both models together: how many customers are how risky and how valuable."""

from __future__ import annotations

import altair as alt
import numpy as np

from training.models import JudgedModel
from training.panel import Floats
from training.plots.charts import MODEL, chart_of, whole, x_percent

_CELLS = 25
_ABOVE_ZERO = 1e-2


def draw_risk_and_value(churn: JudgedModel, clv: JudgedModel) -> alt.LayerChart | None:
    """Draw counts of customers by stated risk and stated value; None where holdouts differ.

    Of the customers at risk on the holdout, which both models must have in common.
    """
    are_same = not churn.kind.is_contract and len(churn.predicted) == len(clv.predicted)
    if churn.split.holdout != clv.split.holdout or not are_same:
        return None
    risk = 100 * churn.predicted
    value = np.log10(np.maximum(clv.predicted, _ABOVE_ZERO))
    counts, of_risk, of_value = np.histogram2d(
        risk, value, bins=[np.linspace(0, 100, _CELLS + 1), _edges(value)]
    )
    points = [
        {"risk": float(of_risk[x]), "risk_end": float(of_risk[x + 1]),
         "value": float(10 ** of_value[y]), "value_end": float(10 ** of_value[y + 1]),
         "customers": int(counts[x, y])}
        for x, y in np.argwhere(counts > 0)
    ]  # fmt: skip
    scale = alt.Scale(type="log")
    cells = (
        chart_of(points)
        .mark_rect()
        .encode(
            x=x_percent("risk", "stated probability of churn"),
            x2="risk_end:Q",
            y=alt.Y("value:Q", title="stated value", scale=scale),
            y2="value_end:Q",
            color=alt.Color(
                "customers:Q",
                title="customers",
                scale=alt.Scale(type="log", range=["#dbe7f0", MODEL]),
            ),
            tooltip=["customers:Q", alt.Tooltip("risk:Q", format=".0f"),
                     alt.Tooltip("value:Q", format=",.2f")],
        )
    )  # fmt: skip
    return whole(cells, title=f"Value against risk, holdout {churn.split.holdout}")


def _edges(value: Floats) -> Floats:
    low, high = np.percentile(value, [0.5, 99.5])
    return np.linspace(min(low, high - 1e-6), high, _CELLS + 1)
