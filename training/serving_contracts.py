"""What MLflow runs to serve a registered model of contracts; it is kept beside the model's files.

Input: the features of the model's contract as numbers, and `snapshot_date`. Output: one row per
customer, and what is predicted of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from forecasting.contracts import LeavingForecast
from forecasting.customers import Customers
from forecasting.season import Floats
from forecasting.store import load
from training.serving_dates import state_by_date


class ServedModel(PythonModel):
    """A model of contracts from its files."""

    def load_context(self, context: Any) -> None:
        """Load what `predict` needs."""
        self.model = load(Path(context.artifacts["model"]))

    def predict(
        self,
        context: Any,  # noqa: ARG002 - MLflow hands over both
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return the probabilities to leave within the horizon, by row: any cause, and each."""
        return state_by_date(
            model_input, self.model.contract.names, self._state,
            columns=("churn", "voluntary", "payment"),
        )  # fmt: skip

    def _state(self, seen: Customers) -> tuple[Floats, ...]:
        forecast = self.model.forecast(seen)
        if not isinstance(forecast, LeavingForecast):
            raise TypeError("These are the files of another kind of model.")
        return forecast.churn, forecast.voluntary, forecast.payment


mlflow.models.set_model(ServedModel())
