"""What MLflow is told of a model: what it learnt from, what it takes, what scoring must know."""

from __future__ import annotations

from typing import Any

from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from forecasting.hybrid import HybridModel
from training.models import FittedModel, JudgedModel


def dataset(judged: JudgedModel, digest: str) -> MetaDataset:
    """Return what a model learnt from: the digest of the panel, and its features."""
    columns = Schema(
        [
            ColSpec("double" if each.categories is None else "string", each.name)
            for each in judged.model.contract.features
        ]
    )
    source = CodeDatasetSource(tags={"panel": digest})
    # MLflow offers this class as it is; only its declaration says that it is abstract.
    return MetaDataset(  # type: ignore[abstract]
        source, name=f"{judged.kind.name} panel", digest=digest, schema=columns
    )


def signature(model: HybridModel) -> ModelSignature:
    """Return what a served model takes and returns."""
    features = [ColSpec("float", name, required=False) for name in model.contract.names]
    return ModelSignature(
        inputs=Schema([*features, ColSpec("datetime", "snapshot_date")]),
        outputs=Schema([ColSpec("double", name) for name in ("no_order", "orders", "value")]),
    )


def metadata(fitted: FittedModel) -> dict[str, Any]:
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
