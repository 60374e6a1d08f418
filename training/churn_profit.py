"""What the ranking of a churn model is worth: in order, and in money."""

from __future__ import annotations

import numpy as np

from contracts.economics import Campaign
from training.metrics import Measure, Metrics, churn_ranking
from training.panel import Floats, Outcomes, weighted_mean
from training.profit import Ranking, profit_metrics


def mean_kept_value(followed: Outcomes) -> float:
    """Return what customers who stayed were worth in the horizon, on average."""
    stayed = followed.rows(followed.churned == 0)
    return weighted_mean(stayed.spent, stayed.weight) if len(stayed.orders) else 0.0


def churn_ranking_and_profit(
    campaign: Campaign, worth: float, churned: Floats, score: Floats
) -> Measure:
    """Measure how well churners are ranked, and what a campaign earns on them, in money each.

    Customers are `worth` the same if they stay, what those of the past were on average.
    """
    order = churn_ranking(churned, score)
    ranking = Ranking.by(score, churned=churned, value=worth)

    def measure(counts: Floats) -> Metrics:
        rows = np.repeat(np.arange(len(counts)), np.rint(counts).astype(np.int64))
        return {**order(counts), **profit_metrics(ranking.drawn(rows), campaign)}

    return measure
