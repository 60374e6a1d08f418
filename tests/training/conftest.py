"""A made panel in which the truth is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from contracts.feature_contract import ContractedFeature, FeatureContract
from training.panel import Panel
from training.settings import TrainingSettings
from training.splits import Split

SPLIT = Split(train=(date(2024, 1, 1), date(2024, 2, 1)), holdout=date(2024, 4, 1), horizon_days=60)
FEATURES = (
    "days_since_last_order", "gap_median", "gap_max", "amount_total", "T", "amount_90d", "noise",
)  # fmt: skip
CONTRACT = FeatureContract(tuple(ContractedFeature(name, "made") for name in FEATURES))


def make_panel(customers: int = 1500, *, seed: int = 3) -> Panel:
    """Return customers at all cutoffs of `SPLIT`.

    Who has been silent for long by the own gap leaves more often; value follows past spend. The
    simple rules see one of the causes each, the trees can see both.
    """
    random = np.random.default_rng(seed)
    parts = []
    for cutoff in SPLIT.mature:
        gap = random.uniform(5, 60, customers)
        silence = gap * random.gamma(2, 0.7, customers)
        spend = random.lognormal(5, 0.8, customers)
        lately = spend * random.uniform(0.1, 0.6, customers)
        chance = 1 / (1 + np.exp(-(0.8 * silence / gap - 0.02 * lately)))
        churned = (random.random(customers) < chance).astype(float)
        value = (1 - churned) * lately * random.lognormal(0, 0.4, customers)
        X = np.column_stack(
            [silence, gap, 2 * gap, spend, np.full(customers, 300.0), lately,
             random.normal(size=customers)]
        )  # fmt: skip
        dates = np.full(customers, np.datetime64(cutoff, "D"))
        parts.append((X, dates, churned, value))
    X, dates, churned, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Panel(X.astype(np.float32), CONTRACT, dates, churned, value)


@pytest.fixture(scope="session")
def panel() -> Panel:
    """Return a panel large enough for a model to show what it can."""
    return make_panel()


@pytest.fixture(scope="session")
def split() -> Split:
    """Return the cutoffs of the panel."""
    return SPLIT


@pytest.fixture(scope="session")
def panel_of() -> Callable[[int], Panel]:
    """Return a function that makes a panel of so many customers."""
    return make_panel


@pytest.fixture(scope="session")
def settings() -> TrainingSettings:
    """Return settings that fit in a moment."""
    return TrainingSettings(rounds=80, bootstrap_rounds=60)
