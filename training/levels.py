"""Learns at which levels the ranges of a model are read: as outcomes lay in those of its twin."""

from __future__ import annotations

from dataclasses import replace

from forecasting.hybrid import HybridModel
from forecasting.intervals import Levels
from forecasting.outlook import next_order, value_distribution
from training.panel import Panel
from training.splits import Split


def with_levels(model: HybridModel, twin: HybridModel, panel: Panel, split: Split) -> HybridModel:
    """Return the model with levels as outcomes after the holdout lay in the ranges of its twin."""
    seen = panel.customers_at(split.holdout)
    followed = panel.at([split.holdout]).outcomes[split.judged.horizon_days]
    forecast = twin.forecast(seen)
    places = value_distribution(twin, seen, forecast).places(followed.spent, seed=0)
    places = places[followed.is_known]
    waits = next_order(twin, seen, forecast).places(followed.wait_days)[followed.orders > 0]
    return replace(model, value_levels=Levels.learn(places), wait_levels=Levels.learn(waits))
