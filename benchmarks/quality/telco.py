"""IBM Telco: who left, told in five folds from a cross-section without time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.quality.calibration import Floats, calibration_error
from benchmarks.quality.measures import TELCO, compare
from benchmarks.quality.places import Places
from benchmarks.quality.table import Part
from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from forecasting.customers import Customers
from training.contract_fitting import fit_contracts
from training.panel import Outcomes, Panel
from training.settings import TrainingSettings
from training.splits import FitPlan

_FOLDS, _SEED = 5, 1
# The data set says "in the last month".
_CUTOFF, _HORIZON_DAYS = date(2020, 1, 1), 30


def parts(places: Places) -> Iterator[Part]:
    """Measure the chance of each customer, by a model that has not seen its fold."""
    started = time.monotonic()
    file = places.public / "telco" / "telco_customer_churn.csv.gz"
    # TotalCharges is a blank in the first month, before anything was charged.
    table = duckdb.sql(
        "SELECT * EXCLUDE (customerID) REPLACE (Churn = 'Yes' AS Churn, "
        "TRY_CAST(TotalCharges AS DOUBLE) AS TotalCharges) "
        f"FROM read_csv('{file}', types = {{'Churn': 'VARCHAR'}})"
    ).to_arrow_table()
    churned = table["Churn"].to_numpy().astype(np.float64)
    features = table.drop_columns(["Churn"])
    chance = np.zeros(len(churned))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for known, asked in folds.split(chance, churned):
        chance[asked] = _chance_of_churn(features.take(known), churned[known], features.take(asked))
    ours = {
        "auc": float(roc_auc_score(churned, chance)),
        "brier": float(brier_score_loss(churned, chance)),
        "calibration_error": calibration_error(churned, chance),
    }
    rows = compare(TELCO, ours, {})
    yield Part("telco", "IBM Telco, 5 folds", rows, ours, {}, time.monotonic() - started)


def _chance_of_churn(known: pa.Table, churned: Floats, asked: pa.Table) -> Floats:
    """Return the chance of the rows of `asked`, by a model of contracts that has seen `known`.

    All of them are of one cutoff, and nobody is known to have left for want of payment.
    """
    contract = FeatureContract.learn(known, {})
    X, nothing = contract.matrix(known), np.zeros(len(churned))
    causes = {Cause.VOLUNTARY: churned, Cause.PAYMENT: nothing}
    panel = Panel(
        X, contract, np.full(len(X), np.datetime64(_CUTOFF)),
        {_HORIZON_DAYS: Outcomes(nothing, nothing, nothing, causes)},
    )  # fmt: skip
    plan = FitPlan(_CUTOFF + timedelta(_HORIZON_DAYS), _HORIZON_DAYS, _HORIZON_DAYS, (_CUTOFF,))
    model = fit_contracts(panel, plan, settings=TrainingSettings(), threads=2)
    return model.forecast(Customers(contract.matrix(asked), contract.names, 0)).churn
