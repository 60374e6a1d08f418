"""Champions are found, loaded exactly, and never taken on trust."""

from __future__ import annotations

import hashlib
from pathlib import Path

import mlflow
import numpy as np
import pyarrow as pa
import pytest
import xgboost as xgb
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from contracts.errors import ModelMissing
from contracts.feature_contract import ContractedFeature, FeatureContract
from scoring.propensity import predict
from scoring.registry import Champion, find_champion, load

FEATURES = ["frequency", "days_since_last_order"]
CONTRACT = FeatureContract(tuple(ContractedFeature(name, "made") for name in FEATURES))


def trees(seed: int) -> xgb.Booster:
    random = np.random.default_rng(seed)
    X = random.random((200, 2))
    matrix = xgb.DMatrix(X, label=X[:, 0] > random.random(200), feature_names=FEATURES)
    return xgb.train({"objective": "binary:logistic", "nthread": 1}, matrix, 5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an MLflow store with one champion named churn, registered with its digest."""
    root = tmp_path_factory.mktemp("mlruns")
    booster = trees(1)
    mlflow.set_tracking_uri(f"sqlite:///{root / 'mlflow.db'}")
    experiment = mlflow.create_experiment("made", (root / "artifacts").as_uri())
    with mlflow.start_run(experiment_id=experiment) as run:
        logged = mlflow.xgboost.log_model(
            booster,
            name="churn",
            model_format="ubj",
            signature=ModelSignature(Schema([ColSpec("float", name) for name in FEATURES])),
            pip_requirements=["xgboost-cpu"],
            metadata={
                "digest": hashlib.sha256(bytes(booster.save_raw("ubj"))).hexdigest(),
                "contract": CONTRACT.to_json(),
                "horizon_days": 30,
                "lost_after_days": 90,
            },
        )
        client = mlflow.MlflowClient()
        client.create_registered_model("churn")
        version = client.create_model_version("churn", logged.model_uri, run.info.run_id)
        client.set_registered_model_alias("churn", "champion", version.version)
    return root


def test_champion_says_what_it_must_be_used_with(store: Path) -> None:
    champion = find_champion(store, "churn")
    assert champion.label == "churn/1"
    assert champion.contract == CONTRACT
    assert (champion.horizon_days, champion.lost_after_days) == (30, 90)
    assert Champion.from_json(champion.to_json()) == champion


def test_loaded_champion_predicts_like_the_trees_that_were_fitted(store: Path) -> None:
    champion = find_champion(store, "churn")
    X = np.random.default_rng(5).random((50, 2)).astype(np.float32)
    # The snapshot has the features in another order, and one more.
    snapshot = pa.table({"days_since_last_order": X[:, 1], "noise": X[:, 0], "frequency": X[:, 0]})
    expected = trees(1).predict(xgb.DMatrix(X, feature_names=FEATURES))
    found = predict(load(store, champion), champion, snapshot)
    np.testing.assert_array_equal(found, expected.astype(np.float64))


def test_a_swapped_model_file_is_refused(store: Path) -> None:
    champion = find_champion(store, "churn")
    (stored,) = store.rglob("*.ubj")
    registered = stored.read_bytes()
    trees(2).save_model(stored)
    try:
        with pytest.raises(ModelMissing, match="churn/1` is not the one that was registered"):
            load(store, champion)
    finally:
        stored.write_bytes(registered)


def test_a_snapshot_without_the_features_is_refused(store: Path) -> None:
    champion = find_champion(store, "churn")
    snapshot = pa.table({"days_since_last_order": [1.0]})
    with pytest.raises(ModelMissing, match=r"fitted with features .* lacks: frequency"):
        predict(load(store, champion), champion, snapshot)


def test_without_a_training_the_remedy_is_to_train(tmp_path: Path, store: Path) -> None:
    with pytest.raises(ModelMissing, match="stammkunde train"):
        find_champion(tmp_path / "nothing here", "churn")
    with pytest.raises(ModelMissing, match="stammkunde train"):
        find_champion(store, "clv")


def test_the_alias_is_asked_once_and_a_later_move_changes_nothing(store: Path) -> None:
    champion = find_champion(store, "churn")
    before = load(store, champion).save_raw("ubj")
    client = mlflow.MlflowClient()
    client.delete_registered_model_alias("churn", "champion")
    try:
        assert load(store, champion).save_raw("ubj") == before
    finally:
        client.set_registered_model_alias("churn", "champion", champion.version)
