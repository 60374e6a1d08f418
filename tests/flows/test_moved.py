"""A project that was moved or copied to another folder scores and trains from where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import mlflow
import numpy as np
import pytest

from contracts.errors import ModelMissing
from contracts.names import CHAMPION
from flows.models import list_models, read_card
from flows.moved import follow_move
from flows.project import open_project
from scoring.registry import find_champion, load
from tests.panels import AS_OF, small_lessons, small_models
from training.ledger import Decision, Outcome
from training.tracking import Tracking

pytestmark = pytest.mark.slow

SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
[sources.orders]
path = "orders.csv"
"""


def train_into(mlruns: Path) -> None:
    tracking = Tracking(mlruns, "made shop")
    with tracking.training_run(as_of=AS_OF, tags={}, settings={}) as parent:
        record = tracking.log_model(
            small_models()["churn"], parent_run_id=parent, settings=small_lessons().settings,
            dataset_digest="d", tags={},
        )  # fmt: skip
    decision = Decision(
        version=record["version"], run_id=record["run_id"], outcome=Outcome.CHAMPION,
        champion_before=None, champion_after=record["version"], approver="rule", reason="made",
        grade="A",
    )  # fmt: skip
    tracking.log_decision(
        "churn", record["version"], record["run_id"], decision=decision, card="# A card", page="<p>"
    )
    mlflow.MlflowClient().set_registered_model_alias("churn", CHAMPION, record["version"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "100% a_shop"
    folder.mkdir()
    (folder / "stammkunde.toml").write_text(SETTINGS)
    train_into(open_project(folder / "stammkunde.toml").mlruns)
    return folder


def test_where_nothing_was_moved_nothing_is_written(project: Path, tmp_path: Path) -> None:
    database = project / "mlruns" / "mlflow.db"
    before = database.read_bytes()
    follow_move.__wrapped__(project / "mlruns")
    assert database.read_bytes() == before
    (tmp_path / "mlflow.db").write_bytes(b"")
    follow_move.__wrapped__(tmp_path)
    assert (tmp_path / "mlflow.db").read_bytes() == b""


def test_a_copy_stands_by_itself(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "copy")
    root = open_project(tmp_path / "copy" / "stammkunde.toml").mlruns
    model = find_champion(root, "churn")
    (facts,) = root.glob("artifacts/**/model/model.json")
    facts.write_text("{}")
    with pytest.raises(ModelMissing, match="are not those that were registered"):
        load(root, model)


def test_a_moved_project_scores_tells_and_trains_from_where_it_is(
    project: Path, tmp_path: Path
) -> None:
    moved = project.rename(tmp_path / "else where")
    root, file = moved / "mlruns", moved / "stammkunde.toml"
    with pytest.raises(mlflow.MlflowException):
        find_champion(root, "churn")
    assert open_project(file).mlruns == root
    seen = small_lessons().panel.customers_at(AS_OF)
    model = load(root, find_champion(root, "churn"))
    np.testing.assert_array_equal(
        model.forecast(seen).churn, small_models()["churn"].model.forecast(seen).churn
    )
    assert read_card(str(file), "churn", "1") == "# A card"
    train_into(root)
    assert [each.version for each in list_models(str(file))] == ["2", "1"]
    assert not project.exists()
