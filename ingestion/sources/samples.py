"""Values of a file, batch by batch, for those who tell its format from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

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


def parquet_batches(delivery: Delivery, *, columns: Collection[str], table: str) -> Iterator[Batch]:
    """Yield the values of columns of text or whole numbers.

    Raises
    ------
    UnreadableFile
        It is no whole Parquet file.
    """
    try:
        with pq.ParquetFile(delivery.path) as parquet:
            written = {name.strip(): name for name in parquet.schema_arrow.names}
            names = [written[name] for name in columns]
            for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=names):
                yield {
                    name: [
                        str(value)
                        for value in batch.column(written[name]).to_pylist()
                        if value is not None
                    ]
                    for name in columns
                }
    except (pa.ArrowInvalid, OSError):  # the message quotes the file
        reason = "it is no whole Parquet file"
        raise UnreadableFile(table, delivery.name, reason=reason) from None


def parquet_columns(delivery: Delivery, *, table: str) -> dict[str, pa.DataType]:
    """Return the columns of a Parquet file by name, without blanks around it.

    Raises
    ------
    UnreadableFile
        It is no whole Parquet file.
    """
    try:
        schema = pq.read_schema(delivery.path)
    except (pa.ArrowInvalid, OSError):
        reason = "it is no whole Parquet file"
        raise UnreadableFile(table, delivery.name, reason=reason) from None
    return {column.name.strip(): column.type for column in schema}


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
