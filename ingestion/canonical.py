"""One canonical table from the files of its source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.tables import TABLES
from ingestion.derive import derive_interaction_ids, derive_order_ids
from ingestion.mapping import check_readable, map_columns
from ingestion.settings import SourceSettings
from ingestion.sources.files import Delivery, read_deliveries


def read_canonical(  # noqa: PLR0913 - a source is its settings, its files and its moment
    engine: Backend,
    table: str,
    source: SourceSettings,
    *,
    deliveries: list[Delivery],
    currency: str,
    ingested_at: datetime,
    workspace: Path,
) -> ir.Table:
    """Return the canonical table `table`, ordered by its key, from `deliveries`.

    `workspace` is a folder for what is needed until the table has been written.

    Raises
    ------
    ColumnMissing, EmptyTable, UnreadableFile, UnreadableValues
        The source cannot be read as this table; nothing is written.
    """
    schema = TABLES[table]
    rows = read_deliveries(engine, table, source, deliveries=deliveries, workspace=workspace)
    check_readable(rows, schema, source)
    mapped = map_columns(rows, schema, source, ingested_at=ingested_at)
    if table == "orders":
        mapped = derive_order_ids(mapped, currency=currency)
    if table == "interactions":
        mapped = derive_interaction_ids(mapped)
    names = [column.name for column in schema.columns]
    attributes = [name for name in mapped.columns if name not in names]
    return mapped.select(*names, *attributes).order_by(names[0])
