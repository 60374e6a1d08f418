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

from contracts.business import BusinessSettings
from training.models import CHURN, KINDS
from training.panel import Panel
from training.settings import TrainingSettings
from training.shuffling import (
    ShuffleCheck,
    ShuffledJudgement,
    check_shuffled,
    read_shuffled,
)
from training.splits import Split

SHOP = BusinessSettings(horizon_days=60)


def dealt(panel: Panel, number: int) -> Panel:
    """Return the panel with the labels of each cutoff dealt anew."""
    random = np.random.default_rng(number)
    order = np.arange(len(panel))
    for cutoff in np.unique(panel.snapshot_dates):
        rows = np.flatnonzero(panel.snapshot_dates == cutoff)
        order[rows] = random.permutation(rows)
    return replace(panel, churned=panel.churned[order], value=panel.value[order])


def joined(one: Panel, other: Panel) -> Panel:
    return Panel(
        np.concatenate([one.X, other.X]), one.contract,
        np.concatenate([one.snapshot_dates, other.snapshot_dates]),
        np.concatenate([one.churned, other.churned]), np.concatenate([one.value, other.value]),
    )  # fmt: skip


def in_order_of_outcome(panel: Panel) -> Panel:
    """Return the panel with the place of each row in a file sorted by outcome, as a feature."""
    place = np.argsort(np.argsort(panel.churned, kind="stable"), kind="stable")
    X = panel.X.copy()
    X[:, panel.feature_names.index("noise")] = place
    return replace(panel, X=X)


def holdout_twice(panel: Panel, split: Split) -> Panel:
    """Return the panel with the customers of the holdout among those of the last train cutoff."""
    again = panel.at([split.holdout])
    moved = np.full(len(again), np.datetime64(split.train[-1]))
    return joined(panel, replace(again, snapshot_dates=moved))


@pytest.mark.parametrize("name", KINDS)
def test_an_honest_pipeline_learns_nothing_from_shuffled_outcomes(
    name: str, panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    check = check_shuffled(
        KINDS[name], lambda number: dealt(panel, number), split,
        business=SHOP, settings=settings, threads=2,
    )  # fmt: skip
    assert check.leaks == ()
    last = check.shuffles[-1]
    assert set(last.by_chance) < set(last.intervals)


@pytest.mark.parametrize("leak", ["row order", "customers twice", "holdout in training"])
def test_a_pipeline_that_leaks_is_found(
    leak: str, panel_of: Callable[[int], Panel], split: Split, settings: TrainingSettings
) -> None:
    panel, quick = panel_of(600), settings.model_copy(update={"bootstrap_rounds": 20})
    panels: dict[str, Callable[[Panel], Panel]] = {
        "row order": in_order_of_outcome,
        "customers twice": lambda shuffled: holdout_twice(shuffled, split),
        "holdout in training": lambda shuffled: shuffled,
    }
    learnt = (
        replace(split, train=(*split.train, split.holdout))
        if leak == "holdout in training"
        else split
    )
    check = check_shuffled(
        CHURN, lambda number: panels[leak](dealt(panel, number)), learnt,
        business=SHOP, settings=quick, threads=2,
    )  # fmt: skip
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
    churned = np.where(has_ordered, np.arange(300) % 2, 1.0)
    features = ibis.memtable(pa.table({**key, "days_since_last_order": silence}))
    labels = ibis.memtable(pa.table({**key, "churned": churned, "value": 10 * (1 - churned)}))
    stored = {
        name: engine.create_table(name, rows)
        for name, rows in {"f": features, "l": labels}.items()
    }  # fmt: skip
    panels = [
        read_shuffled(stored["f"], stored["l"], definitions={}, salt=salt) for salt in ("1", "2")
    ]
    for panel in panels:
        assert len(panel) == 100
        assert panel.churned.mean() == churned[has_ordered].mean() == 0.5
        np.testing.assert_array_equal(panel.value, 10 * (1 - panel.churned))
    assert not np.array_equal(panels[0].churned, panels[1].churned)
