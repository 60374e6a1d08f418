"""Judges a model beside the simple rules on the holdout, every metric with an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from training.panel import Floats

Metrics = dict[str, float]
Interval = tuple[float, float]
Judge = Callable[[Floats, Floats], Metrics]

# Intervals need no more rows than this; the metrics themselves are on all.
_MOST_RESAMPLED_ROWS = 20_000
_LOW, _HIGH = 5.0, 95.0


@dataclass(frozen=True)
class Judgement:
    """A model on its holdout. Intervals run from the 5th to the 95th percentile.

    `rules` has the metrics of each simple rule, `best_rule` the best of them by `headline`, `peers`
    those of other models; `advantage` is the interval of the model's headline metric less the best
    rule's, resampled on the same rows.
    """

    headline: str
    rows: int
    base: float
    metrics: Metrics
    intervals: dict[str, Interval]
    rules: dict[str, Metrics]
    peers: dict[str, Metrics]
    best_rule: str
    advantage: Interval

    @property
    def is_better(self) -> bool:
        """Whether the model beats the best simple rule with the interval clear of zero."""
        return self.advantage[0] > 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the judgement whose `dataclasses.asdict` was stored as JSON."""
        return cls(
            **{
                **stored,
                "advantage": tuple(stored["advantage"]),
                "intervals": {name: tuple(ends) for name, ends in stored["intervals"].items()},
            }
        )


def judge(  # noqa: PLR0913 - truth, candidates, how to judge them and how often
    truth: Floats,
    predicted: Floats,
    rules: Mapping[str, Floats],
    peers: Mapping[str, Floats],
    *,
    headline: str,
    rank: Judge,
    level: Judge,
    resamples: int,
    seed: int,
) -> Judgement:
    """Return how `predicted` does beside `rules` and `peers`, rows of all in the same order.

    `rank` judges the order of any score, `level` what only a model states (probability, money).
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(truth))
    truth, predicted = truth[shuffled], predicted[shuffled]
    rules = {name: score[shuffled] for name, score in rules.items()}

    def all_metrics(rows: slice | np.ndarray[Any, Any]) -> Metrics:
        return {**rank(truth[rows], predicted[rows]), **level(truth[rows], predicted[rows])}

    of_peers = {
        name: {**rank(truth, each[shuffled]), **level(truth, each[shuffled])}
        for name, each in peers.items()
    }
    of_rules = {name: rank(truth, score) for name, score in rules.items()}
    best = max(of_rules, key=lambda name: of_rules[name][headline])
    drawn: list[Metrics] = []
    ahead: list[float] = []
    for rows in _resampled(truth, resamples, random):
        drawn.append(all_metrics(rows))
        ahead.append(drawn[-1][headline] - rank(truth[rows], rules[best][rows])[headline])
    metrics = all_metrics(slice(None))
    return Judgement(
        headline=headline,
        rows=len(truth),
        base=float(truth.mean()),
        metrics=metrics,
        intervals={name: _interval([each[name] for each in drawn]) for name in metrics},
        rules=of_rules,
        peers=of_peers,
        best_rule=best,
        advantage=_interval(ahead),
    )


def advantage_over(  # noqa: PLR0913 - truth, both candidates, how to judge them and how often
    truth: Floats,
    ours: Floats,
    theirs: Floats,
    *,
    headline: str,
    rank: Judge,
    resamples: int,
    seed: int,
) -> Interval:
    """Return the interval of the headline metric of one ranking less another's, on the same rows.

    Rows are resampled as those of `judge` are.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(truth))
    truth, ours, theirs = truth[shuffled], ours[shuffled], theirs[shuffled]
    ahead = [
        rank(truth[rows], ours[rows])[headline] - rank(truth[rows], theirs[rows])[headline]
        for rows in _resampled(truth, resamples, random)
    ]
    return _interval(ahead)


def _resampled(
    truth: Floats, resamples: int, random: np.random.Generator
) -> Iterator[np.ndarray[Any, Any]]:
    """Yield rows drawn with replacement; a draw in which all have the same truth is left out."""
    for _ in range(resamples):
        rows = random.integers(0, len(truth), min(len(truth), _MOST_RESAMPLED_ROWS))
        if truth[rows].max() != truth[rows].min():
            yield rows


def _interval(values: list[float]) -> Interval:
    low, high = np.percentile(values, [_LOW, _HIGH])
    return float(low), float(high)
