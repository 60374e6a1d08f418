"""A model and all that was judged beside it, as rows that can be set side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from training.judgement import Interval, Judgement
from training.metrics import Metrics

# What the registered model is called beside its rivals.
HYBRID = "hybrid"


class Family(StrEnum):
    """What kind of approach it is: our model, a simple rule, another model."""

    MODEL = "model"
    RULE = "rule"
    PEER = "peer"


@dataclass(frozen=True)
class Standing:
    """One approach on the holdout, by metrics that all have in common where they can."""

    approach: str
    family: Family
    metrics: Metrics
    intervals: Mapping[str, Interval]

    def flat(self) -> Metrics:
        """Return metrics and the ends of their intervals, as in `auc`, `auc.low`, `auc.high`."""
        ends = {
            f"{name}.{end}": value
            for name, interval in self.intervals.items()
            for end, value in zip(("low", "high"), interval, strict=True)
        }
        return {**self.metrics, **ends}


def standings(judgement: Judgement) -> tuple[Standing, ...]:
    """Return the model and its rivals, the best by headline metric first."""
    rivals = [
        Standing(name, family, metrics, judgement.rival_intervals.get(name, {}))
        for family, approaches in ((Family.RULE, judgement.rules), (Family.PEER, judgement.peers))
        for name, metrics in approaches.items()
    ]
    model = Standing(HYBRID, Family.MODEL, judgement.metrics, judgement.intervals)
    return tuple(
        sorted([model, *rivals], key=lambda each: each.metrics[judgement.headline], reverse=True)
    )
