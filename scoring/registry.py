"""Finds and loads the champions in MLflow's registry."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import mlflow
from mlflow.exceptions import MlflowException

from contracts.errors import ModelMissing, Transient
from contracts.feature_contract import FeatureContract
from contracts.names import CHAMPION, tracking_uri
from forecasting.contracts import ContractModel
from forecasting.hybrid import HybridModel
from forecasting.store import folder_digest
from forecasting.store import load as load_files
from forecasting.warning import WarningModel, load_warning


@dataclass(frozen=True)
class Champion:
    """One version of a registered model, and what it must be used with.

    `lost_after_days` is None where silence says nothing of who is lost.
    """

    name: str
    version: str
    digest: str
    contract: FeatureContract
    horizon_days: int
    lost_after_days: int | None

    @property
    def label(self) -> str:
        """How score rows and manifests name it."""
        return f"{self.name}/{self.version}"

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {**asdict(self), "contract": self.contract.to_json()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the champion that `to_json` described."""
        return cls(**{**stored, "contract": FeatureContract.from_json(stored["contract"])})


def find_champion(root: Path, name: str) -> Champion:
    """Return the version that the alias points to now; a run asks once and keeps the answer.

    Raises
    ------
    ModelMissing
        No version of `name` is champion.
    Transient
        MLflow's database is locked.
    """
    if not (root / "mlflow.db").exists():
        raise _missing(name)
    mlflow.set_tracking_uri(tracking_uri(root))
    try:
        version = mlflow.MlflowClient().get_model_version_by_alias(name, CHAMPION).version
    except MlflowException as error:
        if "database is locked" in str(error):
            raise Transient(f"MLflow's database is locked: {error}") from error
        raise _missing(name) from error
    described = mlflow.models.get_model_info(f"models:/{name}/{version}").metadata or {}
    return Champion(
        name=name,
        version=str(version),
        digest=str(described["digest"]),
        contract=FeatureContract.from_json(described["contract"]),
        horizon_days=int(described["horizon_days"]),
        lost_after_days=described["lost_after_days"],
    )


def load(root: Path, champion: Champion) -> HybridModel:
    """Return the model of exactly this version, which is one of orders.

    Raises
    ------
    ModelMissing
        The stored files are not those that were registered, or are of a model of contracts.
    """
    model = load_files(_files(root, champion.label, champion.digest))
    if isinstance(model, ContractModel):
        raise _other_business(champion, "contract")
    return model


def load_contracts(root: Path, champion: Champion) -> ContractModel:
    """Return the model of exactly this version, which is one of contracts.

    Raises
    ------
    ModelMissing
        The stored files are not those that were registered, or are of a model of a shop.
    """
    model = load_files(_files(root, champion.label, champion.digest))
    if not isinstance(model, ContractModel):
        raise _other_business(champion, "shop")
    return model


def load_warning_model(root: Path, label: str, digest: str) -> WarningModel:
    """Return the warning model of the version that `label` names.

    Raises
    ------
    ModelMissing
        The stored files are not those that were registered.
    """
    return load_warning(_files(root, label, digest))


def _files(root: Path, label: str, digest: str) -> Path:
    """Return the folder of a registered model's files, which are those of the digest."""
    mlflow.set_tracking_uri(tracking_uri(root))
    try:
        stored = Path(mlflow.artifacts.download_artifacts(f"models:/{label}"))
        folder = stored / "artifacts" / "model"
        is_registered = folder.is_dir() and folder_digest(folder) == digest
    except (MlflowException, OSError):
        is_registered = False
    if not is_registered:
        raise ModelMissing(
            f"The stored files of model `{label}` are not those that were registered. "
            "Restore them from a backup, or train again."
        )
    return folder


def _other_business(champion: Champion, kind: str) -> ModelMissing:
    return ModelMissing(
        f'Model `{champion.label}` was trained with `kind = "{kind}"` under [business], and the '
        "settings say otherwise by now. Train again: `stammkunde train`."
    )


def _missing(name: str) -> ModelMissing:
    return ModelMissing(
        f"No version of model `{name}` is champion. Train first: `stammkunde train`; it says so if "
        "what it trained is too weak. `stammkunde models list` shows what there is."
    )
