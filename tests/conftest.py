"""What the tests of several rooms need: a real engine, and shared data where it is present."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend
from pyspark.sql import SparkSession

from tests.postgres import Server, find_binaries, running_server
from warehouse.engine import open_engine, open_feature_engine
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Yield a PostgreSQL of our own on loopback; skip where its programs are not installed."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed: initdb is not on the PATH")
    with running_server(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseBackend]:
    """Yield Spark with two workers in processes of their own; skip where there is no Java."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: Spark needs version 17")
    settings = EngineSettings(
        name="spark",
        memory_gb=1,
        spark={"spark.master": "local-cluster[2,1,1024]", "spark.sql.shuffle.partitions": "2"},
    )
    if (running := SparkSession.getActiveSession()) is not None:
        running.stop()  # of another test in this process, with a master of its own
    with open_feature_engine(settings, spill=tmp_path_factory.mktemp("spark")) as opened:
        yield opened
