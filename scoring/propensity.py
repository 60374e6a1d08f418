"""Predictions of one model for every customer of a snapshot."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xgboost as xgb
from ibis import _

from contracts.errors import ModelMissing
from scoring.registry import Champion

Floats = npt.NDArray[np.float64]


def read_snapshot(features: ir.Table) -> pa.Table:
    """Return the customers of one snapshot who ever ordered, with their features, by id."""
    return features.filter(_.days_since_last_order.notnull()).order_by("customer_id").to_pyarrow()


def predict(booster: xgb.Booster, champion: Champion, snapshot: pa.Table) -> Floats:
    """Return one prediction per row of `snapshot`: a probability of churn, or money.

    Raises
    ------
    ModelMissing
        The snapshot lacks features that the model was fitted on.
    """
    absent = [name for name in champion.feature_names if name not in snapshot.column_names]
    if absent:
        raise ModelMissing(
            f"Model `{champion.label}` was fitted with features that this snapshot lacks: "
            f"{', '.join(absent)}. Deliver the table they are from, or train again."
        )
    columns = [snapshot[name].to_numpy() for name in champion.feature_names]
    X = np.column_stack(columns).astype(np.float32)
    matrix = xgb.DMatrix(X, feature_names=list(champion.feature_names))
    return np.asarray(booster.predict(matrix), dtype=np.float64)
