"""What a training leaves in a real MLflow store, and that nothing in it is a pickle."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import mlflow
import pytest
from mlflow.entities import Run

from contracts.business import BusinessSettings
from training.models import KINDS, FittedModel, fit
from training.panel import Panel
from training.settings import TrainingSettings
from training.splits import Split
from training.tracking import Tracking


class Logged(NamedTuple):
    tracking: Tracking
    models: dict[str, FittedModel]
    records: dict[str, dict[str, str]]
    parent_run_id: str


@pytest.fixture(scope="module")
def logged(
    tmp_path_factory: pytest.TempPathFactory, panel: Panel, split: Split, settings: TrainingSettings
) -> Logged:
    tracking = Tracking(tmp_path_factory.mktemp("mlruns"), "a made shop")
    shop = BusinessSettings(horizon_days=60)
    models = {
        name: fit(kind, panel, split, business=shop, settings=settings, threads=2)
        for name, kind in KINDS.items()
    }
    with tracking.training_run(as_of=date(2024, 6, 1), tags={"code_version": "1"}) as parent:
        records = {
            name: tracking.log_model(
                model, parent_run_id=parent, parameters=settings.model_dump(),
                dataset_digest="d1", tags={"code_version": "1"},
            )
            for name, model in models.items()
        }  # fmt: skip
    for record in records.values():
        tracking.promote(record["name"], record["version"])
    return Logged(tracking, models, records, parent)


def runs(logged: Logged) -> dict[str, Run]:
    found = mlflow.MlflowClient().search_runs([logged.tracking.open()])
    return {run.info.run_name: run for run in found}


def test_models_and_simple_rules_are_siblings_under_one_run(logged: Logged) -> None:
    names = {
        "churn xgboost", "churn rule: recency", "churn rule: rhythm exceeded",
        "clv xgboost", "clv rule: past spend", "clv rule: recent spend", "train 2024-06-01",
    }  # fmt: skip
    found = runs(logged)
    assert set(found) == names
    for name in names - {"train 2024-06-01"}:
        assert found[name].data.tags["mlflow.parentRunId"] == logged.parent_run_id
        assert found[name].info.status == "FINISHED"


def test_a_model_and_its_rules_share_metric_names(logged: Logged) -> None:
    found = runs(logged)
    model, rule = found["churn xgboost"].data, found["churn rule: recency"].data
    judged = logged.models["churn"].judgement
    assert model.metrics["holdout.average_precision"] == judged.metrics["average_precision"]
    assert set(rule.metrics) <= set(model.metrics)
    assert {"holdout.auc.low", "holdout.auc.high", "holdout.brier"} <= set(model.metrics)
    assert model.params["holdout_cutoff"] == "2024-04-01"
    assert model.params["rounds"] == "80"


def test_the_dataset_is_described_by_its_digest_and_features(logged: Logged) -> None:
    inputs = runs(logged)["churn xgboost"].inputs
    assert inputs is not None
    (dataset,) = inputs.dataset_inputs
    assert dataset.dataset.digest == "d1"
    assert "days_since_last_order" in str(dataset.dataset.schema)


def test_champion_has_a_signature_and_what_scoring_needs(logged: Logged) -> None:
    logged.tracking.open()
    for name, model in logged.models.items():
        version = mlflow.MlflowClient().get_model_version_by_alias(name, "champion")
        described = mlflow.models.get_model_info(f"models:/{name}/{version.version}")
        assert described.signature is not None
        assert described.signature.inputs.input_names() == list(model.contract.names)
        assert described.metadata is not None
        assert described.metadata["lost_after_days"] == model.lost_after_days


def test_models_are_stored_as_ubj_and_nothing_is_pickled(logged: Logged) -> None:
    files = [path for path in logged.tracking.root.rglob("*") if path.is_file()]
    assert sum(path.suffix == ".ubj" for path in files) == 2
    for path in files:
        assert path.suffix not in {".pkl", ".pickle", ".joblib"}
        assert not path.read_bytes().startswith((b"\x80\x04", b"\x80\x05"))


def test_plots_are_logged(logged: Logged) -> None:
    run_id = logged.records["churn"]["run_id"]
    listed = mlflow.MlflowClient().list_artifacts(run_id, "plots")
    assert {Path(file.path).name for file in listed} == {"gains.svg", "calibration.svg"}


def test_everything_stays_below_the_store(logged: Logged) -> None:
    found = runs(logged)
    assert (logged.tracking.root / "mlflow.db").is_file()
    for run in found.values():
        assert run.info.artifact_uri.startswith((logged.tracking.root / "artifacts").as_uri())


def test_a_training_that_fails_is_marked_as_failed(logged: Logged) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        logged.tracking.training_run(as_of=date(2024, 7, 1), tags={}),
    ):
        raise ZeroDivisionError
    failed = mlflow.MlflowClient().search_runs(
        [logged.tracking.open()], "attributes.run_name = 'train 2024-07-01'"
    )
    assert [run.info.status for run in failed] == ["FAILED"]


def test_versions_that_are_gone_are_not_found(logged: Logged) -> None:
    assert logged.tracking.has_version("churn", logged.records["churn"]["version"])
    assert not logged.tracking.has_version("churn", "99")
    assert not logged.tracking.has_version("never trained", "1")
