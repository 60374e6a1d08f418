"""Early warning: each Monday an equal number of alerts, and who of those told had truly left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.quality.made import made_data, made_project
from benchmarks.quality.measures import WARNING_1, WARNING_2, Figures, compare
from benchmarks.quality.places import Places
from benchmarks.quality.product import ingest
from benchmarks.quality.table import Part
from flows.environment import keep_prefect_at
from flows.project import open_project
from flows.weekly_scores import weekly_scores

_OURS = "ours"
# As early_warning.py has them; it says how alerts are counted.
_FIRST, _LAST = date(2024, 1, 1), date(2024, 9, 30)
_MONDAYS = tuple(_FIRST + timedelta(weeks=week) for week in range((_LAST - _FIRST).days // 7 + 1))
_BUDGETS = {"0.01": WARNING_1, "0.02": WARNING_2}
# They know who left, or nothing at all.
_NO_PEERS = {"oracle_state", "random", _OURS}


def parts(places: Places) -> Iterator[Part]:
    """Measure the alerts of 40 weeks at two budgets."""
    started, data = time.monotonic(), made_data(places)
    found = _judge(places, data, _scores(places))
    seconds = time.monotonic() - started
    for budget, measures in _BUDGETS.items():
        figures = of_budget(found, budget)
        peers = {name: each for name, each in figures.items() if name not in _NO_PEERS}
        ours = figures.get(_OURS, {})
        rows = compare(measures, ours, peers)
        title = f"warning, {float(budget):.0%} a week"
        yield Part(f"warning_{budget}", title, rows, ours, peers, seconds)


def of_budget(found: dict[str, dict[str, float]], budget: str) -> dict[str, Figures]:
    """Return method -> figures of one budget; the script calls them "budget|method"."""
    split = {tuple(name.split("|")): figures for name, figures in found.items()}
    return {method: figures for (each, method), figures in split.items() if each == budget}


def _scores(places: Places) -> Path:
    """Score those watched on each Monday, by a model that sees nothing from the first one on."""
    project = made_project(places, "warning", before=_LAST)
    ingest(project.settings)
    keep_prefect_at(open_project(project.settings).prefect_home)
    told: Any = weekly_scores(str(project.settings), _MONDAYS)
    of_numbers = told["customer_id"].cast(pa.int64())
    out = project.settings.with_name("weekly_scores.parquet")
    pq.write_table(told.set_column(0, "customer_id", of_numbers), out)
    return out


def _judge(places: Places, data: Path, scores: Path) -> dict[str, dict[str, float]]:
    python = places.python_of_peers or Path(sys.executable)
    command = [str(python), str(places.bench / "early_warning.py"), str(data)]
    command += ["--budgets", ",".join(_BUDGETS), "--extra", f"{_OURS}={scores}"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    results: dict[str, dict[str, float]] = json.loads(ran.stdout)["results"]
    return results
