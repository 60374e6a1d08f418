"""What MLflow runs to serve a registered model; it is kept as code beside the model's files.

Input: the features of the model's contract as numbers, and `snapshot_date`. Output: one row per
customer, all of them forecast together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from forecasting.customers import Customers
from forecasting.store import load


class ServedModel(PythonModel):
    """A hybrid model from its files."""

    def load_context(self, context: Any) -> None:
        """Load what `predict` needs."""
        self.model = load(Path(context.artifacts["model"]))

    def predict(
        self,
        context: Any,  # noqa: ARG002 - MLflow hands over both
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return no_order, orders and value of the horizon, by row."""
        dates = model_input["snapshot_date"].to_numpy().astype("datetime64[D]")
        names = self.model.contract.names
        stated = np.empty((len(model_input), 3))
        for day in np.unique(dates):
            rows = dates == day
            X = model_input.loc[rows, list(names)].to_numpy(np.float32)
            forecast = self.model.forecast(Customers(X, names, int(day.astype(int))))
            stated[rows] = np.column_stack([forecast.no_order, forecast.orders, forecast.value])
        return pd.DataFrame(stated, columns=["no_order", "orders", "value"])


mlflow.models.set_model(ServedModel())
