"""Opens the embedded engine. The only module that knows which engine it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from ibis.backends.duckdb import Backend

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
