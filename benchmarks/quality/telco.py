"""IBM Telco: who left, told in five folds from a cross-section without time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.quality.calibration import Floats, calibration_error
from benchmarks.quality.measures import TELCO, compare
from benchmarks.quality.places import Places
from benchmarks.quality.table import Part
from contracts.feature_contract import FeatureContract
from forecasting.customers import EXPECTATION_COLUMNS
from forecasting.trees import Target
from training.boosting import Lesson, fit_trees
from training.settings import TrainingSettings

_FOLDS, _SEED = 5, 1


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
    """Return the chance of the rows of `asked`, by the plain trees: there is no order history."""
    contract = FeatureContract.learn(known, {})
    X = contract.matrix(known)
    no_history = np.full((len(X), len(EXPECTATION_COLUMNS)), np.nan, dtype=np.float32)
    lesson = Lesson(label=churned, margin=np.zeros(len(X)))
    trees = fit_trees(
        {Target.NO_ORDER: lesson}, np.hstack([X, no_history]), feature_names=contract.names,
        settings=TrainingSettings(), threads=2,
    )[Target.NO_ORDER]  # fmt: skip
    chance: Floats = expit(trees.stated_plainly(contract.matrix(asked)))
    return chance
