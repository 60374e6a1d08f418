"""What a scoring hands on, of a shop and of contracts: its rows, and what is to be told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from forecasting.churn import Model
from forecasting.customers import Customers, day_number
from scoring.drift import Drift, drift_of
from scoring.forecasts import check_features
from scoring.registry import Champion
from scoring.snapshot import SnapshotTables


@dataclass(frozen=True)
class Champions:
    """Both champions, in the MLflow store below `root`."""

    root: Path
    churn: Champion
    clv: Champion

    def read(self, snapshot: SnapshotTables, as_of: date) -> tuple[pa.Array, Customers, Customers]:
        """Return who ever ordered, by id, and as both models read them, once if they read the same.

        Raises
        ------
        ModelMissing
            The snapshot lacks features that a model was fitted on.
        """
        both = [self.churn] if self.churn.contract == self.clv.contract else [self.churn, self.clv]
        for each in both:
            check_features(each.contract, snapshot.feature_names, label=each.label)
        customers, matrices = snapshot.read([each.contract for each in both])
        seen = [
            Customers(X, each.contract.names, day_number(as_of))
            for X, each in zip(matrices, both, strict=True)
        ]
        return customers, seen[0], seen[-1]


@dataclass(frozen=True)
class Scored:
    """Score rows, one per scorable customer by id, and what is otherwise than at the fits."""

    rows: ir.Table
    unseen: tuple[str, ...]
    drifts: Sequence[tuple[str, Drift]]

    def record(self) -> dict[str, Any]:
        """Return what the manifest says: sentences, and the figures by model."""
        lines = [line for _name, drift in self.drifts for line in drift.told()]
        return {
            "told": [*self.unseen, *lines],
            "models": {name: drift.to_json() for name, drift in self.drifts},
        }


def drift_since(
    champion: Champion, model: Model, seen: Customers, stated: pa.Array
) -> tuple[str, Drift]:
    """Return the name of a champion, and how customers and what it states of them differ."""
    return champion.name, drift_of(model, seen, stated.to_numpy(), label=champion.label)
