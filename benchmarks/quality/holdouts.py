"""A cut in time with what followed, and how predictions made at the cut did."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import numpy as np
import pandas as pd

from benchmarks.quality.calibration import calibration_error, pit_inside, plain_inside
from benchmarks.quality.measures import Measure

_OF_CHURN = ("auc", "brier", "calibration_error", "auc_active", "lift10_active")


@dataclass(frozen=True)
class Holdout:
    """Customers known at the end of `cut`, and the `days` that followed it.

    `measures` are those of its part of the table.
    """

    name: str
    title: str
    cut: date
    days: int
    measures: tuple[Measure, ...]

    @property
    def as_of(self) -> date:
        """The day after the cut, of which only what happened before counts."""
        return self.cut + timedelta(days=1)


@dataclass(frozen=True)
class Outcomes:
    """What customers did in a holdout: n purchase days, s money; `since` last purchase, in days."""

    script: ModuleType
    labels: pd.DataFrame
    since: pd.Series

    @classmethod
    def of(cls, bench: Path, events: Path, holdout: Holdout) -> Outcomes:
        """Read them from purchases (customer_id, ordered_at, amount), by the bench's own rules."""
        script = load_script(bench / "clv_quality.py")
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE ev AS SELECT customer_id AS cid, ordered_at::DATE AS day, "
            f"sum(amount) AS v FROM '{events}' GROUP BY ALL"
        )
        labels = script.labels(connection, str(holdout.cut), holdout.days)
        known = script.rfm(connection, str(holdout.cut)).set_index("customer_id")
        return cls(script, labels, known["days_since"])

    def figures(self, predictions: Path) -> dict[str, float]:
        """Return the figures of one tool's predictions; those without their input are left out."""
        predicted = pd.read_parquet(predictions)
        if predicted["exp_txn"].notna().any():
            return self._figures(predicted)
        found = self._figures(predicted.assign(exp_txn=0.0))
        return {name: figure for name, figure in found.items() if not name.startswith("txn_")}

    def figures_of_churn(self, predictions: Path) -> dict[str, float]:
        """Return those by a peer's own chance of no purchase, if it has one beside P(alive)."""
        predicted = pd.read_parquet(predictions)
        if "p_nop" not in predicted:
            return {}
        found = self._figures(predicted.assign(p_churn=predicted["p_nop"]))
        return {name: found[name] for name in _OF_CHURN}

    def _figures(self, predicted: pd.DataFrame) -> dict[str, float]:
        rows = self.labels.merge(predicted, on="customer_id")
        churned = np.asarray(rows["n"] == 0, dtype=np.float64)
        chance = rows["p_churn"].to_numpy(np.float64)
        return {
            **self.script.metrics(predicted, self.labels, self.since),
            "calibration_error": calibration_error(churned, chance),
            **_of_intervals(rows),
        }


def load_script(file: Path) -> ModuleType:
    """Return a script of the bench as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None, file
    assert spec.loader is not None, file
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _of_intervals(rows: pd.DataFrame) -> dict[str, float]:
    if "clv_p10" not in rows or rows["clv_p10"].isna().all():
        return {}
    value, p10, p90 = (rows[name].to_numpy(np.float64) for name in ("s", "clv_p10", "clv_p90"))
    inside = {"pit_inside": pit_inside(value, rows["p_churn"].to_numpy(np.float64), p10, p90)}
    plain = plain_inside(value, p10, p90)
    return inside if plain is None else {**inside, "plain_inside": plain}
