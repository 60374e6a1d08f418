"""Renames and casts source columns to a canonical table, and says what could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from contracts.errors import ColumnMissing, EmptyTable, UnreadableValues
from contracts.schema import MONEY, NUMBER, TEXT, TIME, WHOLE, Column, TableSchema
from ingestion.settings import SourceSettings
from ingestion.sources.files import ROW

_KINDS = {TIME: "times", MONEY: "amounts", NUMBER: "numbers", WHOLE: "whole numbers"}

_BLANKS_AND_CURRENCY_SIGNS = r"[\s\x{00A0}\x{2009}\x{202F}€$£¥]+"
_OFFSET = r"(:\d{2}(?:\.\d+)?)\s*([+-]\d{2}):?(\d{2})$"

# Keys that another module derives where the source has none.
DERIVABLE = {("orders", "order_id"), ("interactions", "interaction_id")}


def map_columns(
    rows: ir.Table, schema: TableSchema, source: SourceSettings, *, ingested_at: datetime
) -> ir.Table:
    """Return `rows` as the canonical table, one row each, with `ingested_at` and `batch_id`.

    Columns that the source lacks are NULL. A customer's free attributes come after the canonical
    columns, as text. A key that can be derived and is not mapped is left out.

    Raises
    ------
    ColumnMissing
        A mapped or required column is not in the source.
    """
    names = source_names(rows, schema, source)
    mapped = {
        name: _convert(rows[names[name]], column.type, source) if name in names else _null(column)
        for name, column in columns_of(schema, source).items()
        if name in names or (schema.name, name) not in DERIVABLE
    }
    moment = ibis.literal(ingested_at.replace(tzinfo=None)).cast(TIME)
    return rows.select(**mapped, ingested_at=moment, batch_id=rows.batch_id)


def check_readable(rows: ir.Table, schema: TableSchema, source: SourceSettings) -> None:
    """Read every mapped value once.

    Raises
    ------
    EmptyTable
        There are no rows.
    UnreadableValues
        A value is not what its canonical column holds; the first such column is named.
    """
    names = source_names(rows, schema, source)
    columns = columns_of(schema, source)
    counts: dict[str, ir.Scalar] = {"rows": rows.count()}
    for name, source_name in names.items():
        if columns[name].type == TEXT:
            continue
        unreadable = (
            _present(rows[source_name])
            & _convert(rows[source_name], columns[name].type, source).isnull()
        )
        counts[f"count {name}"] = unreadable.sum()
        counts[f"first {name}"] = rows[ROW].min(where=unreadable)
    found = rows.aggregate(**counts).to_pyarrow().to_pylist()[0]
    if not found["rows"]:
        raise EmptyTable(schema.name, source.path)
    for name, source_name in names.items():
        if found.get(f"count {name}"):
            raise UnreadableValues(
                schema.name, name, source_column=source_name, kind=_KINDS[columns[name].type],
                count=found[f"count {name}"], first_row=found[f"first {name}"],
            )  # fmt: skip


def columns_of(schema: TableSchema, source: SourceSettings) -> dict[str, Column]:
    """Return the canonical columns by name, then the customer's free attributes."""
    columns = {column.name: column for column in schema.columns}
    if schema.free_attributes:
        for name in source.columns:
            columns.setdefault(name, Column(name, TEXT, "free attribute"))
    return columns


def source_names(rows: ir.Table, schema: TableSchema, source: SourceSettings) -> dict[str, str]:
    """Return canonical name -> source name for every column the source has.

    Raises
    ------
    ColumnMissing
        A mapped or required column is not in the source.
    """
    columns = columns_of(schema, source)
    wanted = {name: source.columns.get(name, name) for name in columns}
    missing = [
        wanted[name]
        for name, column in columns.items()
        if wanted[name] not in rows.columns
        and (name in source.columns or column.required)
        and not (name not in source.columns and (schema.name, name) in DERIVABLE)
    ]
    if missing:
        found = [name for name in rows.columns if name not in {ROW, "batch_id"}]
        raise ColumnMissing(schema.name, missing, found=found, path=source.path)
    return {name: column for name, column in wanted.items() if column in rows.columns}


def _convert(value: ir.Value, type_: str, source: SourceSettings) -> ir.Value:
    """Return `value` as the canonical type; NULL where it cannot be read."""
    if isinstance(value, ir.FloatingValue):
        value = value.nullif(float("nan"))
    if type_ == TEXT:
        return cast(ir.StringValue, value.cast("string")).strip().nullif("")
    if type_ == TIME:
        return _time(value, source.timestamp_format)
    if isinstance(value, ir.StringValue):
        value = _number_text(value, source)
    read = value.try_cast(type_)
    if type_ == NUMBER:
        number = cast(ir.FloatingValue, read)
        return (number.isnan() | number.isinf()).ifelse(ibis.null(NUMBER), number)
    return read


def _number_text(text: ir.StringValue, source: SourceSettings) -> ir.StringValue:
    """Return a number as programs write it: no blanks, no currency sign, a decimal point."""
    text = text.re_replace(_BLANKS_AND_CURRENCY_SIGNS, "")
    if source.thousands is not None:
        text = text.replace(source.thousands, "")
    if source.decimal != ".":
        text = text.replace(source.decimal, ".")
    return text.nullif("")


def _time(value: ir.Value, timestamp_format: str | None) -> ir.Value:
    """Return a UTC timestamp without zone; a text without offset is taken as UTC."""
    if isinstance(value, ir.TimestampValue | ir.DateValue):
        return value.cast(TIME)
    # A whole number such as 20240131 is a date by its format, not seconds since 1970.
    text = cast(ir.StringValue, value.cast("string")).strip().nullif("")
    if timestamp_format is not None:
        return try_strptime(text, timestamp_format).cast(TIME)
    # "17:41:00 -0500", as shops write it, is ISO 8601 but for its blank and its colon.
    text = text.re_replace(_OFFSET, r"\1\2:\3")
    return text.try_cast(dt.Timestamp(timezone="UTC")).cast(TIME)


@ibis.udf.scalar.builtin(signature=(("string", "string"), "timestamp"))  # type: ignore[untyped-decorator]
def try_strptime(text: str, timestamp_format: str) -> datetime:  # type: ignore[empty-body]
    """Read a time by its format; NULL where the text does not fit (DuckDB's function)."""


def _present(value: ir.Value) -> ir.BooleanValue:
    """Return whether there is something to read; blank text and NaN are nothing."""
    if isinstance(value, ir.FloatingValue):
        return cast(ir.BooleanValue, value.notnull() & ~value.isnan())
    if isinstance(value, ir.StringValue):
        return cast(ir.BooleanValue, value.strip().nullif("").notnull())
    return cast(ir.BooleanValue, value.notnull())


def _null(column: Column) -> ir.Value:
    return ibis.null(column.type)
