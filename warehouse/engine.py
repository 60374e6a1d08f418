"""Opens the engine: DuckDB in this process, or Spark where the settings say so, for features."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from contracts.errors import EngineMissing
from warehouse.settings import EngineSettings


@contextmanager
def open_engine(settings: EngineSettings, *, spill: Path) -> Iterator[Backend]:
    """Open an in-memory DuckDB that spills to `spill` and never downloads an extension.

    Its time zone is UTC: Ibis sets it for every DuckDB session.
    """
    spill.mkdir(parents=True, exist_ok=True)
    engine = ibis.duckdb.connect(
        memory_limit=f"{settings.memory_gb}GB",
        threads=settings.threads,
        temp_directory=str(spill),
        autoinstall_known_extensions=False,
    )
    # It would draw on standard output, where results go.
    engine.raw_sql("SET enable_progress_bar = false")
    try:
        yield engine
    finally:
        engine.disconnect()


@contextmanager
def open_feature_engine(settings: EngineSettings, *, spill: Path) -> Iterator[Any]:
    """Open the engine that features are computed by, as `name` under [engine] says.

    Raises
    ------
    EngineMissing
        What it needs is not installed.
    """
    if settings.name == "duckdb":
        with open_engine(settings, spill=spill) as embedded:
            yield embedded
        return
    try:
        from warehouse.spark import open_spark  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise EngineMissing(
            "PySpark is not installed", remedy="Install it by `pip install 'stammkunde[spark]'`"
        ) from None
    with open_spark(settings, spill=spill) as spark:
        yield spark
