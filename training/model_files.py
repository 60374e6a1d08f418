"""A judged model as MLflow keeps it: its files, how it is served, and the registered version."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types import ColSpec, Schema

from contracts.feature_contract import FeatureContract
from forecasting.churn import stated_names
from forecasting.store import save
from training.models import FittedModel


def log_files(fitted: FittedModel) -> ModelInfo:
    """Log the files of a model and of its twin, and the code that serves them."""
    with TemporaryDirectory() as folder:
        model, twin = Path(folder, "model"), Path(folder, "twin")
        digests = {
            "digest": save(fitted.model, model),
            "twin_digest": save(fitted.judged.model, twin),
        }
        return log_python_model(
            fitted.kind.name, "serving.py", folders={"model": model, "twin": twin},
            signature=signature_of(fitted.model.contract, *stated_names(fitted.model)),
            metadata={**digests, **_metadata(fitted)},
        )  # fmt: skip


def register(name: str, logged: ModelInfo, run_id: str, tags: dict[str, str]) -> str:
    """Register a logged model as the newest version of a name; return the version.

    The day it was fitted, the holdout and the digest of its files stand in the tags.
    """
    client, described = mlflow.MlflowClient(), logged.metadata or {}
    stated = ("as_of", "holdout", "digest")
    facts: dict[str, str] = {part: described[part] for part in stated if part in described}
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    registered = client.create_model_version(
        name, logged.model_uri, run_id, tags={**tags, **facts}, model_id=logged.model_id
    )
    return str(registered.version)


def log_python_model(
    name: str,
    code: str,
    *,
    folders: dict[str, Path],
    signature: ModelSignature,
    metadata: dict[str, Any],
) -> ModelInfo:
    """Log folders of a model with the code beside this module that serves them; nothing pickled."""
    with warnings.catch_warnings():
        # MLflow would have rows of customers as an example.
        warnings.filterwarnings("ignore", ".*input example was not provided", UserWarning)
        logged: ModelInfo = mlflow.pyfunc.log_model(
            name=name,
            python_model=str(Path(__file__).with_name(code)),
            artifacts={part: folder.as_uri() for part, folder in folders.items()},
            signature=signature,
            pip_requirements=[
                f"{package}=={version(package)}" for package in ("stammkunde", "xgboost-cpu")
            ],
            metadata=metadata,
        )
        return logged


def signature_of(contract: FeatureContract, *outputs: str) -> ModelSignature:
    """Return what a served model takes, features and the date, and which numbers it returns."""
    features = [ColSpec("float", name, required=False) for name in contract.names]
    return ModelSignature(
        inputs=Schema([*features, ColSpec("datetime", "snapshot_date")]),
        outputs=Schema([ColSpec("double", name) for name in outputs]),
    )


def _metadata(fitted: FittedModel) -> dict[str, Any]:
    """Return what must be known of the model before its files are loaded."""
    split = fitted.judged.split
    return {
        "as_of": str(split.final.as_of),
        "holdout": str(split.holdout),
        "contract": fitted.model.contract.to_json(),
        "contract_digest": fitted.model.contract.digest,
        "horizon_days": fitted.model.horizon_days,
        "lost_after_days": fitted.judged.lost_after_days,
    }
