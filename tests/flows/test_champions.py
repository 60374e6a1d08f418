"""Which version scores: the same one for all rows, only as it was registered, or none at all."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import mlflow
import numpy as np
import pyarrow.parquet as pq
import pytest

from contracts.errors import FeaturesChanged, ModelMissing, NoChampion
from features.definitions import definitions
from flows.canonical import canonical_tables
from flows.models import promote_model
from flows.project import open_project
from flows.retention import retention
from flows.score import score
from flows.stages import Stage, run_stage
from flows.summary import Summary
from tests.flows.conftest import SETTINGS
from training.promotion import Registry

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

AS_OF = date(2024, 10, 25)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["training.promotion"])


@pytest.fixture(scope="module")
def run(prefect_server: None, shop: Path) -> Summary:
    """Return a run, after which the same was trained once more with another seed."""
    summary = retention(str(shop), as_of=AS_OF)
    other = shop.with_name("other_seed.toml")
    other.write_text(shop.read_text().replace("[training]", "[training]\nseed = 2"))
    run_stage(Stage.TRAIN, str(other), as_of=AS_OF, known_at=None)
    return summary


def registry_of(shop: Path, name: str = "churn") -> Registry:
    return Registry(open_project(shop).mlruns, name)


def test_every_version_is_graded_and_decided_on(run: Summary, shop: Path) -> None:
    for name in ("churn", "clv"):
        registry = registry_of(shop, name)
        first, second = (entry.decision for entry in registry.ledger.entries())
        assert (first.version, first.champion_after) == ("1", "1")
        assert (second.version, second.compared_with) == ("2", "1")
        assert registry.champion() == second.champion_after
        for decision in (first, second):
            tags = mlflow.MlflowClient().get_model_version(name, decision.version or "").tags
            assert tags["grade"] == decision.grade
    assert "is of grade" in run.to_markdown()
    assert "has decided" not in run.to_markdown()


def test_a_holdout_that_decided_before_is_told(run: Summary, shop: Path) -> None:
    """The second training was judged where the first one was; asked again, it says so."""
    other = str(shop.with_name("other_seed.toml"))
    again = run_stage(Stage.TRAIN, other, as_of=AS_OF, known_at=None)
    assert sum("this holdout has decided once already" in line for line in again) == 2


def move_aliases(root: Path) -> None:
    """Make both versions of both models champion in turn, as fast as it goes."""
    mlflow.set_tracking_uri(f"sqlite:///{root / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    while True:
        for version in ("2", "1"):
            for name in ("churn", "clv"):
                client.set_registered_model_alias(name, "champion", version)


@contextmanager
def moving_aliases(root: Path) -> Iterator[None]:
    mover = PROCESSES.Process(target=move_aliases, args=(root,), daemon=True)
    mover.start()
    try:
        yield
    finally:
        mover.terminate()
        mover.join()


def test_an_alias_that_moves_while_scoring_runs_changes_no_row(run: Summary, shop: Path) -> None:
    project = open_project(shop)
    tables = canonical_tables(str(shop), None)
    before = {name: registry_of(shop, name).champion() for name in ("churn", "clv")}
    runs = set()
    with moving_aliases(project.mlruns):
        for _ in range(3):
            scored = score(str(shop), tables, AS_OF)
            folder = Path(scored["folder"])
            rows = pq.read_table(folder / "scores.parquet")
            manifest = json.loads((folder / "manifest.json").read_text())
            for name in ("churn", "clv"):
                (label,) = set(rows[f"{name}_model"].to_pylist())
                assert label == f"{name}/{manifest['models'][name]['version']}"
            runs.add(scored["run_id"])
    client = mlflow.MlflowClient()
    for name, version in before.items():
        assert version is not None
        client.set_registered_model_alias(name, "champion", version)
    assert runs


def test_nothing_is_unpickled_while_scoring(
    run: Summary, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something is being unpickled")

    for module in (pickle, import_module("cloudpickle")):
        for name in ("load", "loads", "Unpickler"):
            monkeypatch.setattr(module, name, refuse, raising=False)
    day = AS_OF - timedelta(days=3)
    scored = score(str(shop), canonical_tables(str(shop), None), day)
    assert pq.read_table(Path(scored["folder"]) / "scores.parquet").num_rows > 300
    project = open_project(shop)
    for folder in (project.mlruns, project.prefect_home, project.records):
        suspects = {".pkl", ".pickle", ".joblib", ".npy"}
        assert not [path for path in folder.rglob("*") if path.suffix in suspects]


def test_customers_unlike_those_of_the_fit_are_told(run: Summary, shop: Path) -> None:
    """Half a year before, nobody had orders of half a year behind them."""
    scored = score(str(shop), canonical_tables(str(shop), None), AS_OF - timedelta(days=180))
    drift = json.loads((Path(scored["folder"]) / "manifest.json").read_text())["drift"]
    assert any("distributed otherwise than when churn/" in line for line in drift["told"])
    moved = drift["models"]["churn"]["population_stability_index"]
    assert moved["order_count"] > 0.2
    assert "T" not in moved


def published(shop: Path) -> tuple[Path, bytes]:
    current = open_project(shop).outbox / "current"
    return current.readlink(), (current / "scores.parquet").read_bytes()


def test_a_champion_whose_files_are_gone_stops_the_run_and_no_other_takes_its_place(
    run: Summary, shop: Path
) -> None:
    before, champion = published(shop), registry_of(shop).champion()
    folder = Path(mlflow.artifacts.download_artifacts(f"models:/churn/{champion}")) / "artifacts"
    folder.rename(folder.with_name("moved"))
    try:
        with pytest.raises(ModelMissing, match=rf"churn/{champion}` are not those"):
            run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF - timedelta(days=1), known_at=None)
    finally:
        folder.with_name("moved").rename(folder)
    assert published(shop) == before
    assert registry_of(shop).champion() == champion


def test_features_that_are_defined_otherwise_stop_scoring_and_both_digests_are_named(
    run: Summary, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(shop)
    changed = {**definitions(), "gap_median": "another"}
    monkeypatch.setattr("flows.score.definitions", lambda: changed)
    with pytest.raises(FeaturesChanged, match="`gap_median` changed or gone") as stopped:
        run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF, known_at=None)
    assert stopped.value.then in str(stopped.value)
    assert stopped.value.now in str(stopped.value)
    assert published(shop) == before


def write_chance(file: Path) -> None:
    """Write a shop in which nothing tells who will order: everybody does, as dice fall."""
    random = np.random.default_rng(5)
    lines = ["customer,date,amount"]
    for number in range(300):
        for day in np.flatnonzero(random.random(300) < 1 / 25):
            amount = random.lognormal(3, 0.5)
            lines.append(f"c{number:04},{date(2024, 1, 1) + timedelta(int(day))},{amount:.2f}")
    file.write_text("\n".join(lines) + "\n")


def test_a_model_that_knows_nothing_scores_nobody_until_a_person_says_so(
    prefect_server: None, tmp_path: Path
) -> None:
    write_chance(tmp_path / "orders.csv")
    file = tmp_path / "stammkunde.toml"
    file.write_text(SETTINGS)
    earlier = tmp_path / "outbox" / "2024-01-01" / "earlier"
    earlier.mkdir(parents=True)
    (tmp_path / "outbox" / "current").symlink_to("2024-01-01/earlier")
    with pytest.raises(NoChampion, match=r"`churn/1` has grade C: .* chance alone") as stopped:
        retention(str(file), as_of=AS_OF)
    assert stopped.value.exit_code == 1
    assert "stammkunde models promote churn 1 --approver NAME --force" in str(stopped.value)
    assert (tmp_path / "outbox" / "current").readlink() == Path("2024-01-01/earlier")
    assert set(stopped.value.weak) == {"churn", "clv"}
    with pytest.raises(ModelMissing, match="No version of model `churn` is champion"):
        run_stage(Stage.SEGMENT, str(file), as_of=AS_OF, known_at=None)
    for name in ("churn", "clv"):
        promote_model(
            str(file), name, "1", approver="C. Example", reason="to try the files", force=True
        )
    run_stage(Stage.SEGMENT, str(file), as_of=AS_OF, known_at=None)
    assert (tmp_path / "outbox" / "current").readlink().parts[0] == str(AS_OF)
    forced = registry_of(file).ledger.entries()[-1].decision
    assert (forced.forced, forced.grade, forced.approver) == (True, "C", "C. Example")
    # The same run again finds what was decided, and a person's word stands.
    retention(str(file), as_of=AS_OF)
    assert registry_of(file).champion() == "1"
