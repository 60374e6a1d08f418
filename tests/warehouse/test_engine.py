from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend
from pydantic import ValidationError

from warehouse.engine import open_engine
from warehouse.settings import EngineSettings


def setting(engine: Backend, name: str) -> Any:
    return engine.raw_sql(f"SELECT current_setting('{name}')").fetchone()[0]


def test_time_zone_is_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    with open_engine(EngineSettings(), spill=tmp_path) as engine:
        assert setting(engine, "TimeZone") == "UTC"
        text = ibis.literal("2024-07-01T01:00:00+02:00")
        moment = engine.to_pyarrow(text.cast("timestamp('UTC')").cast("timestamp(6)"))
        assert moment.as_py() == datetime.fromisoformat("2024-06-30T23:00:00")


def test_no_extension_is_installed_unasked(engine: Backend) -> None:
    assert setting(engine, "autoinstall_known_extensions") is False


def test_engine_keeps_to_the_memory_and_threads_it_is_given(tmp_path: Path) -> None:
    with open_engine(EngineSettings(memory_gb=1.5, threads=1), spill=tmp_path) as engine:
        assert setting(engine, "memory_limit") == "1.3 GiB"
        assert setting(engine, "threads") == 1


def test_engine_spills_into_the_folder_it_is_given(tmp_path: Path) -> None:
    spill = tmp_path / "data" / "spill"
    with open_engine(EngineSettings(), spill=spill) as engine:
        assert spill.is_dir()
        assert setting(engine, "temp_directory") == str(spill)


def test_engine_is_closed_afterwards_even_after_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        open_engine(EngineSettings(), spill=tmp_path) as engine,
    ):
        raise ZeroDivisionError
    with pytest.raises(Exception, match="already closed"):
        engine.raw_sql("SELECT 1")


@pytest.mark.parametrize("wrong", [{"memory_gb": 0}, {"threads": 0}, {"cores": 2}])
def test_limits_without_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        EngineSettings.model_validate(wrong)
