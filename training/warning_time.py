"""Warning time: how early alerts find customers who never order again, at an equal weekly budget.

When a customer truly left is unknown. Here whoever was silent for longer than the usual rule
allows, and until the end of the data, left with the last order; an alert on anybody who ordered
again was false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from forecasting.alerts import Budget, Rows, choose
from forecasting.season import Days, Floats
from training.judgement import interval

# An alert so many days before the last order still counts as one of that leaving.
_EARLY_DAYS = 60
_WEEK = 7
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Watch:
    """Weekly snapshots of watched customers over months that no method has seen.

    Entries by week and customer; days are counted from 1970-01-01. `came_back` says that an order
    followed before the end of the data, which lies `silent_days` or more after the last week. Weeks
    before `scored_from` warm up: alerts are given, which flags who was silent already, and do not
    count.
    """

    week: Days
    customer: Days
    last_order: Days
    came_back: Rows
    scored_from: int
    silent_days: int

    @property
    def targets(self) -> tuple[Days, Days]:
        """Customers who left, and their last order days: such that all weeks since were watched."""
        latest = int(self.week.max()) - self.silent_days - _WEEK
        left = ~self.came_back & (self.last_order >= self.scored_from)
        left &= self.last_order <= latest
        customers, first = np.unique(self.customer[left], return_index=True)
        return customers, self.last_order[left][first]


@dataclass(frozen=True)
class WarningTime:
    """Of one method at one budget: what its alerts found.

    `found` is the share of those who left who were told of before the usual rule calls them lost,
    `precision` the share of alerts on customers who never came back, `delay_days` the mean from the
    last order to the first alert (`silent_days` where there was none), `lead_days` what that gains
    on the usual rule. `curve` is the share found by each day from the last order on.
    """

    found: float
    precision: float
    delay_days: float
    lead_days: float
    by_30_days: float
    by_60_days: float
    alerts: int
    curve: tuple[float, ...]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the warning time whose `dataclasses.asdict` was stored as JSON."""
        return cls(**{**stored, "curve": tuple(stored["curve"])})


METRICS = ("found", "precision", "delay_days", "lead_days", "by_30_days", "by_60_days")


@dataclass(frozen=True)
class WarningJudgement:
    """The warning model beside other methods at an equal budget a week.

    Intervals run from the 5th to the 95th percentile over resampled customers; `advantage` is that
    of what the model found less what `best_rule` did, the simple rule that found most. `peers` are
    other models.
    """

    weeks: int
    targets: int
    budget: str
    model: WarningTime
    intervals: dict[str, tuple[float, float]]
    rules: dict[str, WarningTime]
    peers: dict[str, WarningTime]
    best_rule: str
    advantage: tuple[float, float]

    @property
    def is_better(self) -> bool:
        """Whether the model beats the best rule with the interval clear of zero."""
        return self.advantage[0] > 0

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the judgement that `to_json` described."""
        return cls(
            **{
                **stored,
                "model": WarningTime.from_json(stored["model"]),
                **{
                    kind: {name: WarningTime.from_json(each) for name, each in stored[kind].items()}
                    for kind in ("rules", "peers")
                },
                "intervals": {name: tuple(ends) for name, ends in stored["intervals"].items()},
                "advantage": tuple(stored["advantage"]),
            }
        )


def judge_warning(  # noqa: PLR0913 - candidates, how they are watched, and how often resampled
    watch: Watch,
    score: Floats,
    rules: Mapping[str, Floats],
    peers: Mapping[str, Floats],
    *,
    budget: Budget,
    resamples: int,
    seed: int,
) -> WarningJudgement:
    """Return how early `score` warns beside other scores; higher is told of first."""
    model = _count(watch, score, budget)
    of_rules = {name: _count(watch, each, budget) for name, each in rules.items()}
    customers = int(watch.customer.max()) + 1
    once = np.ones(customers)
    measured = {name: each.measure(once) for name, each in of_rules.items()}
    best = max(measured, key=lambda name: measured[name].found)
    random = np.random.default_rng(seed)
    drawn, ahead = [], []
    for _ in range(resamples):
        picked = random.integers(0, customers, customers)
        weights = np.bincount(picked, minlength=customers).astype(np.float64)
        drawn.append(model.measure(weights))
        ahead.append(drawn[-1].found - of_rules[best].measure(weights).found)
    return WarningJudgement(
        weeks=len(np.unique(watch.week)),
        targets=len(watch.targets[0]),
        budget=str(budget),
        model=model.measure(once),
        intervals={name: interval([getattr(each, name) for each in drawn]) for name in METRICS},
        rules=measured,
        peers={name: _count(watch, each, budget).measure(once) for name, each in peers.items()},
        best_rule=best,
        advantage=interval(ahead),
    )


def give_alerts(watch: Watch, score: Floats, budget: Budget) -> Rows:
    """Return which rows were told of: each week the highest scores that are not flagged.

    A flag is raised by an alert and cleared by the next order.
    """
    told = np.zeros(len(score), np.bool_)
    flagged_at = np.full(int(watch.customer.max()) + 1, -_NEVER)
    for week in np.unique(watch.week):
        rows = np.flatnonzero(watch.week == week)
        customer, last_order = watch.customer[rows], watch.last_order[rows]
        chosen = choose(score[rows], flagged_at[customer] == last_order, budget.of(len(rows)))
        told[rows[chosen]] = True
        flagged_at[customer[chosen]] = last_order[chosen]
    return told


@dataclass(frozen=True)
class _Counted:
    """Delay of each customer who left, and of each alert whether it was right."""

    left: Days
    delay: Floats
    told: Days
    right: Rows
    silent_days: int

    def measure(self, weights: Floats) -> WarningTime:
        """Return the means, customers weighted."""
        of_left, of_told = weights[self.left], weights[self.told]
        total = max(of_left.sum(), 1e-9)
        per_day = np.bincount(
            self.delay.astype(np.int64), weights=of_left, minlength=self.silent_days + 1
        )
        curve = np.cumsum(per_day[: self.silent_days]) / total
        delay = float((of_left * self.delay).sum() / total)

        def by(day: int) -> float:
            return float(curve[min(day, self.silent_days - 1)])

        return WarningTime(
            found=float(curve[-1]),
            precision=float((of_told * self.right).sum() / max(of_told.sum(), 1e-9)),
            delay_days=delay,
            lead_days=self.silent_days - delay,
            by_30_days=by(30),
            by_60_days=by(60),
            alerts=len(self.told),
            curve=tuple(curve.tolist()),
        )


def _count(watch: Watch, score: Floats, budget: Budget) -> _Counted:
    told = give_alerts(watch, score, budget)
    left, left_on = watch.targets
    size = int(watch.customer.max()) + 1
    last_order = np.full(size, _NEVER)
    last_order[left] = left_on
    first = np.full(size, _NEVER)
    near = told & (watch.week >= last_order[watch.customer] - _EARLY_DAYS)
    np.minimum.at(first, watch.customer[near], watch.week[near])
    delay = np.clip((first[left] - left_on).astype(np.float64), 0.0, float(watch.silent_days))
    scored = told & (watch.week >= watch.scored_from)
    return _Counted(
        left, delay, watch.customer[scored], ~watch.came_back[scored], watch.silent_days
    )
