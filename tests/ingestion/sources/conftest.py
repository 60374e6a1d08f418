"""What the tests of files share: formats told and files read as a run does it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery
from ingestion.sources.detecting import detect
from ingestion.sources.files import find_deliveries, read_deliveries
from ingestion.sources.formats import FileFormat
from warehouse.reading import readable


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return the folder for what is needed until rows have been read."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def tell(engine: Backend, crm: Path, workspace: Path) -> Callable[..., FileFormat]:
    """Tell the format of one delivered file of orders; other keywords are settings of the source.

    Column `amount` and `discount` are read as numbers, `ordered_at` and `paid_at` as times.
    """

    def tell(path: str, known: FileFormat | None = None, **settings: Any) -> FileFormat:
        source = SourceSettings(path=path, **settings)
        [delivery] = find_deliveries("orders", source, folder=crm, workspace=workspace)
        with readable("orders", path):
            return told(engine, delivery, source, workspace=workspace, known=known)

    return tell


@pytest.fixture
def read_rows(engine: Backend, crm: Path, workspace: Path) -> Callable[..., list[dict[str, Any]]]:
    """Return the rows of delivered files as they are read; keywords are settings of the source."""

    def read_rows(path: str, **settings: Any) -> list[dict[str, Any]]:
        return list(as_rows(engine, read_table(engine, path, crm, workspace, **settings)))

    return read_rows


def read_table(engine: Backend, path: str, crm: Path, workspace: Path, **settings: Any) -> ir.Table:
    source = SourceSettings(path=path, **settings)
    deliveries = find_deliveries("orders", source, folder=crm, workspace=workspace)
    formats = [told(engine, delivery, source, workspace=workspace) for delivery in deliveries]
    return read_deliveries(
        engine, "orders", source, deliveries=deliveries, formats=formats, workspace=workspace
    )


def told(
    engine: Backend,
    delivery: Delivery,
    source: SourceSettings,
    *,
    workspace: Path,
    known: FileFormat | None = None,
    numbers: Collection[str] = ("amount", "discount"),
    times: Collection[str] = ("ordered_at", "paid_at"),
) -> FileFormat:
    return detect(
        engine, delivery, source, table="orders", numbers=numbers, times=times, known=known,
        workspace=workspace,
    )  # fmt: skip


def as_rows(engine: Backend, table: ir.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in engine.to_pyarrow(table).to_pylist()]
