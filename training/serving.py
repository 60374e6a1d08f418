"""What MLflow runs to serve a registered model; it is kept as code beside the model's files.

Input: the features of the model's contract as numbers, and `snapshot_date`. Output: one row per
customer, all of them forecast together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from forecasting.churn import stated_names
from forecasting.customers import Customers
from forecasting.season import Floats
from forecasting.store import load
from training.serving_dates import state_by_date


class ServedModel(PythonModel):
    """A model of a shop or of contracts from its files."""

    def load_context(self, context: Any) -> None:
        """Load what `predict` needs."""
        self.model = load(Path(context.artifacts["model"]))

    def predict(
        self,
        context: Any,  # noqa: ARG002 - MLflow hands over both
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return what the model states of the horizon (`stated_names`), by row."""
        return state_by_date(
            model_input, self.model.contract.names, self._state, columns=stated_names(self.model)
        )

    def _state(self, seen: Customers) -> tuple[Floats, ...]:
        forecast = self.model.forecast(seen)
        return tuple(getattr(forecast, name) for name in stated_names(self.model))


mlflow.models.set_model(ServedModel())
