"""Judges a model beside the simple rules on the holdout, every metric with an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from training.metrics import Measure, Metrics
from training.panel import Floats, weighted_mean

Interval = tuple[float, float]
# Truth and what was predicted -> what measures it.
Judge = Callable[[Floats, Floats], Measure]

# Peers that a model has to beat like the best simple rule: anybody could use them instead.
LOGISTIC, BG_NBD = "logistic regression", "BG/NBD"
COUNTED_PEERS = (LOGISTIC, BG_NBD)

# Intervals need no more rows than this; the metrics themselves are on all.
_MOST_RESAMPLED_ROWS = 20_000
_LOW, _HIGH = 5.0, 95.0


@dataclass(frozen=True)
class Judgement:
    """A model on its holdout. Intervals run from the 5th to the 95th percentile.

    `rules` has the metrics of each simple rule, `best_rule` the best of them by `headline`, `peers`
    those of other models, `rival_intervals` the intervals of what says how rules and peers rank;
    `advantage` is the interval of the model's headline metric less the best rule's, resampled on
    the same rows; `over_peers` that over each peer that it has to beat as well.
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
    rival_intervals: dict[str, dict[str, Interval]] = field(default_factory=dict)
    over_peers: dict[str, Interval] = field(default_factory=dict)

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
                "intervals": _ends(stored["intervals"]),
                "rival_intervals": {
                    rival: _ends(ends) for rival, ends in stored["rival_intervals"].items()
                },
                "over_peers": _ends(stored.get("over_peers", {})),
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
    weight: Floats | None = None,
) -> Judgement:
    """Return how `predicted` does beside `rules` and `peers`, rows of all in the same order.

    `weight` is how much each row counts; None: all the same.
    `rank` judges the order of any score, `level` what only a model states (probability, money).
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(truth))
    truth, weights = truth[shuffled], _weights(truth, weight)[shuffled]

    def measured(score: Floats, *judges: Judge) -> list[Measure]:
        return [each(truth, score[shuffled]) for each in judges]

    model = measured(predicted, rank, level)
    of_rules = {name: measured(score, rank) for name, score in rules.items()}
    of_peers = {name: measured(score, rank, level) for name, score in peers.items()}
    whole = {name: _all(each, weights) for name, each in of_rules.items()}
    best = max(whole, key=lambda name: whole[name][headline])
    drawn: list[Metrics] = []
    of_rivals = {**of_rules, **of_peers}
    rivals: dict[str, list[Metrics]] = {name: [] for name in of_rivals}
    for counts in _draws(truth, weights, resamples, random):
        drawn.append(_all(model, counts))
        for name, each in of_rivals.items():
            rivals[name].append(_all(each[:1], counts))

    def ahead_of(rival: str) -> Interval:
        pairs = zip(drawn, rivals[rival], strict=True)
        return interval([ours[headline] - theirs[headline] for ours, theirs in pairs])

    return Judgement(
        headline=headline,
        rows=len(truth),
        base=weighted_mean(truth, None if weight is None else weights),
        metrics=_all(model, weights),
        intervals=_intervals(drawn),
        rules=whole,
        peers={name: _all(each, weights) for name, each in of_peers.items()},
        best_rule=best,
        advantage=ahead_of(best),
        rival_intervals={name: _intervals(each) for name, each in rivals.items()},
        over_peers={name: ahead_of(name) for name in COUNTED_PEERS if name in peers},
    )


def measure_alone(
    truth: Floats,
    predicted: Floats,
    *judges: Judge,
    resamples: int,
    seed: int,
    weight: Floats | None = None,
) -> tuple[Metrics, dict[str, Interval]]:
    """Return what the judges say of `predicted`, and the intervals; beside nothing else.

    Rows are resampled as those of `judge` are, and count as there.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(truth))
    truth, weights = truth[shuffled], _weights(truth, weight)[shuffled]
    measures = [each(truth, predicted[shuffled]) for each in judges]
    drawn = [_all(measures, counts) for counts in _draws(truth, weights, resamples, random)]
    return _all(measures, weights), _intervals(drawn)


def advantage_over(  # noqa: PLR0913 - truth, both candidates, how to judge them and how often
    truth: Floats,
    ours: Floats,
    theirs: Floats,
    *,
    headline: str,
    rank: Judge,
    resamples: int,
    seed: int,
    weight: Floats | None = None,
) -> Interval:
    """Return the interval of the headline metric of one ranking less another's, on the same rows.

    Rows are resampled as those of `judge` are, and count as there.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(truth))
    truth, weights = truth[shuffled], _weights(truth, weight)[shuffled]
    our, their = (rank(truth, score[shuffled]) for score in (ours, theirs))
    return interval(
        [
            our(counts)[headline] - their(counts)[headline]
            for counts in _draws(truth, weights, resamples, random)
        ]
    )


def _weights(truth: Floats, weight: Floats | None) -> Floats:
    return np.ones(len(truth)) if weight is None else weight


def _draws(
    truth: Floats, weights: Floats, resamples: int, random: np.random.Generator
) -> Iterator[Floats]:
    """Yield how often each row is drawn, times its weight.

    A draw in which all have the same truth is left out.
    """
    size = min(len(truth), _MOST_RESAMPLED_ROWS)
    for _ in range(resamples):
        counts = np.bincount(random.integers(0, len(truth), size), minlength=len(truth))
        seen = truth[counts > 0]
        if seen.max() != seen.min():
            yield counts * weights


def _all(measures: Sequence[Measure], counts: Floats) -> Metrics:
    return {name: value for each in measures for name, value in each(counts).items()}


def _intervals(drawn: Sequence[Metrics]) -> dict[str, Interval]:
    return {name: interval([each[name] for each in drawn]) for name in drawn[0]}


def _ends(stored: Mapping[str, Sequence[float]]) -> dict[str, Interval]:
    return {name: (low, high) for name, (low, high) in stored.items()}


def interval(values: Sequence[float]) -> Interval:
    """Return the ends of the interval of resampled values, from the 5th to the 95th percentile."""
    low, high = np.percentile(values, [_LOW, _HIGH])
    return float(low), float(high)
