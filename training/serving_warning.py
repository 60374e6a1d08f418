"""What MLflow runs to serve a registered warning model; kept as code beside the model's files.

Input: the features of the model's contract as numbers, and `snapshot_date`. Output: one row per
customer, the probability of having left after the last order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from forecasting.warning import load_warning
from training.serving_dates import state_by_date


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
        return state_by_date(
            model_input, self.model.contract.names, lambda seen: [self.model.p_left(seen)],
            columns=("left_probability",),
        )  # fmt: skip


mlflow.models.set_model(ServedWarning())
