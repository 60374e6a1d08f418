"""A person may promote what the rules would not; the ledger keeps who, and that it was forced."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import pytest

from contracts.errors import ModelMissing, PromotionRefused
from training.ledger import Outcome
from training.promotion import Registry
from training.versions import find_version, list_versions, promote

NOW = datetime(2026, 11, 2, tzinfo=UTC)
GRADES = {"1": "A", "2": "C", "3": None}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with a version of grade A, one of grade C, and one not decided on."""
    root = tmp_path_factory.mktemp("store") / "mlruns"
    root.mkdir()
    mlflow.set_tracking_uri(f"sqlite:///{root / 'mlflow.db'}")
    experiment = mlflow.create_experiment("made", (root / "artifacts").as_uri())
    client = mlflow.MlflowClient()
    client.create_registered_model("clv")
    for version, grade in GRADES.items():
        with mlflow.start_run(experiment_id=experiment) as run:
            ends = {"holdout.gini": 0.5, "holdout.gini.low": 0.4, "holdout.gini.high": 0.6}
            mlflow.log_metrics(ends)
        tags = {"as_of": f"2026-0{version}-01", "holdout": "2026-01-01"}
        more = {} if grade is None else {"grade": grade, "grade_reason": "as made"}
        client.create_model_version("clv", str(root), run.info.run_id, tags={**tags, **more})
    return root


@pytest.fixture
def registry(graded: Path, tmp_path: Path) -> Registry:
    shutil.copytree(graded, tmp_path / "mlruns")
    return Registry(tmp_path / "mlruns", "clv")


def ask(
    registry: Registry, version: str, *, approver: str = "C. Example", force: bool = False
) -> None:
    asked = find_version(registry, version)
    promote(registry, asked, approver=approver, reason="tried", force=force, now=NOW)


def test_versions_are_listed_newest_first_with_alias_grade_and_headline_metric(
    registry: Registry,
) -> None:
    ask(registry, "1")
    newest, weak, champion = list_versions(registry)
    assert [newest.grade, weak.grade, champion.grade] == [None, "C", "A"]
    assert champion.aliases == ("champion",)
    assert newest.aliases == ()
    assert (champion.headline, champion.value, champion.interval) == ("gini", 0.5, (0.4, 0.6))
    assert champion.tags["approver"] == "C. Example"


def test_the_entry_of_a_person_says_who_and_why(registry: Registry) -> None:
    ask(registry, "1")
    (entry,) = registry.ledger.entries()
    decision = entry.decision
    assert (entry.decided_at, decision.outcome) == (NOW, Outcome.CHAMPION)
    assert (decision.approver, decision.reason, decision.grade) == ("C. Example", "tried", "A")
    assert (decision.as_of, decision.holdout) == ("2026-01-01", "2026-01-01")
    assert not decision.forced


@pytest.mark.parametrize(("version", "grade"), [("2", "C: as made"), ("3", "none: nothing has")])
def test_what_is_not_of_grade_a_or_b_must_be_forced(
    version: str, grade: str, registry: Registry
) -> None:
    with pytest.raises(PromotionRefused, match=f"`clv/{version}` has grade {grade}"):
        ask(registry, version)
    assert registry.champion() is None
    ask(registry, version, force=True)
    assert registry.champion() == version
    assert registry.ledger.entries()[0].decision.forced


def test_force_on_a_good_version_is_not_kept_as_forced(registry: Registry) -> None:
    ask(registry, "1", force=True)
    assert not registry.ledger.entries()[0].decision.forced


@pytest.mark.parametrize("name", ["", " ", "rule", "Rule ", "outside"])
def test_an_approver_is_a_person(name: str, registry: Registry) -> None:
    with pytest.raises(PromotionRefused, match="is nobody's name"):
        ask(registry, "1", approver=name)


def test_the_champion_is_not_promoted_again(registry: Registry) -> None:
    ask(registry, "1")
    with pytest.raises(PromotionRefused, match="`clv/1` is champion already"):
        ask(registry, "1")
    assert len(registry.ledger.entries()) == 1


def test_a_version_that_is_not_there_is_told_with_those_that_are(registry: Registry) -> None:
    with pytest.raises(ModelMissing, match="has no version 9; there is 1, 2, 3"):
        find_version(registry, "9")
    with pytest.raises(ModelMissing, match="has no version 1; there is none"):
        find_version(Registry(registry.root, "churn"), "1")
