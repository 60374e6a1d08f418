"""Files of a model that are not those that were registered are refused, and none is unpickled."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest

from contracts.errors import ModelMissing
from forecasting.churn import as_hybrid
from scoring.registry import find_champion, load
from tests.panels import AS_OF, small_lessons, small_models

Tamper = Callable[[Path, Path], None]


def folder_of(name: str) -> Path:
    return Path(mlflow.artifacts.download_artifacts(f"models:/{name}/1")) / "artifacts" / "model"


def delete(folder: Path, other: Path) -> None:
    shutil.rmtree(folder)


def delete_a_file(folder: Path, other: Path) -> None:
    next(folder.glob("*.ubj")).unlink()


def flip_a_bit(folder: Path, other: Path) -> None:
    path = next(folder.glob("*.ubj"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def change_a_number(folder: Path, other: Path) -> None:
    facts = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**facts, "customers": 9}, indent=1))


def swap_for_another_model(folder: Path, other: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(other, folder)


def swap_for_the_twin(folder: Path, other: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("twin"), folder)


def add_a_file(folder: Path, other: Path) -> None:
    (folder / "model.pkl").write_bytes(b"")


@pytest.mark.parametrize(
    "tamper",
    [delete, delete_a_file, flip_a_bit, change_a_number, swap_for_another_model, swap_for_the_twin,
     add_a_file],
)  # fmt: skip
def test_files_that_are_not_those_that_were_registered_are_refused(
    tamper: Tamper, store: Path, tmp_path: Path
) -> None:
    champion = find_champion(store, "churn")
    folder = folder_of("churn")
    shutil.copytree(folder, tmp_path / "kept")
    tamper(folder, folder_of("clv"))
    try:
        with pytest.raises(ModelMissing, match=r"`churn/1` are not those that were registered"):
            load(store, champion)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "kept", folder)
    assert load(store, champion).customers > 0


class Poison:
    """What leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


def test_a_poisoned_pickle_beside_a_model_is_never_opened(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = pickle.dumps(Poison(tmp_path / "trace"))
    folder = folder_of("churn")
    planted = [folder.parents[1] / "python_model.pkl", folder.parent / "model.joblib"]
    for path in planted:
        path.write_bytes(poison)

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something is being unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    seen = small_lessons().panel.customers_at(AS_OF)
    for name, fitted in small_models().items():
        stated = load(store, find_champion(store, name)).forecast(seen)
        np.testing.assert_array_equal(stated.value, as_hybrid(fitted.model).forecast(seen).value)
    assert not (tmp_path / "trace").exists()
    for path in planted:
        path.unlink()


def test_the_poison_works_where_somebody_unpickles_it(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Poison(tmp_path / "trace")))  # noqa: S301 - it only makes a folder
    assert (tmp_path / "trace").is_dir()
