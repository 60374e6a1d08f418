"""Reads files: CSV as text, Parquet as it is typed. Each file is a batch named by its content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.errors import ColumnMissing, SourceMissing
from contracts.names import file_digest
from ingestion.settings import SourceSettings

ROW = "_row"


@dataclass(frozen=True)
class Delivery:
    """One delivered file and the hash of its content, which is its `batch_id`."""

    path: Path
    batch_id: str


def find_deliveries(table: str, source: SourceSettings, *, folder: Path) -> list[Delivery]:
    """Return the files of a source in name order; the same content twice counts once.

    Raises
    ------
    SourceMissing
        No file matches the path.
    """
    paths = sorted(path for path in _matches(source.path, folder) if path.is_file())
    if not paths:
        raise SourceMissing(table, source.path)
    by_content: dict[str, Delivery] = {}
    for path in paths:
        batch_id = file_digest(path)[:16]
        by_content.setdefault(batch_id, Delivery(path, batch_id))
    return list(by_content.values())


def read_deliveries(
    engine: Backend, table: str, source: SourceSettings, *, deliveries: list[Delivery]
) -> ir.Table:
    """Return the rows of all files with `batch_id` and their position `_row` (1 is the first).

    Raises
    ------
    ColumnMissing
        The files of one source do not have the same columns.
    """
    tables = [_read(engine, source, delivery) for delivery in deliveries]
    columns = tables[0].columns
    for other, delivery in zip(tables[1:], deliveries[1:], strict=True):
        missing = [name for name in columns if name not in other.columns]
        if missing:
            raise ColumnMissing(table, missing, found=list(other.columns), path=str(delivery.path))
    return ibis.union(*(t.select(*columns) for t in tables)) if len(tables) > 1 else tables[0]


def _matches(pattern: str, folder: Path) -> list[Path]:
    absolute = Path(pattern) if Path(pattern).is_absolute() else folder / pattern
    anchor = Path(absolute.anchor)
    return list(anchor.glob(str(absolute.relative_to(anchor))))


def _read(engine: Backend, source: SourceSettings, delivery: Delivery) -> ir.Table:
    if delivery.path.suffix in {".parquet", ".pq"}:
        rows = engine.read_parquet(str(delivery.path))
    else:
        options = {"delim": source.delimiter} if source.delimiter else {}
        rows = engine.read_csv(
            str(delivery.path), all_varchar=True, header=True, nullstr="", **options
        )
    # Exports pad their headers; the settings name columns as a person reads them.
    rows = rows.rename({name.strip(): name for name in rows.columns if name.strip() != name})
    return rows.mutate(**{ROW: ibis.row_number() + 1, "batch_id": ibis.literal(delivery.batch_id)})
