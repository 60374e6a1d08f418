"""Small samples: what it costs to have few customers and not to know which model is best."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from benchmarks.quality.calibration import Floats
from benchmarks.quality.cdnow import HOLDOUT as CDNOW_HOLDOUT
from benchmarks.quality.cdnow import cdnow_project
from benchmarks.quality.holdouts import Holdout, Outcomes
from benchmarks.quality.made import HOLDOUT as MADE_HOLDOUT
from benchmarks.quality.made import made_project
from benchmarks.quality.measures import SMALL_FROM_200, SMALL_OF_100, compare
from benchmarks.quality.places import Places, Project
from benchmarks.quality.product import ingest
from benchmarks.quality.samples import OURS, Base, chances, read_base
from benchmarks.quality.table import Part

# Customers in a sample -> samples drawn: the smaller, the more luck.
_DRAWS = {100: 6, 200: 6, 500: 5, 1_000: 4, 3_000: 3, 10_000: 2, 20_000: 1}
_SEED = 0
_LEAST_CHANCE = 1e-4


def parts(places: Places) -> Iterator[Part]:
    """Measure samples of CDNOW and of the made data."""
    yield from _of_base(places, CDNOW_HOLDOUT, cdnow_project(places))
    made = made_project(places, "made", before=MADE_HOLDOUT.as_of)
    yield from _of_base(places, MADE_HOLDOUT, made)


def log_loss(happened: Floats, chance: Floats) -> float:
    """Return the mean log loss of a chance, none counted as nearer to 0 or 1 than 0.0001."""
    chance = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return float(-np.mean(happened * np.log(chance) + (1 - happened) * np.log(1 - chance)))


def excess_pct(losses: Mapping[str, float]) -> float:
    """Return how much higher than the best single model's our loss is, in percent."""
    best = min(loss for name, loss in losses.items() if name != OURS)
    return 100 * (losses[OURS] / best - 1)


def _of_base(places: Places, holdout: Holdout, project: Project) -> Iterator[Part]:
    ingest(project.settings)
    base = read_base(project.settings, project.events, holdout.as_of)
    labels = Outcomes.of(places.bench, project.events, holdout).labels.set_index("customer_id")
    bought = labels["n"].reindex(base.customers).to_numpy(np.float64)
    churned = np.where(bought == 0, 1.0, 0.0)
    for size, draws in _DRAWS.items():
        started = time.monotonic()
        losses = _mean_losses(base, churned, size, draws)
        ours = {"excess_loss_pct": excess_pct(losses), **losses}
        measures = SMALL_OF_100 if size == min(_DRAWS) else SMALL_FROM_200
        rows = compare(measures, ours, {})
        title = f"{holdout.title}, {size:,} customers"
        seconds = time.monotonic() - started
        yield Part(f"{holdout.name}_of_{size}", title, rows, ours, {}, seconds)


def _mean_losses(base: Base, churned: Floats, size: int, draws: int) -> dict[str, float]:
    """Return model -> mean loss over samples, on all customers who are not in them."""
    drawn = np.random.default_rng([_SEED, size])
    losses = []
    for _ in range(draws):
        sample = drawn.choice(base.customers, size, replace=False)
        others = ~np.isin(base.customers, sample)
        told = chances(base, sample)
        losses.append(
            {name: log_loss(churned[others], chance[others]) for name, chance in told.items()}
        )
    return dict(pd.DataFrame(losses).mean())
