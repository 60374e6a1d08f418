"""Deliveries: files written as a source system would, read as a run reads them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet
import pytest
from ibis.backends.duckdb import Backend
from ingestion.canonical import read_canonical

from ingestion.settings import SourceSettings
from ingestion.sources.files import find_deliveries


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """Return the folder that sources are delivered to."""
    folder = tmp_path / "crm"
    folder.mkdir()
    return folder


@pytest.fixture
def deliver(crm: Path) -> Callable[[str, str | bytes | pa.Table], Path]:
    """Write a delivered file: text (packed where the name ends in .gz), bytes, or Parquet."""

    def deliver(name: str, content: str | bytes | pa.Table) -> Path:
        path = crm / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, pa.Table):
            pyarrow.parquet.write_table(content, path)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            packed = path.suffix == ".gz"
            path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
        return path

    return deliver


@pytest.fixture
def read(engine: Backend, crm: Path) -> Callable[..., ir.Table]:
    """Read a canonical table from delivered files; keywords are settings of the source."""

    def read(table: str, path: str, **settings: Any) -> ir.Table:
        source = SourceSettings(path=path, **settings)
        workspace = crm.parent / "workspace"
        workspace.mkdir(exist_ok=True)
        return read_canonical(
            engine,
            table,
            source,
            deliveries=find_deliveries(table, source, folder=crm),
            currency="EUR",
            workspace=workspace,
            ingested_at=datetime(2024, 7, 1, 4, 30, tzinfo=UTC),
        )

    return read
