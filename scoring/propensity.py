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

# More customers of a kind that training never saw than that are worth a word.
_MANY_UNSEEN = 0.05


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
    absent = [name for name in champion.contract.names if name not in snapshot.column_names]
    if absent:
        raise ModelMissing(
            f"Model `{champion.label}` was fitted with features that this snapshot lacks: "
            f"{', '.join(absent)}. Deliver the table they are from, or train again."
        )
    X = champion.contract.matrix(snapshot)
    matrix = xgb.DMatrix(X, feature_names=list(champion.contract.names))
    return np.asarray(booster.predict(matrix), dtype=np.float64)


def unseen_categories(champion: Champion, snapshot: pa.Table) -> tuple[str, ...]:
    """Return what to tell of categories that more than 5 % of the customers newly have."""
    return tuple(
        f"{share:.1%} of the customers have a `{name}` that training never saw"
        for name, share in champion.contract.unseen(snapshot).items()
        if share > _MANY_UNSEEN
    )
