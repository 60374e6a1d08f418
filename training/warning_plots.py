"""The warning-time curve: how many of those who left are found by which day of their silence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from training.warning_time import WarningJudgement

_MODEL, _RULE, _QUIET = "#1f5f8b", "#e08e36", "#9aa5ad"


def draw_warning_time(judgement: WarningJudgement) -> Figure:
    """Draw the share found by each day since the last order, at an equal budget for all methods."""
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.add_subplot()

    def draw(curve: Sequence[float], label: str, colour: str, width: float = 1.5) -> None:
        days = np.arange(len(curve))
        share = 100 * np.asarray(curve)
        axes.step(days, share, where="post", color=colour, label=label, lw=width)

    for name, measured in {**judgement.rules, **judgement.peers}.items():
        draw(measured.curve, name, _RULE if name == judgement.best_rule else _QUIET)
    draw(judgement.model.curve, "model", _MODEL, width=2)
    axes.set(
        xlabel="days since the last order", ylabel="of those who left, found [%]",
        title=f"Warning time, {judgement.budget} of the watched a week, {judgement.weeks} weeks",
        xlim=(0, len(judgement.model.curve)), ylim=(0, 100),
    )  # fmt: skip
    axes.legend(frameon=False, loc="upper left")
    return figure
