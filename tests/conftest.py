"""What the tests of several rooms need: a real engine, and shared data where it is present."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ibis.backends.duckdb import Backend

from warehouse.engine import open_engine
from warehouse.settings import EngineSettings


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Backend]:
    """Yield an engine as runs open it."""
    with open_engine(EngineSettings(), spill=tmp_path / "spill") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of public data sets beside the checkout; skip where there is none."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"public data sets are not at {folder}")
    return folder
