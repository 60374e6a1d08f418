"""Champions are found, loaded exactly, and never taken on trust."""

from __future__ import annotations

from pathlib import Path

import mlflow
import numpy as np
import pytest

from contracts.errors import ModelMissing
from forecasting.churn import as_hybrid
from forecasting.hybrid import HybridModel
from scoring.registry import Champion, find_champion, load
from tests.panels import AS_OF, HORIZON_DAYS, small_lessons, small_models
from training.panel import Floats


def stated(model: HybridModel) -> Floats:
    return model.forecast(small_lessons().panel.customers_at(AS_OF)).no_order


def files_of(champion: Champion, part: str) -> Path:
    """Return where the store keeps a model, or its twin."""
    uri = f"models:/{champion.name}/{champion.version}"
    return Path(mlflow.artifacts.download_artifacts(uri)) / "artifacts" / part


def test_champion_says_what_it_must_be_used_with(store: Path) -> None:
    champion, fitted = find_champion(store, "churn"), small_models()["churn"]
    assert champion.label == "churn/1"
    assert champion.contract == fitted.model.contract
    assert champion.horizon_days == HORIZON_DAYS
    assert champion.lost_after_days == fitted.judged.lost_after_days
    assert Champion.from_json(champion.to_json()) == champion


@pytest.mark.parametrize("name", ["churn", "clv"])
def test_loaded_champion_forecasts_what_the_fitted_model_does(name: str, store: Path) -> None:
    loaded = load(store, find_champion(store, name))
    np.testing.assert_array_equal(stated(loaded), stated(as_hybrid(small_models()[name].model)))


@pytest.mark.parametrize("file", ["model.json", "no_order.corrections.ubj", "no_order.plain.ubj"])
def test_a_swapped_model_file_is_refused(file: str, store: Path) -> None:
    champion = find_champion(store, "churn")
    model, twin = (files_of(champion, part) / file for part in ("model", "twin"))
    registered = model.read_bytes()
    model.write_bytes(twin.read_bytes())
    try:
        with pytest.raises(ModelMissing, match="churn/1` are not those that were registered"):
            load(store, champion)
    finally:
        model.write_bytes(registered)


def test_files_that_are_gone_are_missed(store: Path, tmp_path: Path) -> None:
    champion = find_champion(store, "churn")
    folder = files_of(champion, "model")
    folder.rename(tmp_path / "away")
    try:
        with pytest.raises(ModelMissing, match="Restore them from a backup, or train again"):
            load(store, champion)
    finally:
        (tmp_path / "away").rename(folder)


def test_without_a_training_the_remedy_is_to_train(tmp_path: Path, store: Path) -> None:
    with pytest.raises(ModelMissing, match="stammkunde train"):
        find_champion(tmp_path / "nothing here", "churn")
    with pytest.raises(ModelMissing, match="stammkunde train"):
        find_champion(store, "a model that nobody trained")


def test_the_alias_is_asked_once_and_a_later_move_changes_nothing(store: Path) -> None:
    champion = find_champion(store, "churn")
    before = stated(load(store, champion))
    client = mlflow.MlflowClient()
    client.delete_registered_model_alias("churn", "champion")
    try:
        np.testing.assert_array_equal(stated(load(store, champion)), before)
    finally:
        client.set_registered_model_alias("churn", "champion", champion.version)
