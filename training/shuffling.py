"""Fits a model to shuffled outcomes: what it then still knows of them, the pipeline told it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir
from ibis import _

from contracts.schema import SNAPSHOT_KEY
from training.labels import shuffle_labels
from training.lessons import Lessons
from training.metrics import Metrics
from training.model_kind import ModelKind
from training.models import judge_out_of_time
from training.panel import Panel, read_contract_panel, read_panel

# An interval of 90 % misses by chance once in ten. A leak misses again, and to the same side.
_MOST_SHUFFLES = 3


@dataclass(frozen=True)
class ShuffledJudgement:
    """A model that learnt from shuffled outcomes, on shuffled outcomes that it has not seen.

    All are by metric: `by_chance` is what a ranking that knows nothing has.
    """

    metrics: Metrics
    intervals: dict[str, tuple[float, float]]
    by_chance: Metrics

    def misses(self) -> set[tuple[str, bool]]:
        """Return the metrics whose interval has no chance in it, and whether it lies above."""
        ends = {name: self.intervals[name] for name in self.by_chance}
        return {
            (name, low > self.by_chance[name])
            for name, (low, high) in ends.items()
            if not low <= self.by_chance[name] <= high
        }


@dataclass(frozen=True)
class ShuffleCheck:
    """Shuffles until one contains chance, at most three."""

    shuffles: tuple[ShuffledJudgement, ...]

    @property
    def leaks(self) -> tuple[str, ...]:
        """The metrics that missed chance in all of three shuffles, to the same side."""
        if len(self.shuffles) < _MOST_SHUFFLES:
            return ()
        return tuple(sorted(name for name, _ in _in_all(self.shuffles)))


def check_shuffled(
    kind: ModelKind, lessons: Lessons, panel_of: Callable[[int], Panel]
) -> ShuffleCheck:
    """Return how a model that is fitted and judged as usual does on shuffled outcomes.

    `panel_of` returns the panel of the lessons with the labels of a shuffle, numbered from 0.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed.
    """
    # What calibrates shuffled outcomes is level, and would hide a ranking that knows too much.
    splits = {name: replace(split, earlier=None) for name, split in lessons.splits.items()}
    uncalibrated = replace(lessons, splits=splits)
    shuffles: tuple[ShuffledJudgement, ...] = ()
    for number in range(_MOST_SHUFFLES):
        judged = judge_out_of_time(kind, uncalibrated.of(panel_of(number), kind)).judgement
        by_chance = kind.by_chance(judged.base)
        shuffles += (ShuffledJudgement(judged.metrics, judged.intervals, by_chance),)
        if not _in_all(shuffles):
            break
    return ShuffleCheck(shuffles)


def read_shuffled(
    features: ir.Table, labels: ir.Table, *, definitions: Mapping[str, str], salt: str
) -> Panel:
    """Return the panel that `read_panel` returns, the labels of each cutoff dealt anew.

    They are dealt before features and labels meet, so a fault of their meeting is seen too, and
    among the customers of the panel only: those who never ordered have nearly all "churned".
    """
    ordered = features.filter(_.days_since_last_order.notnull())
    dealt = shuffle_labels(labels.semi_join(ordered, SNAPSHOT_KEY), salt=salt)
    return read_panel(features, dealt, definitions=definitions)


def read_shuffled_contracts(
    features: ir.Table,
    labels: ir.Table,
    who: ir.Table,
    *,
    definitions: Mapping[str, str],
    salt: str,
) -> Panel:
    """Return the panel that `read_contract_panel` returns, the labels of each cutoff dealt anew."""
    dealt = shuffle_labels(labels, salt=salt)
    return read_contract_panel(features, dealt, who, definitions=definitions)


def _in_all(shuffles: tuple[ShuffledJudgement, ...]) -> set[tuple[str, bool]]:
    return set.intersection(*(each.misses() for each in shuffles))
