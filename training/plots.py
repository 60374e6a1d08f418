"""Plots of a judged model, as matplotlib figures that need no display."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.models import JudgedModel
from training.panel import Floats

_MODEL, _RULE, _TRUTH, _QUIET = "#1f5f8b", "#e08e36", "#3f8f5f", "#9aa5ad"
_GROUPS = 10
_POINTS = 101


def plots(model: JudgedModel) -> dict[str, Figure]:
    """Return file name -> figure for what a data scientist looks at first."""
    drawn = (
        {"gains.svg": draw_gains, "calibration.svg": draw_calibration}
        if model.kind.name == "churn"
        else {"gains.svg": draw_gains, "deciles.svg": draw_deciles}
    )
    figures = {}
    for name, draw in drawn.items():
        figure = Figure(figsize=(6, 4.5), layout="constrained")
        draw(figure.add_subplot(), model)
        figures[name] = figure
    return figures


def draw_gains(axes: Axes, model: JudgedModel) -> None:
    """Draw the share of churners (or of value) found against the share of customers contacted."""
    contacted = np.linspace(0, 100, _POINTS)
    for rule, score in model.rules.items():
        colour = _RULE if rule == model.judgement.best_rule else _QUIET
        axes.plot(contacted, _found(model.truth, score), color=colour, label=rule)
    axes.plot(contacted, _found(model.truth, model.predicted), color=_MODEL, label="model", lw=2)
    axes.plot([0, 100], [0, 100], color=_QUIET, ls=":", label="at random")
    what = "churners" if model.kind.name == "churn" else "value"
    axes.set(
        xlabel="customers, highest score first [%]", ylabel=f"{what} found [%]",
        title=f"{what.capitalize()} found, holdout {model.split.holdout}",
        xlim=(0, 100), ylim=(0, 100),
    )  # fmt: skip
    axes.legend(frameon=False, loc="lower right")


def draw_calibration(axes: Axes, model: JudgedModel) -> None:
    """Draw the share that churned against the probability stated, in ten equal groups."""
    groups = np.array_split(np.argsort(model.predicted, kind="stable"), _GROUPS)
    stated = [100 * model.predicted[rows].mean() for rows in groups if len(rows)]
    happened = [100 * model.truth[rows].mean() for rows in groups if len(rows)]
    axes.plot([0, 100], [0, 100], color=_QUIET, ls=":")
    axes.plot(stated, happened, "o-", color=_MODEL)
    axes.set(
        xlabel="stated probability of churn [%]", ylabel="churned [%]",
        title=f"Calibration, holdout {model.split.holdout}",
    )  # fmt: skip


def draw_deciles(axes: Axes, model: JudgedModel) -> None:
    """Draw predicted and realised mean value per tenth of the customers by predicted value."""
    groups = np.array_split(np.argsort(-model.predicted, kind="stable"), _GROUPS)
    places = np.arange(1, len(groups) + 1)
    axes.bar(places - 0.2, [model.predicted[rows].mean() for rows in groups], 0.4,
             color=_MODEL, label="predicted")  # fmt: skip
    axes.bar(places + 0.2, [model.truth[rows].mean() for rows in groups], 0.4,
             color=_TRUTH, label="realised")  # fmt: skip
    axes.set(
        xlabel="tenth of the customers, most valuable first", ylabel="mean value per customer",
        title=f"Value by tenth, holdout {model.split.holdout}", xticks=places,
    )  # fmt: skip
    axes.legend(frameon=False)


def _found(truth: Floats, score: Floats) -> Floats:
    """Return the percentage of `truth` found at `_POINTS` even steps through the ranking."""
    found = np.concatenate([[0.0], np.cumsum(truth[np.argsort(-score, kind="stable")])])
    places = np.linspace(0, len(truth), _POINTS)
    return np.asarray(np.interp(places, np.arange(len(found)), 100 * found / found[-1]))
