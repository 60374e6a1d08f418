"""A backtest as lines to read: what each model, its best rule and its peers did at each origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.markdown import table

if TYPE_CHECKING:
    from flows.backtest import Backtest


def backtest_report(backtest: Backtest) -> list[str]:
    """Return a table per model, a row per origin, by the model's headline metric."""
    return [line for model in backtest.headlines for line in _of_model(backtest, model)]


def _of_model(backtest: Backtest, model: str) -> Iterator[str]:
    headline = backtest.headlines[model]
    rows = [row for row in backtest.rows if row.model == model and row.metric == headline]
    approaches = list(dict.fromkeys(row.approach for row in rows))
    values = {(row.origin, row.approach): row for row in rows}
    yield f"## {model}: {headline} by origin, the model with its 90 % interval"
    yield ""
    lines = []
    for origin in dict.fromkeys(row.origin for row in rows):
        cells = [str(origin)]
        for approach in approaches:
            row = values[origin, approach]
            interval = "" if row.interval is None else " ({:.3f} to {:.3f})".format(*row.interval)
            cells.append(f"{row.value:.3f}{interval}")
        lines.append(tuple(cells))
    yield table(("origin", *approaches), lines, has_numbers=True)
    yield ""
