"""What a training leaves in a real MLflow store, and that nothing in it is a pickle."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities import Run
from mlflow.models.model import ModelInfo

from forecasting.churn import as_hybrid
from forecasting.store import load
from tests.panels import AS_OF, HOLDOUT, HORIZON_DAYS, small_lessons, small_models
from training.leaderboard import last_leaderboard
from training.learning_curve import CurvePoint
from training.ledger import Decision, Outcome
from training.models import FittedModel
from training.tracking import Tracking


class Logged(NamedTuple):
    tracking: Tracking
    models: dict[str, FittedModel]
    records: dict[str, dict[str, str]]
    parent_run_id: str


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    tracking = Tracking(tmp_path_factory.mktemp("mlruns"), "a made shop")
    models = small_models()
    with tracking.training_run(
        as_of=AS_OF, tags={"code_version": "1"}, settings={"training": {}}
    ) as parent:
        records = {
            name: tracking.log_model(
                model, parent_run_id=parent, settings=small_lessons().settings,
                dataset_digest="d1", tags={"code_version": "1"}, beside={"return_rate": 0.25},
                curve=[CurvePoint(100, 0.4), CurvePoint(300, 0.5)],
            )
            for name, model in models.items()
        }  # fmt: skip
    client = mlflow.MlflowClient()
    for record in records.values():
        client.set_registered_model_alias(record["name"], "champion", record["version"])
    return Logged(tracking, models, records, parent)


def runs(logged: Logged) -> dict[str, Run]:
    found = mlflow.MlflowClient().search_runs([logged.tracking.open()])
    return {run.info.run_name: run for run in found}


PEERS = ("BG/NBD", "MBG/NBD", "Pareto/NBD", "customer base", "corrected", "plain trees")


def test_models_simple_rules_and_peers_are_siblings_under_one_run(logged: Logged) -> None:
    names = {
        "churn rule: recency", "churn rule: rhythm exceeded", "clv rule: past spend",
        "clv rule: recent spend", "churn logistic regression", "clv always zero",
        f"train {AS_OF}",
        *(f"{model} {peer}" for model in ("churn", "clv") for peer in ("hybrid", *PEERS)),
    }  # fmt: skip
    found = runs(logged)
    assert names <= set(found)
    for name in set(found) - {f"train {AS_OF}"}:
        assert found[name].data.tags["mlflow.parentRunId"] == logged.parent_run_id
        assert found[name].info.status == "FINISHED"


def test_a_model_its_rules_and_its_peers_share_metric_names(logged: Logged) -> None:
    """All begin alike, so that MLflow can set them side by side."""
    found = runs(logged)
    judgement = logged.models["churn"].judged.judgement
    model = found["churn hybrid"].data
    for rival in ("churn rule: recency", "churn BG/NBD"):
        assert set(found[rival].data.metrics) <= set(model.metrics)
        assert "holdout.average_precision.low" in found[rival].data.metrics
    assert model.metrics["holdout.average_precision"] == judgement.metrics["average_precision"]
    assert {"holdout.auc.low", "holdout.auc.high", "holdout.brier"} <= set(model.metrics)
    assert model.params["holdout_cutoff"] == str(HOLDOUT)
    assert model.metrics["return_rate"] == 0.25
    assert model.metrics["random_split_average_precision"] == logged.models["churn"].random_split
    assert "return_rate" not in found["churn BG/NBD"].data.metrics
    assert model.params["rounds"] == "20"


def test_a_learning_curve_has_customers_as_its_steps(logged: Logged) -> None:
    run = runs(logged)["clv hybrid"].info.run_id
    points = mlflow.MlflowClient().get_metric_history(run, "learning_curve.gini")
    assert [(point.step, point.value) for point in points] == [(100, 0.4), (300, 0.5)]


def test_the_run_of_the_training_shows_both_models_and_keeps_all_settings(logged: Logged) -> None:
    parent = runs(logged)[f"train {AS_OF}"]
    for name, headline in (("churn", "average_precision"), ("clv", "gini")):
        judgement = logged.models[name].judged.judgement
        assert parent.data.metrics[f"{name}.{headline}"] == judgement.metrics[headline]
        low, high = judgement.intervals[headline]
        assert parent.data.metrics[f"{name}.{headline}.low"] == low
        assert parent.data.metrics[f"{name}.{headline}.high"] == high
    assert parent.data.params == {}
    assert parent.inputs is not None
    assert {each.dataset.name for each in parent.inputs.dataset_inputs} == {
        "churn panel", "clv panel",
    }  # fmt: skip
    kept = mlflow.artifacts.load_dict(f"runs:/{logged.parent_run_id}/settings.json")
    assert kept == {"training": {}}


def test_parameters_are_what_may_differ_from_one_training_to_the_next(logged: Logged) -> None:
    model = runs(logged)["churn hybrid"].data.params
    assert "min_customers" not in model
    assert model["features"] == str(len(logged.models["churn"].model.contract.features))
    rival = runs(logged)["churn BG/NBD"].data.params
    assert rival.items() <= model.items()


def test_versions_say_where_they_are_from(logged: Logged) -> None:
    for name, record in logged.records.items():
        tags = mlflow.MlflowClient().get_model_version(name, record["version"]).tags
        assert tags["as_of"] == str(AS_OF)
        assert tags["holdout"] == str(HOLDOUT)
        assert tags["code_version"] == "1"
        assert tags["digest"] == (described(logged, name).metadata or {})["digest"]


def test_a_decision_is_shown_on_the_version_its_run_and_the_training(logged: Logged) -> None:
    record = logged.records["clv"]
    decision = Decision(
        version=record["version"], run_id=record["run_id"], outcome=Outcome.CHAMPION,
        champion_before=None, champion_after=record["version"], approver="rule", reason="as made",
        grade="A",
    )  # fmt: skip
    assert logged.tracking.read_card(record["run_id"]) is None
    logged.tracking.log_decision(
        "clv", record["version"], record["run_id"], decision=decision, card="# A card", page="<p>"
    )
    found = runs(logged)
    tags = found["clv hybrid"].data.tags
    assert tags["grade"] == "A"
    assert tags["mlflow.note.content"].startswith("Grade A, champion: as made.")
    assert found[f"train {AS_OF}"].data.tags["clv.grade"] == "A"
    version = mlflow.MlflowClient().get_model_version("clv", record["version"])
    assert version.description == "Grade A, champion: as made."
    assert logged.tracking.read_card(record["run_id"]) == "# A card"


def test_what_both_models_say_together_is_shown_with_the_training(logged: Logged) -> None:
    judged = {name: model.judged for name, model in logged.models.items()}
    logged.tracking.log_common(judged, parent_run_id=logged.parent_run_id)
    listed = mlflow.MlflowClient().list_artifacts(logged.parent_run_id, "plots")
    assert {Path(file.path).name for file in listed} == {"risk_and_value.svg", "plots.html"}


def test_the_last_training_is_compared_by_the_headline_metric(logged: Logged) -> None:
    leaderboard = last_leaderboard(logged.tracking.root, logged.tracking.experiment)
    assert leaderboard is not None
    assert leaderboard.run_id == logged.parent_run_id
    for name, model in logged.models.items():
        judgement = model.judged.judgement
        of_model = [place for place in leaderboard.places if place.model == name]
        values = [place.value for place in of_model]
        assert values == sorted(values, reverse=True)
        assert len(of_model) == 1 + len(judgement.rules) + len(judgement.peers)
        (ours,) = [place for place in of_model if place.approach == "hybrid"]
        assert ours.value == judgement.metrics[judgement.headline]
        assert ours.interval == judgement.intervals[judgement.headline]
        assert leaderboard.holdouts[name] == str(HOLDOUT)
    assert last_leaderboard(logged.tracking.root / "nowhere", "made") is None
    assert last_leaderboard(logged.tracking.root, "another") is None


def test_the_dataset_is_described_by_its_digest_and_features(logged: Logged) -> None:
    inputs = runs(logged)["churn hybrid"].inputs
    assert inputs is not None
    (dataset,) = inputs.dataset_inputs
    assert dataset.dataset.digest == "d1"
    assert "days_since_last_order" in str(dataset.dataset.schema)


def described(logged: Logged, name: str) -> ModelInfo:
    logged.tracking.open()
    champion = mlflow.MlflowClient().get_model_version_by_alias(name, "champion")
    return mlflow.models.get_model_info(f"models:/{name}/{champion.version}")


def test_champion_has_a_signature_and_what_scoring_needs(logged: Logged) -> None:
    for name, model in logged.models.items():
        info = described(logged, name)
        assert info.signature is not None
        features = list(model.model.contract.names)
        assert info.signature.inputs.input_names() == [*features, "snapshot_date"]
        assert info.metadata is not None
        assert info.metadata["lost_after_days"] == model.judged.lost_after_days
        assert info.metadata["horizon_days"] == HORIZON_DAYS


def test_a_model_says_which_xgboost_made_it(logged: Logged) -> None:
    requirements = mlflow.pyfunc.get_model_dependencies(described(logged, "clv").model_uri)
    assert f"xgboost-cpu=={version('xgboost-cpu')}" in Path(requirements).read_text().split()


def test_a_served_model_states_what_the_model_does_date_by_date(logged: Logged) -> None:
    fitted = logged.models["clv"]
    seen = [small_lessons().panel.customers_at(day) for day in (HOLDOUT, AS_OF)]
    asked = pd.DataFrame(
        np.concatenate([each.X for each in seen]), columns=list(fitted.model.contract.names)
    ).assign(
        snapshot_date=np.repeat(
            np.array([HOLDOUT, AS_OF], "datetime64[ns]"), [len(each) for each in seen]
        )
    )
    served = mlflow.pyfunc.load_model(described(logged, "clv").model_uri)
    stated = served.predict(asked.iloc[::-1]).iloc[::-1]
    forecasts = [fitted.model.forecast(each) for each in seen]
    for what in ("no_order", "orders", "value"):
        expected = np.concatenate([getattr(each, what) for each in forecasts])
        np.testing.assert_allclose(stated[what].to_numpy(), expected, rtol=1e-9)


def test_models_and_their_twins_are_json_and_ubj_and_nothing_is_pickled(logged: Logged) -> None:
    files = [path for path in logged.tracking.root.rglob("*") if path.is_file()]
    # Two sets of trees for each target: one of churn, three of value.
    trees = sorted(path.parent.name for path in files if path.suffix == ".ubj")
    assert trees == ["model"] * 8 + ["twin"] * 8
    for path in files:
        assert path.suffix not in {".pkl", ".pickle", ".joblib"}
        assert not path.read_bytes().startswith((b"\x80\x04", b"\x80\x05"))


def test_the_twin_that_was_judged_is_kept_beside_the_model(logged: Logged) -> None:
    folder = Path(mlflow.artifacts.download_artifacts(described(logged, "churn").model_uri))
    seen = small_lessons().panel.customers_at(HOLDOUT)
    for name, model in {
        "model": logged.models["churn"].model, "twin": logged.models["churn"].judged.model,
    }.items():  # fmt: skip
        stored = as_hybrid(load(folder / "artifacts" / name))
        np.testing.assert_array_equal(
            stored.forecast(seen).no_order, as_hybrid(model).forecast(seen).no_order
        )


def test_plots_are_logged(logged: Logged) -> None:
    run_id = logged.records["churn"]["run_id"]
    listed = mlflow.MlflowClient().list_artifacts(run_id, "plots")
    names = {Path(file.path).name for file in listed}
    assert {"gains.svg", "calibration.svg", "effects.svg", "plots.html"} <= names


def test_everything_stays_below_the_store(logged: Logged) -> None:
    found = runs(logged)
    assert (logged.tracking.root / "mlflow.db").is_file()
    for run in found.values():
        assert run.info.artifact_uri.startswith((logged.tracking.root / "artifacts").as_uri())


def test_a_training_that_fails_is_marked_as_failed(logged: Logged) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        logged.tracking.training_run(as_of=date(2024, 7, 1), tags={}, settings={}),
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
