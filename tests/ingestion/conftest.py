"""Deliveries: files written as a source system would, read as a run reads them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet
import pytest
from ibis.backends.duckdb import Backend

from contracts.rules import Facts
from contracts.staged import FAULTS, REJECTED, UNREADABLE
from contracts.tables import TABLES
from ingestion.contents import read_contents
from ingestion.faults import unpack
from ingestion.mapping import Target
from ingestion.settings import SourceSettings
from ingestion.sources.files import find_deliveries
from ingestion.staging import stage

INGESTED_AT = datetime(2026, 1, 1, 4, 30, tzinfo=UTC)


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
            path.write_bytes(
                gzip.compress(content.encode(), mtime=0) if packed else content.encode()
            )
        return path

    return deliver


@pytest.fixture
def staged(engine: Backend, crm: Path) -> Callable[..., ir.Table]:
    """Stage a table from delivered files; keywords are settings of the source.

    The rows have what is wrong with each. `rates` are exchange rates.
    """

    def staged(
        table: str, path: str, *, rates: dict[str, Decimal] | None = None, **settings: Any
    ) -> ir.Table:
        source = SourceSettings(path=path, **settings)
        workspace = crm.parent / "workspace"
        workspace.mkdir(exist_ok=True)
        contents = read_contents(
            engine, table, source, known=None, workspace=workspace,
            deliveries=find_deliveries(table, source, folder=crm, workspace=workspace),
        )  # fmt: skip
        facts = Facts(INGESTED_AT, "EUR")
        target = Target(TABLES[table], contents.source, facts, rates=rates or {})
        return unpack(stage(contents.delivered, target, pseudonym_key=b"k" * 32))

    return staged


@pytest.fixture
def read(staged: Callable[..., ir.Table]) -> Callable[..., ir.Table]:
    """Read the good rows of delivered files in canonical columns, in their order of key."""

    def read(table: str, path: str, **settings: Any) -> ir.Table:
        rows = staged(table, path, **settings)
        rows = rows.filter(~rows[REJECTED]).order_by(TABLES[table].columns[0].name, "_file", "_row")
        declared = {column.name: column.type for column in TABLES[table].columns}
        found = {
            name: rows[name].cast(type_) if name in rows.columns else ibis.null(type_)
            for name, type_ in declared.items()
        }
        beside = (FAULTS, UNREADABLE, REJECTED, "_file", "_row")
        others = [name for name in rows.columns if name not in {*declared, *beside}]
        return rows.select(*others, **found).select(*declared, *others)

    return read


@pytest.fixture
def faults(staged: Callable[..., ir.Table]) -> Callable[..., list[tuple[int, str, str | None]]]:
    """Return (row, codes, what stands there unread) of every faulty row of delivered files."""

    def faults(table: str, path: str, **settings: Any) -> list[tuple[int, str, str | None]]:
        rows = staged(table, path, **settings)
        found = rows.filter(rows[FAULTS].notnull()).select("_row", FAULTS, UNREADABLE)
        return [tuple(row.values()) for row in found.order_by("_row").to_pyarrow().to_pylist()]

    return faults
