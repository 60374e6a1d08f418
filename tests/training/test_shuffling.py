"""Shuffled outcomes cannot be learnt, unless the pipeline hands over what it judges by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from tests.panels import FEW, HOLDOUT, HORIZON_DAYS, QUICK, SPLIT, anew, lessons_of
from training.kinds import CHURN, KINDS
from training.lessons import Lessons
from training.panel import Outcomes, Panel
from training.shuffling import (
    ShuffleCheck,
    ShuffledJudgement,
    check_shuffled,
    read_shuffled,
)


def dealt(panel: Panel, number: int) -> Panel:
    """Return the panel with the outcomes of each cutoff dealt anew."""
    random = np.random.default_rng(number)
    order = np.arange(len(panel))
    for cutoff in np.unique(panel.snapshot_dates):
        rows = np.flatnonzero(panel.snapshot_dates == cutoff)
        order[rows] = random.permutation(rows)
    return replace(
        panel,
        outcomes={
            days: Outcomes(each.orders[order], each.value[order], each.wait_days[order])
            for days, each in panel.outcomes.items()
        },
    )


def in_order_of_outcome(panel: Panel) -> Panel:
    """Return the panel with the place of each row in a file sorted by outcome, as a feature."""
    churned = panel.outcomes[HORIZON_DAYS].churned
    X = panel.X.copy()
    X[:, panel.feature_names.index("noise")] = np.argsort(np.argsort(churned, kind="stable"))
    return replace(panel, X=X)


def holdout_twice(panel: Panel) -> Panel:
    """Return the panel with the customers of the holdout among those of the last train cutoff."""
    again = np.flatnonzero(panel.snapshot_dates == np.datetime64(HOLDOUT))
    rows = np.concatenate([np.arange(len(panel)), again])
    dates = panel.snapshot_dates[rows]
    dates[len(panel) :] = np.datetime64(SPLIT.judged.cutoffs[-1])
    outcomes = {
        days: Outcomes(each.orders[rows], each.value[rows], each.wait_days[rows])
        for days, each in panel.outcomes.items()
    }
    return replace(panel, X=panel.X[rows], snapshot_dates=dates, outcomes=outcomes)


def learnt_at(*cutoffs: date, **settings: float) -> Lessons:
    """Return few customers, of whom the twin learns at these cutoffs."""
    split = replace(SPLIT, judged=replace(SPLIT.judged, cutoffs=cutoffs))
    return anew(
        lessons_of(FEW), splits=dict.fromkeys(KINDS, split),
        settings=QUICK.model_copy(update=settings),
    )  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_an_honest_pipeline_learns_nothing_from_shuffled_outcomes(name: str) -> None:
    lessons = learnt_at(SPLIT.judged.cutoffs[-1])
    check = check_shuffled(KINDS[name], lessons, lambda number: dealt(lessons.panel, number))
    assert check.leaks == ()
    last = check.shuffles[-1]
    assert set(last.by_chance) < set(last.intervals)


@pytest.mark.parametrize("leak", ["row order", "customers twice", "holdout in training"])
def test_a_pipeline_that_leaks_is_found(leak: str) -> None:
    panels: dict[str, Callable[[Panel], Panel]] = {
        "row order": in_order_of_outcome,
        "customers twice": holdout_twice,
        "holdout in training": lambda shuffled: shuffled,
    }
    newest = SPLIT.judged.cutoffs[-1]
    cutoffs = (newest, HOLDOUT) if leak == "holdout in training" else (newest,)
    lessons = learnt_at(*cutoffs, bootstrap_rounds=20, min_child_weight=1.0)
    check = check_shuffled(
        CHURN, lessons, lambda number: panels[leak](dealt(lessons.panel, number))
    )
    assert check.leaks == ("auc", "average_precision")
    assert all(each.metrics["auc"] > 0.6 for each in check.shuffles)


def judged(low: float, high: float) -> ShuffledJudgement:
    return ShuffledJudgement({"auc": (low + high) / 2}, {"auc": (low, high)}, {"auc": 0.5})


@pytest.mark.parametrize(
    ("intervals", "leaks"),
    [
        ([(0.48, 0.52)], ()),
        ([(0.51, 0.55), (0.49, 0.53)], ()),
        ([(0.51, 0.55), (0.45, 0.49), (0.51, 0.55)], ()),
        ([(0.51, 0.55), (0.51, 0.55), (0.49, 0.55)], ()),
        ([(0.51, 0.55), (0.52, 0.55), (0.53, 0.55)], ("auc",)),
        ([(0.31, 0.35), (0.32, 0.35), (0.33, 0.35)], ("auc",)),
    ],
)
def test_only_what_misses_chance_thrice_to_one_side_is_a_leak(
    intervals: list[tuple[float, float]], leaks: tuple[str, ...]
) -> None:
    assert ShuffleCheck(tuple(judged(*ends) for ends in intervals)).leaks == leaks


def test_labels_are_dealt_among_the_customers_of_the_panel_only(engine: Backend) -> None:
    """Who never ordered has "churned" nearly always, and is in no panel."""
    ids = [f"c{number:03}" for number in range(300)]
    key = {"customer_id": ids, "snapshot_date": [date(2024, 7, 1)] * 300}
    has_ordered = np.arange(300) % 3 == 0
    silence = pa.array(np.where(has_ordered, 5.0, 0.0), mask=~has_ordered)
    bought = np.where(has_ordered, np.arange(300) % 2, 0.0)
    followed = {"horizon_days": [30] * 300, "orders": bought, "value": 10 * bought}
    features = ibis.memtable(pa.table({**key, "days_since_last_order": silence}))
    labels = ibis.memtable(pa.table({**key, **followed, "wait_days": pa.array(bought)}))
    stored = {
        name: engine.create_table(name, rows)
        for name, rows in {"f": features, "l": labels}.items()
    }  # fmt: skip
    dealt_twice = [
        read_shuffled(stored["f"], stored["l"], definitions={}, salt=salt) for salt in ("1", "2")
    ]
    for panel in dealt_twice:
        assert len(panel) == 100
        assert panel.outcomes[30].churned.mean() == 0.5
        np.testing.assert_array_equal(panel.outcomes[30].value, 10 * panel.outcomes[30].orders)
    one, other = (panel.outcomes[30].orders for panel in dealt_twice)
    assert not np.array_equal(one, other)
