"""What MLflow runs to serve a registered warning model; kept as code beside the model's files.

Input: the features of the model's contract as numbers, and `snapshot_date`. Output: one row per
customer, the probability of having left after the last order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from forecasting.customers import Customers
from forecasting.warning import load_warning


class ServedWarning(PythonModel):
    """A warning model from its files."""

    def load_context(self, context: Any) -> None:
        """Load what `predict` needs."""
        self.model = load_warning(Path(context.artifacts["model"]))

    def predict(
        self,
        context: Any,  # noqa: ARG002 - MLflow hands over both
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return left_probability, by row."""
        dates = model_input["snapshot_date"].to_numpy().astype("datetime64[D]")
        names = self.model.contract.names
        stated = np.empty(len(model_input))
        for day in np.unique(dates):
            rows = dates == day
            X = model_input.loc[rows, list(names)].to_numpy(np.float32)
            stated[rows] = self.model.p_left(Customers(X, names, int(day.astype(int))))
        return pd.DataFrame({"left_probability": stated})


mlflow.models.set_model(ServedWarning())
