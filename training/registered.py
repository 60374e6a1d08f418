"""Registered versions as training needs them: to be compared with, and to be decided on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import mlflow
from mlflow.exceptions import MlflowException

from contracts.errors import ModelMissing
from contracts.feature_contract import FeatureContract
from contracts.names import tracking_uri
from forecasting.churn import Model
from forecasting.store import folder_digest, load


@dataclass(frozen=True)
class Registered:
    """One version of a model in the MLflow store below `root`.

    Its data end at `as_of`; those of its twin, which was judged, at `holdout`. `digests` are by
    part, `model` and `twin`.
    """

    root: Path
    name: str
    version: str
    contract: FeatureContract
    horizon_days: int
    as_of: date
    holdout: date
    digests: Mapping[str, str]

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.name}/{self.version}"

    @classmethod
    def find(cls, root: Path, name: str, version: str) -> Self:
        """Return what a version says of itself.

        Raises
        ------
        ModelMissing
            There is no such version, or it lacks what this release writes.
        """
        mlflow.set_tracking_uri(tracking_uri(root))
        try:
            described = mlflow.models.get_model_info(f"models:/{name}/{version}").metadata or {}
            return cls(root, name, version, **_facts(described))
        except (MlflowException, OSError, KeyError) as error:
            raise ModelMissing(
                f"What is stored of model `{name}/{version}` cannot be read. Restore it from a "
                "backup, or train again."
            ) from error

    def blind_to(self, holdout: date) -> str | None:
        """Return the part that has seen nothing from `holdout` on, the newer one; None if none."""
        if self.as_of <= holdout:
            return "model"
        return "twin" if self.holdout <= holdout else None

    def load(self, part: str = "model") -> Model:
        """Return the model or its twin.

        Raises
        ------
        ModelMissing
            The stored files are not those that were registered.
        """
        mlflow.set_tracking_uri(tracking_uri(self.root))
        try:
            stored = mlflow.artifacts.download_artifacts(f"models:/{self.name}/{self.version}")
            folder = Path(stored, "artifacts", part)
            is_registered = folder_digest(folder) == self.digests[part]
        except (MlflowException, OSError):
            is_registered = False
        if not is_registered:
            raise ModelMissing(
                f"The stored files of model `{self.label}` are not those that were registered. "
                "Restore them from a backup, or train again."
            )
        return load(folder)


def _facts(described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "contract": FeatureContract.from_json(described["contract"]),
        "horizon_days": int(described["horizon_days"]),
        "as_of": date.fromisoformat(described["as_of"]),
        "holdout": date.fromisoformat(described["holdout"]),
        "digests": {"model": described["digest"], "twin": described["twin_digest"]},
    }
