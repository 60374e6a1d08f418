"""A kind of model: what it predicts, of whom, how it is judged, beside which simple rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forecasting.churn import Statement
from forecasting.trees import Target
from training.judgement import Judge
from training.metrics import Metrics
from training.panel import Floats, Outcomes
from training.simple_rules import Rule


@dataclass(frozen=True)
class ModelKind:
    """What is predicted, and how it is judged beside which simple rules.

    `target` are its own trees and `targets` all that it takes; `stated` reads it off a forecast.
    `by_chance` says what metrics of a ranking that knows nothing are, given the mean of the label.
    `is_contract`: it is about customers whose contract runs, not about those who ever ordered.
    """

    name: str
    target: Target
    targets: tuple[Target, ...]
    label: Callable[[Outcomes], Floats]
    stated: Callable[[Statement], Floats]
    headline: str
    rank: Judge
    level: Judge
    rules: Mapping[str, Rule]
    by_chance: Callable[[float], Metrics]
    is_contract: bool = False
