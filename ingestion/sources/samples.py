"""Values of a file, batch by batch, for those who tell its format from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import islice

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.errors import UnreadableFile
from ingestion.sources.deliveries import Delivery
from ingestion.sources.dialects import Dialect, records
from ingestion.sources.encodings import open_text

BATCH_ROWS = 20_000

# Column -> values that are present: text, or numbers where the file has types.
Batch = dict[str, list[str | float]]


def csv_batches(
    delivery: Delivery, encoding: str, dialect: Dialect, *, columns: Collection[str]
) -> Iterator[Batch]:
    """Yield the text of columns; rows with another number of fields than the header are left out.

    No batch follows a quote that is never closed: the engine refuses the file.
    """
    positions = {name: dialect.names.index(name) for name in columns}
    with open_text(delivery, encoding) as text:
        rows = records(islice(text, dialect.skip_lines, None), dialect.delimiter)
        next(rows, None)
        while batch := [fields for _, fields in islice(rows, BATCH_ROWS)]:
            whole = [fields for fields in batch if len(fields) == len(dialect.names)]
            yield {
                name: [fields[position] for fields in whole if fields[position]]
                for name, position in positions.items()
            }


def json_batches(
    delivery: Delivery, encoding: str, *, columns: Collection[str], table: str
) -> Iterator[Batch]:
    """Yield the scalars of keys; whole numbers as text, since they may be dates.

    Raises
    ------
    UnreadableFile
        A line is no object, or has keys that differ in nothing but case: the engine, which cannot
        tell them apart, would read one of them as empty.
    """
    with open_text(delivery, encoding) as text:
        lines = enumerate(text, start=1)
        while batch := list(islice(lines, BATCH_ROWS)):
            values: Batch = {name: [] for name in columns}
            for number, line in batch:
                if not line.strip():
                    continue
                for name, value in _object(delivery, number, line, table=table).items():
                    if name.strip() in values and (text_or_number := _scalar(value)) is not None:
                        values[name.strip()].append(text_or_number)
            yield values


def table_batches(engine: Backend, rows: ir.Table, *, columns: Collection[str]) -> Iterator[Batch]:
    """Yield the values of columns as text, as the engine reads them, in its bounded memory."""
    texts = rows.select(**{name: rows[name].cast("string") for name in columns})
    for batch in engine.to_pyarrow_batches(texts, chunk_size=BATCH_ROWS):
        yield {name: batch.column(name).drop_null().to_pylist() for name in columns}


def _object(delivery: Delivery, number: int, line: str, *, table: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # the message quotes the line
        value = None
    if not isinstance(value, dict):
        reason = f"line {number:,} is no whole JSON object; there must be one on each line"
        raise UnreadableFile(table, delivery.name, reason=reason)
    if len({name.casefold() for name in value}) < len(value):
        reason = f"line {number:,} has keys that differ in nothing but case"
        raise UnreadableFile(table, delivery.name, reason=reason)
    return value


def _scalar(value: object) -> str | float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str | float) else None
