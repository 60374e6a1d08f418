"""What is measured, what must be reached, and what the best honest peer reached.

A peer is honest if it sees nothing after the cut. The figures here are of the peers' newest
versions; where peers are measured in the same run, theirs stand in the table instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Goal:
    """What must be reached: a value not below `low` and not above `high`; one may be absent."""

    low: float | None = None
    high: float | None = None

    def is_met(self, value: float) -> bool:
        """Say whether `value` is within the bounds, which belong to them."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def distance(self, value: float) -> float:
        """Return how far `value` is from the best: the lower the better."""
        if self.low is None:
            return value
        if self.high is None:
            return -value
        return abs(value - (self.low + self.high) / 2)

    def __str__(self) -> str:
        if self.low is None:
            return f"<= {self.high:g}"
        if self.high is None:
            return f">= {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Measure:
    """One row of the table.

    Attributes
    ----------
    key
        Name of the figure, as judging names it.
    peer
        Figure of the best honest peer; None where peers have none.
    of_the_best_in
        The figure that says which peer is meant, where it is not the best in `key` itself: a bias
        near zero may be luck, so it is told of the peer that ranks best.
    """

    label: str
    key: str
    goal: Goal
    peer: float | None = None
    of_the_best_in: str | None = None
    digits: int = 4


@dataclass(frozen=True)
class Row:
    """A measure with what was found: None for what could not be measured."""

    measure: Measure
    ours: float | None
    peer: float | None
    peer_name: str

    @property
    def verdict(self) -> str:
        """Whether it must be better: ok, short, or - where nothing was measured."""
        if self.ours is None:
            return "-"
        return "ok" if self.measure.goal.is_met(self.ours) else "short"


def compare(
    measures: tuple[Measure, ...], ours: Figures, peers: Mapping[str, Figures]
) -> list[Row]:
    """Return a row per measure; `peers` says name -> figures, empty where none was measured."""
    goals = {measure.key: measure.goal for measure in measures}
    rows = []
    for measure in measures:
        ranked_by = measure.of_the_best_in or measure.key
        name = _best(peers, ranked_by, goals[ranked_by])
        known = measure.key in peers.get(name, {})
        peer = peers[name][measure.key] if known else measure.peer
        rows.append(Row(measure, ours.get(measure.key), peer, name if known else ""))
    return rows


def _best(peers: Mapping[str, Figures], key: str, goal: Goal) -> str:
    measured = {name: goal.distance(each[key]) for name, each in peers.items() if key in each}
    return min(measured, key=measured.__getitem__, default="")


CDNOW = (
    Measure("value: Gini", "gini_norm", Goal(low=0.718), 0.698),
    Measure("churn: AUC", "auc", Goal(low=0.768), 0.765),
    Measure("churn: Brier score", "brier", Goal(high=0.160), 0.161),
    Measure("churn: calibration error", "calibration_error", Goal(high=0.035)),
    Measure("active: AUC", "auc_active", Goal(low=0.688), 0.686),
    Measure("active: lift at 10 %", "lift10_active", Goal(low=1.60), 1.53, digits=2),
    Measure("orders: RMSE", "txn_rmse", Goal(high=1.72), 1.733),
    Measure("orders: bias, %", "txn_bias_pct", Goal(-10, 10), -14, "txn_rmse", digits=1),
)

MADE = (
    Measure("active: AUC", "auc_active", Goal(low=0.826), 0.813),
    Measure("active: lift at 10 %", "lift10_active", Goal(low=3.80), 3.63, digits=2),
    Measure("value: Gini", "gini_norm", Goal(low=0.929), 0.922),
    Measure("churn: Brier score", "brier", Goal(high=0.070), 0.075),
    Measure("orders: bias, %", "txn_bias_pct", Goal(-3, 3), -10, "auc_active", digits=1),
    Measure("value: bias, %", "spend_bias_pct", Goal(-3, 3), None, "auc_active", digits=1),
)

JOURNEY_VALUE = (
    Measure("value: Gini", "gini_norm", Goal(low=0.863), 0.846),
    Measure("value: Spearman", "spearman_spend", Goal(low=0.826), 0.80),
)

JOURNEY_CHURN = (
    Measure("churn: AUC", "auc", Goal(low=0.882), 0.873),
    Measure("churn: Brier score", "brier", Goal(high=0.099), 0.102),
)

INTERVALS = (
    Measure("80 % interval of value: PIT within", "pit_inside", Goal(0.75, 0.85)),
    Measure("the same, plain, where p10 > 0", "plain_inside", Goal(0.72, 0.85)),
)

WARNING_1 = (
    Measure("found", "recall_by_conv", Goal(low=0.65), 0.62),
    Measure("precision", "precision", Goal(low=0.66), 0.64, "recall_by_conv"),
    Measure("mean delay, days", "delay_mean", Goal(high=68), 70, "recall_by_conv", digits=1),
)

WARNING_2 = (
    Measure("found", "recall_by_conv", Goal(low=0.85), 0.85),
    Measure("precision", "precision", Goal(low=0.41), 0.42, "recall_by_conv"),
    Measure("mean delay, days", "delay_mean", Goal(high=50), 57, "recall_by_conv", digits=1),
)

TELCO = (
    Measure("churn: AUC", "auc", Goal(low=0.848), 0.847),
    Measure("churn: calibration error", "calibration_error", Goal(high=0.015), 0.014),
)

_EXCESS = "loss over the best single model, %"
SMALL_OF_100 = (Measure(_EXCESS, "excess_loss_pct", Goal(high=5), digits=1),)
SMALL_FROM_200 = (Measure(_EXCESS, "excess_loss_pct", Goal(high=2), digits=1),)
