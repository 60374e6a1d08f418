"""A trained version scores only if it is clearly better than what scores, on the same customers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mlflow
import numpy as np
import pytest

from contracts.errors import ModelMissing
from contracts.feature_contract import FeatureContract
from tests.panels import AS_OF, HOLDOUT, anew, small_lessons, small_models, turned, with_outcomes
from training.admission import Trained, admit
from training.comparison import Comparison, Incomparable, compare
from training.judgement import Judgement, advantage_over
from training.kinds import CHURN
from training.ledger import Decision, Outcome
from training.lessons import Lessons
from training.models import FittedModel, fit
from training.promotion import Registry
from training.registered import Registered
from training.tracking import Tracking

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SAME, TURNED, OTHER_COLUMNS = "1", "2", "3"


def with_columns_turned_round(lessons: Lessons) -> Lessons:
    panel = lessons.panel
    contract = FeatureContract(panel.contract.features[::-1])
    return anew(lessons, panel=replace(panel, X=panel.X[:, ::-1].copy(), contract=contract))


@pytest.fixture(scope="module")
def models() -> dict[str, FittedModel]:
    """Return a model, one that learnt the opposite, and one of other columns, by version."""
    lessons = small_lessons()
    opposite = anew(lessons, panel=with_outcomes(lessons.panel, turned))
    return {
        SAME: small_models()["churn"],
        TURNED: fit(CHURN, opposite),
        OTHER_COLUMNS: fit(CHURN, with_columns_turned_round(lessons)),
    }


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, models: dict[str, FittedModel]) -> Path:
    """Return an MLflow store in which they are registered, and none is champion."""
    tracking = Tracking(tmp_path_factory.mktemp("store") / "mlruns", "made")
    with tracking.training_run(as_of=AS_OF, tags={}, settings={}) as parent:
        for version, model in models.items():
            logged = tracking.log_model(
                model,
                parent_run_id=parent,
                settings=small_lessons().settings,
                dataset_digest="d",
                tags={},
            )
            assert logged["version"] == version
    return tracking.root


@pytest.fixture
def registry(stored: Path) -> Iterator[Registry]:
    yield Registry(stored, "churn")
    client = mlflow.MlflowClient()
    for alias in ("champion", "challenger", "previous"):
        client.delete_registered_model_alias("churn", alias)
    shutil.rmtree(stored / "decisions", ignore_errors=True)


def registered(stored: Path, version: str) -> Registered:
    return Registered.find(stored, "churn", version)


def trained(version: str, models: dict[str, FittedModel], **changes: object) -> Trained:
    changes = {"over_peers": {}, **changes}
    judgement = replace(models[version].judged.judgement, **changes)  # type: ignore[arg-type]
    return Trained(version, f"run{version}", str(AS_OF), str(HOLDOUT), judgement)


def admitted(registry: Registry, candidate: Trained) -> Decision:
    return admit(registry, candidate, small_lessons, now=NOW)


def test_a_model_beside_itself_has_no_advantage(stored: Path) -> None:
    same = registered(stored, SAME)
    found = compare(CHURN, small_lessons(), same, same)
    assert found == Comparison(SAME, "twin", (0.0, 0.0))


def test_a_champion_whose_data_end_before_the_holdout_is_judged_itself(stored: Path) -> None:
    same = registered(stored, SAME)
    found = compare(CHURN, small_lessons(), same, replace(same, as_of=HOLDOUT))
    assert isinstance(found, Comparison)
    assert found.part == "model"


def test_a_champion_of_other_columns_reads_the_same_customers(
    stored: Path, models: dict[str, FittedModel]
) -> None:
    lessons = small_lessons()
    theirs = registered(stored, OTHER_COLUMNS)
    found = compare(CHURN, lessons, registered(stored, SAME), theirs)
    ours, others = models[SAME].judged, models[OTHER_COLUMNS].judged
    assert not np.array_equal(ours.predicted, others.predicted)
    expected = advantage_over(
        ours.truth, ours.predicted, others.predicted, headline="average_precision",
        rank=CHURN.rank, resamples=lessons.settings.bootstrap_rounds, seed=lessons.settings.seed,
    )  # fmt: skip
    assert isinstance(found, Comparison)
    assert found.difference == pytest.approx(expected, abs=1e-12)


def test_what_cannot_be_compared_says_why_and_whether_the_champion_stays(stored: Path) -> None:
    ours = registered(stored, SAME)
    changed = replace(ours.contract.features[0], definition="another")
    champions = {
        "looks 30 days ahead, and 60 are asked for": replace(ours, horizon_days=30),
        "1 of its features changed or are gone": replace(
            ours, contract=FeatureContract((changed, *ours.contract.features[1:]))
        ),
        "its stored files are gone": replace(ours, digests={"model": "x", "twin": "x"}),
        f"it learnt from what followed {HOLDOUT}": replace(
            ours, holdout=HOLDOUT + timedelta(days=1)
        ),
    }
    for told, champion in champions.items():
        found = compare(CHURN, small_lessons(), ours, champion)
        assert isinstance(found, Incomparable)
        assert told in found.reason
        assert found.stays == ("learnt from" in told)


def test_the_first_version_of_grade_a_or_b_scores(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    decision = admitted(registry, trained(SAME, models))
    assert (decision.outcome, decision.approver) == (Outcome.CHAMPION, "rule")
    assert decision.compared_with is None
    assert registry.aliases() == {"champion": SAME}
    tags = mlflow.MlflowClient().get_model_version("churn", SAME).tags
    assert tags["grade"] == decision.grade in {"A", "B"}
    assert tags["grade_reason"]


def test_grade_c_never_scores_and_the_champion_stays(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    chance = {"average_precision": (0.0, 0.1)}
    first = admitted(registry, trained(TURNED, models, intervals=chance))
    assert (first.grade, first.outcome, first.champion_after) == ("C", Outcome.KEPT, None)
    assert registry.aliases() == {}
    admitted(registry, trained(SAME, models))
    later = admitted(registry, replace(trained(OTHER_COLUMNS, models, intervals=chance)))
    assert later.outcome is Outcome.KEPT
    assert registry.aliases() == {"champion": SAME}


def test_a_better_ranking_of_wrong_probabilities_is_not_promoted(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    admitted(registry, trained(SAME, models))
    intervals = models[TURNED].judged.judgement.intervals
    off = {**intervals, "calibration_error": (0.55, 0.6)}
    decision = admitted(registry, trained(TURNED, models, intervals=off))
    assert (decision.outcome, decision.grade) == (Outcome.KEPT, "C")
    assert registry.champion() == SAME


def test_a_version_that_is_not_clearly_better_waits(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    admitted(registry, trained(SAME, models))
    decision = admitted(registry, replace(trained(SAME, models), run_id="again"))
    assert (decision.outcome, decision.compared_with) == (Outcome.CHALLENGER, SAME)
    assert decision.difference == (0.0, 0.0)
    assert decision.grade == "B"
    assert registry.aliases() == {"champion": SAME, "challenger": SAME}


def test_a_version_that_is_clearly_better_takes_over(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    # Before there is a champion nobody tells that this one learnt the opposite.
    admitted(registry, trained(TURNED, models, intervals={"average_precision": (0.9, 1.0)}))
    decision = admitted(registry, trained(SAME, models))
    assert (decision.outcome, decision.compared_with) == (Outcome.CHAMPION, TURNED)
    assert decision.difference is not None
    assert decision.difference[0] > 0
    assert registry.aliases() == {"champion": SAME, "previous": TURNED}
    worse = admitted(registry, replace(trained(TURNED, models), run_id="again"))
    assert (worse.grade, worse.outcome) == ("C", Outcome.KEPT)
    assert registry.champion() == SAME


def test_what_was_decided_stands_however_often_it_is_asked(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    first = admitted(registry, trained(SAME, models))
    admitted(registry, trained(OTHER_COLUMNS, models))
    entries = registry.ledger.entries()
    assert admitted(registry, trained(SAME, models)) == first
    assert registry.ledger.entries() == entries


def test_a_champion_that_appears_meanwhile_is_compared_with(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    admitted(registry, trained(TURNED, models, intervals={"average_precision": (0.9, 1.0)}))
    candidate = trained(OTHER_COLUMNS, models)

    def lessons_while_another_is_faster() -> Lessons:
        if registry.champion() == TURNED:
            admitted(registry, trained(SAME, models))
        return small_lessons()

    decision = admit(registry, candidate, lessons_while_another_is_faster, now=NOW)
    assert decision.compared_with == SAME
    assert decision.champion_before == SAME


def test_a_champion_whose_files_are_gone_makes_room(
    registry: Registry, models: dict[str, FittedModel]
) -> None:
    admitted(registry, trained(TURNED, models, intervals={"average_precision": (0.9, 1.0)}))
    folder = Path(mlflow.artifacts.download_artifacts(f"models:/churn/{TURNED}")) / "artifacts"
    folder.rename(folder.with_name("moved away"))
    try:
        with pytest.raises(ModelMissing, match="churn/2` are not those that were registered"):
            registered(registry.root, TURNED).load("twin")
        decision = admitted(registry, trained(SAME, models))
    finally:
        folder.with_name("moved away").rename(folder)
    assert decision.outcome is Outcome.CHAMPION
    assert "its stored files are gone" in decision.reason


def test_judgements_of_this_module_are_of_grade_a_or_b(models: dict[str, FittedModel]) -> None:
    judgement: Judgement = models[SAME].judged.judgement
    assert judgement.intervals["average_precision"][0] > judgement.base
