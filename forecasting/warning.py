"""The warning model: the probability that a customer has silently left after the last order.

The order history says how unlikely the silence is; trees add what else is known of it: messages
that are no longer opened, a ticket that ended badly.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost as xgb
from scipy.special import expit

from contracts.feature_contract import FeatureContract
from forecasting.customers import Customers
from forecasting.season import Floats
from forecasting.silence import SilenceBase
from forecasting.store import folder_digest
from forecasting.trees import margin_output

_FACTS, _TREES = "model.json", "trees.ubj"
# Rows at a time: bounds the memory of wide matrices, changes no result.
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class WarningModel:
    """For customers with `min_order_days` days with orders, silent for at most `silent_days`.

    `fitted_on` is the day from which on the fit has seen nothing, counted from 1970-01-01.
    """

    contract: FeatureContract
    base: SilenceBase
    trees: xgb.Booster
    fitted_on: int
    silent_days: int
    min_order_days: int

    def p_left(self, seen: Customers) -> Floats:
        """Return the probability of having left after the last order."""
        return np.asarray(expit(self.log_odds_left(seen)))

    def log_odds_left(self, seen: Customers) -> Floats:
        """Return the log odds of it."""
        parts = [
            seen.take(slice(at, at + _ROWS_AT_ONCE)) for at in range(0, len(seen), _ROWS_AT_ONCE)
        ]
        stated = [
            margin_output(self.trees, self.base.beside_silence(part), self.base.log_odds_left(part))
            for part in parts
        ]
        return np.concatenate(stated) if stated else np.empty(0)


def save_warning(model: WarningModel, folder: Path) -> str:
    """Write the model into a folder, which may not exist yet, and return its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        "contract": model.contract.to_json(),
        "base": model.base.to_json(),
        "fitted_on": model.fitted_on,
        "silent_days": model.silent_days,
        "min_order_days": model.min_order_days,
    }
    folder.joinpath(_FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True))
    model.trees.save_model(folder / _TREES)
    return folder_digest(folder)


def load_warning(folder: Path) -> WarningModel:
    """Return the model that `save_warning` wrote."""
    facts = json.loads(folder.joinpath(_FACTS).read_text())
    return WarningModel(
        contract=FeatureContract.from_json(facts["contract"]),
        base=SilenceBase.from_json(facts["base"]),
        trees=xgb.Booster(model_file=folder / _TREES),
        fitted_on=facts["fitted_on"],
        silent_days=facts["silent_days"],
        min_order_days=facts["min_order_days"],
    )
