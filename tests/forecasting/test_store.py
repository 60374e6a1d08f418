"""A stored model is the model: the same forecasts to the bit, and nothing in it is code."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecasting.calibration import Calibration
from forecasting.churn import as_hybrid
from forecasting.hybrid import ColdStart, HybridModel
from forecasting.intervals import Levels
from forecasting.outlook import look_ahead
from forecasting.season import Season
from forecasting.store import folder_digest, load, save
from tests.panels import AS_OF, small_lessons, small_models


@pytest.fixture(scope="module")
def model() -> HybridModel:
    """Return a model in which nothing is as it is by default."""
    fitted = as_hybrid(small_models()["clv"].model)
    season = Season(tuple(1 + 0.1 * np.sin(np.arange(366) / 58)))
    return replace(
        fitted, base=replace(fitted.base, season=season, value_share=0.4), customers=1700,
        stretch=1.3, calibration=Calibration("sigmoid", 1.1, 0.03),
        value_levels=Levels(0.07, 0.52, 0.93), wait_levels=Levels(0.11, 0.49, 0.88),
        cold_start=ColdStart(0.9, 0.12, 3.4),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(model: HybridModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stored") / "model"
    save(model, place)
    return place


def test_a_stored_model_forecasts_the_same_to_the_bit(model: HybridModel, folder: Path) -> None:
    seen, again = small_lessons().panel.customers_at(AS_OF), as_hybrid(load(folder))
    expected, found = model.forecast(seen), again.forecast(seen)
    for part in ("no_order", "orders", "value"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))
    outlooks = [look_ahead(each, seen, expected) for each in (model, again)]
    np.testing.assert_array_equal(outlooks[0].value, outlooks[1].value)
    np.testing.assert_array_equal(outlooks[0].wait_days, outlooks[1].wait_days)


def test_all_but_the_trees_is_equal_and_plain_to_read(model: HybridModel, folder: Path) -> None:
    assert replace(as_hybrid(load(folder)), trees={}) == replace(model, trees={})
    facts = json.loads((folder / "model.json").read_text())
    assert facts["horizon_days"] == model.horizon_days
    assert facts["cold_start"] == {"no_order": 0.9, "orders": 0.12, "value": 3.4}


def test_who_knows_nothing_of_newcomers_stores_nothing_of_them(
    model: HybridModel, tmp_path: Path
) -> None:
    save(replace(model, cold_start=None, trees={}), tmp_path)
    assert as_hybrid(load(tmp_path)).cold_start is None
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]


def test_the_same_model_stored_twice_has_one_digest(
    model: HybridModel, folder: Path, tmp_path: Path
) -> None:
    assert save(model, tmp_path / "again") == folder_digest(folder)
    assert save(as_hybrid(load(folder)), tmp_path / "loaded") == folder_digest(folder)


def test_one_changed_byte_of_any_file_changes_the_digest(folder: Path) -> None:
    digest = folder_digest(folder)
    files = sorted(folder.iterdir())
    assert len(files) == 7
    for file in files:
        stored = file.read_bytes()
        middle = len(stored) // 2
        file.write_bytes(stored[:middle] + bytes([stored[middle] ^ 1]) + stored[middle + 1 :])
        try:
            assert folder_digest(folder) != digest, file.name
        finally:
            file.write_bytes(stored)
    assert folder_digest(folder) == digest


def test_files_that_change_places_change_the_digest(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert folder_digest(tmp_path) == folder_digest(folder)
    one, other = tmp_path / "orders.plain.ubj", tmp_path / "value.plain.ubj"
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    assert folder_digest(tmp_path) != folder_digest(folder)


def test_nothing_is_pickled(folder: Path) -> None:
    for file in folder.iterdir():
        assert file.suffix in {".json", ".ubj"}
        assert not file.read_bytes().startswith((b"\x80\x04", b"\x80\x05"))


def test_a_model_of_a_release_that_kept_no_population_is_read(folder: Path, tmp_path: Path) -> None:
    older = shutil.copytree(folder, tmp_path / "older")
    facts = json.loads((older / "model.json").read_text())
    assert facts.pop("population")["distributions"]["frequency"]["edges"]
    (older / "model.json").write_text(json.dumps(facts))
    assert load(older).population is None
