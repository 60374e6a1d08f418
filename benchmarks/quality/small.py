"""Small samples: what it costs to have few customers and not to know which model is best."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from benchmarks.quality.calibration import Floats
from benchmarks.quality.cdnow import HOLDOUT as CDNOW_HOLDOUT
from benchmarks.quality.cdnow import cdnow_project
from benchmarks.quality.functions import OURS, SAMPLE_CHANCES
from benchmarks.quality.holdouts import Holdout, Outcomes
from benchmarks.quality.made import HOLDOUT as MADE_HOLDOUT
from benchmarks.quality.made import made_project
from benchmarks.quality.measures import SMALL_FROM_200, SMALL_OF_100, compare
from benchmarks.quality.places import Places, Project
from benchmarks.quality.table import Part

# Customers in a sample -> samples drawn: the smaller, the more luck.
_DRAWS = {100: 6, 200: 6, 500: 5, 1_000: 4}
_SEED = 0
_LEAST_CHANCE = 1e-4


def of_small(places: Places) -> Iterator[Part]:
    """Measure samples of CDNOW and of the made data."""
    yield from _of_base(places, CDNOW_HOLDOUT, cdnow_project(places))
    yield from _of_base(
        places, MADE_HOLDOUT, made_project(places, "made", before=MADE_HOLDOUT.as_of)
    )


def log_loss(happened: Floats, chance: Floats) -> float:
    """Return the mean log loss of a chance, none counted as nearer to 0 or 1 than 0.0001."""
    chance = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return float(-np.mean(happened * np.log(chance) + (1 - happened) * np.log(1 - chance)))


def excess_pct(losses: Sequence[Mapping[str, float]]) -> float:
    """Return how much higher than the best single model's our loss is, in percent.

    Each of `losses` is a sample: model -> loss. The best is the one with the lowest mean over all.
    """
    means = pd.DataFrame(losses).mean()
    return float(100 * (means[OURS] / means.drop(OURS).min() - 1))


def _of_base(places: Places, holdout: Holdout, project: Project) -> Iterator[Part]:
    labels = Outcomes.of(places.bench, project.events, holdout).labels.set_index("customer_id")
    churned = (labels["n"] == 0).astype(np.float64)
    for size, draws in _DRAWS.items():
        started = time.monotonic()
        drawn = np.random.default_rng([_SEED, size])
        customers = churned.index.to_numpy(np.int64)
        samples = [drawn.choice(customers, size, replace=False) for _ in range(draws)]
        ours = {}
        if SAMPLE_CHANCES is not None:
            told = SAMPLE_CHANCES(project.settings, samples, holdout.as_of)
            losses = [
                _losses(churned.drop(sample), chances)
                for sample, chances in zip(samples, told, strict=True)
            ]
            ours = {"excess_loss_pct": excess_pct(losses)}
        measures = SMALL_OF_100 if size == min(_DRAWS) else SMALL_FROM_200
        title = f"{holdout.title}, {size:,} customers"
        rows = compare(measures, ours, {})
        seconds = time.monotonic() - started
        yield Part(f"{holdout.name}_of_{size}", title, rows, ours, {}, seconds)


def _losses(churned: pd.Series, chances: Mapping[str, pd.Series]) -> dict[str, float]:
    """Return model -> loss on customers who are not in the sample."""
    return {
        name: log_loss(churned.to_numpy(), chance.reindex(churned.index).to_numpy())
        for name, chance in chances.items()
    }
