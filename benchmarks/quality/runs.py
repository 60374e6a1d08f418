"""Measures the product and its peers on one holdout."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.quality.holdouts import Holdout, Outcomes
from benchmarks.quality.measures import compare
from benchmarks.quality.peers import ask_peers
from benchmarks.quality.places import Places, Project
from benchmarks.quality.product import ProductFailed, predictions, scores_at
from benchmarks.quality.table import Part


def measured(places: Places, holdout: Holdout, project: Project, *, data: Path) -> Part:
    """Return the part of one holdout: the product, and the peers; `data` is what these call it."""
    outcomes = Outcomes.of(places.bench, project.events, holdout)
    ours: dict[str, float] = {}
    note, started = "", time.monotonic()
    try:
        scores = scores_at(project.settings, holdout.as_of, horizon_days=holdout.days)
        out = project.settings.with_name(f"{holdout.name}.predictions.parquet")
        ours = outcomes.figures(predictions(scores, out))
        if ours["missing"]:
            note = f"{ours['missing']:,} customers have no score and count as gone"
    except ProductFailed as failure:
        note = str(failure)
    seconds = time.monotonic() - started
    peers = {}
    if places.peers:
        peers = ask_peers(
            places.peers, places.bench, holdout, outcomes, events=project.events, data=data,
            kept=places.work / "peers" / project.name,
        )  # fmt: skip
    rows = compare(holdout.measures, ours, peers)
    return Part(holdout.name, holdout.title, rows, ours, peers, seconds, note)
