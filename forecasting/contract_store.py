"""A model of contracts as files: numbers as JSON, trees as `.ubj`. Nothing in them is code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xgboost as xgb

from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from forecasting.calibration import Calibration
from forecasting.contracts import ContractModel, Leaver
from forecasting.line import Line
from forecasting.population import Population


def save_contracts(model: ContractModel, folder: Path) -> dict[str, Any]:
    """Write the trees of the model into a folder, and return all other facts of it."""
    for cause, leaver in model.causes.items():
        if leaver.trees is not None:
            leaver.trees.save_model(folder / f"{cause}.trees.ubj")
    return {
        "horizon_days": model.horizon_days,
        "contract": model.contract.to_json(),
        "causes": {cause.value: _facts(leaver) for cause, leaver in model.causes.items()},
        "customers": model.customers,
        "stretch": model.stretch,
        "calibration": model.calibration.to_json(),
        "population": None if model.population is None else model.population.to_json(),
    }


def load_contracts(facts: dict[str, Any], folder: Path) -> ContractModel:
    """Return the model whose trees and facts `save_contracts` wrote and returned."""
    population = facts["population"]
    return ContractModel(
        horizon_days=facts["horizon_days"],
        contract=FeatureContract.from_json(facts["contract"]),
        causes={
            Cause(cause): _leaver(stored, folder / f"{cause}.trees.ubj")
            for cause, stored in facts["causes"].items()
        },
        customers=facts["customers"],
        stretch=facts["stretch"],
        calibration=Calibration.from_json(facts["calibration"]),
        population=None if population is None else Population.from_json(population),
    )


def _facts(leaver: Leaver) -> dict[str, Any]:
    return {
        "intercept": leaver.intercept,
        "line": None if leaver.line is None else leaver.line.to_json(),
        "has_trees": leaver.trees is not None,
    }


def _leaver(stored: dict[str, Any], trees: Path) -> Leaver:
    return Leaver(
        stored["intercept"],
        None if stored["line"] is None else Line.from_json(stored["line"]),
        xgb.Booster(model_file=trees) if stored["has_trees"] else None,
    )
