"""A model as files: numbers as JSON, trees as `.ubj`. Nothing in them is code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xgboost as xgb

from contracts.feature_contract import FeatureContract
from contracts.names import file_digest
from forecasting.calibration import Calibration
from forecasting.churn import Model
from forecasting.contract_store import load_contracts, save_contracts
from forecasting.contracts import ContractModel
from forecasting.customer_base import CustomerBase
from forecasting.hybrid import ColdStart, HybridModel
from forecasting.intervals import Levels
from forecasting.population import Population
from forecasting.trees import Target, Trees

_FACTS = "model.json"
# Stands among the facts of a model of contracts.
_CONTRACTS = {"kind": "contract"}


def save(model: Model, folder: Path) -> str:
    """Write the model into a folder, which may not exist yet, and return its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(model, ContractModel):
        facts = {**_CONTRACTS, **save_contracts(model, folder)}
    else:
        facts = _save_hybrid(model, folder)
    folder.joinpath(_FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True))
    return folder_digest(folder)


def load(folder: Path) -> Model:
    """Return the model that `save` wrote."""
    facts = json.loads(folder.joinpath(_FACTS).read_text())
    if facts.items() >= _CONTRACTS.items():
        return load_contracts(facts, folder)
    return _load_hybrid(facts, folder)


def folder_digest(folder: Path) -> str:
    """Return what stands for all files of a model: one changed byte changes it."""
    lines = [f"{path.name} {file_digest(path)}" for path in sorted(folder.iterdir())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _save_hybrid(model: HybridModel, folder: Path) -> dict[str, Any]:
    for target, trees in model.trees.items():
        trees.corrections.save_model(folder / f"{target}.corrections.ubj")
        trees.plain.save_model(folder / f"{target}.plain.ubj")
    return {
        "horizon_days": model.horizon_days,
        "contract": model.contract.to_json(),
        "base": model.base.to_json(),
        "customers": model.customers,
        "stretch": model.stretch,
        "intercepts": {target.value: trees.intercept for target, trees in model.trees.items()},
        "calibration": model.calibration.to_json(),
        "value_levels": model.value_levels.to_json(),
        "wait_levels": model.wait_levels.to_json(),
        "cold_start": None if model.cold_start is None else asdict(model.cold_start),
        "population": None if model.population is None else model.population.to_json(),
    }


def _load_hybrid(facts: dict[str, Any], folder: Path) -> HybridModel:
    # Models of earlier releases have none.
    population = facts.get("population")
    return HybridModel(
        horizon_days=facts["horizon_days"],
        contract=FeatureContract.from_json(facts["contract"]),
        base=CustomerBase.from_json(facts["base"]),
        trees={
            Target(target): Trees(
                xgb.Booster(model_file=folder / f"{target}.corrections.ubj"),
                xgb.Booster(model_file=folder / f"{target}.plain.ubj"),
                intercept,
            )
            for target, intercept in facts["intercepts"].items()
        },
        customers=facts["customers"],
        stretch=facts["stretch"],
        calibration=Calibration.from_json(facts["calibration"]),
        value_levels=Levels.from_json(facts["value_levels"]),
        wait_levels=Levels.from_json(facts["wait_levels"]),
        cold_start=None if facts["cold_start"] is None else ColdStart(**facts["cold_start"]),
        population=None if population is None else Population.from_json(population),
    )
