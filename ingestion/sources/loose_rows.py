"""Keeps rows of columns without declared types until all were seen and the types are known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

# An integer up to here is the same number as a float.
_EXACT = 2**53
_LONG = 2**63

# Decimals have 38 digits; these many may stand on either side of the point.
_DIGITS_BEFORE, _DIGITS_BEHIND = 20, 18

_SINGLE = {
    "truth": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "day": pa.date32(),
    "time": pa.timestamp("us"),
    "zoned": pa.timestamp("us", "UTC"),
}


class LooseRows:
    """Rows in a file, chunk by chunk; each chunk has the types that its values allow.

    A column whose values are all of one kind has the type of that kind; integers and other numbers
    are float64 together, if that changes none. All else is text. NaN and infinity are NULL.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path, self._columns = path, columns
        self._kinds: list[set[str]] = [set() for _ in columns]
        self._sink = pa.OSFile(str(path), "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sink.close()
        self._path.unlink(missing_ok=True)

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Add a chunk of rows."""
        arrays = []
        for seen, values in zip(self._kinds, zip(*rows, strict=True), strict=True):
            kinds = [_kind(value) for value in values]
            present = [value if kind else None for value, kind in zip(values, kinds, strict=True)]
            seen.update(filter(None, kinds))
            arrays.append(_array(present, _type(set(filter(None, kinds)))))
        chunk = pa.RecordBatch.from_arrays(arrays, names=list(self._columns))
        with pa.ipc.new_stream(self._sink, chunk.schema) as stream:
            stream.write_batch(chunk)

    def schema(self) -> pa.Schema:
        """Return the types that hold all rows written so far."""
        types = [_type(kinds) for kinds in self._kinds]
        return pa.schema(list(zip(self._columns, types, strict=True)))

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows again, all in one schema; nothing can be added afterwards."""
        self._sink.close()
        with pa.OSFile(str(self._path)) as source:
            while source.tell() < source.size():
                with pa.ipc.open_stream(source) as stream:
                    for chunk in stream:
                        yield chunk.cast(schema)


def _kind(value: object) -> str:  # noqa: PLR0911 - one line for each kind
    """Return what a value is; nothing for NULL and for what counts as NULL."""
    match value:
        case None:
            return ""
        case bool():
            return "truth"
        case int():
            return "integer" if abs(value) <= _EXACT else "long" if abs(value) < _LONG else "text"
        case float():
            return "number" if math.isfinite(value) else ""
        case Decimal():
            return _kind_of_decimal(value) if value.is_finite() else ""
        case datetime():
            return "time" if value.tzinfo is None else "zoned"
        case date():
            return "day"
        case _:
            return "text"


def _kind_of_decimal(value: Decimal) -> str:
    places = max(0, -int(value.as_tuple().exponent))
    fits = places <= _DIGITS_BEHIND and value.adjusted() < _DIGITS_BEFORE
    return f"decimal {places:02}" if fits else "text"


def _type(kinds: set[str]) -> pa.DataType:
    """Return the type that holds values of all these kinds."""
    if len(kinds) == 1 and kinds <= _SINGLE.keys():
        return _SINGLE[next(iter(kinds))]
    if kinds and kinds <= {"integer", "long"}:
        return pa.int64()
    if kinds == {"integer", "number"}:
        return pa.float64()
    if kinds and all(kind.startswith("decimal") for kind in kinds):
        return pa.decimal128(_DIGITS_BEFORE + _DIGITS_BEHIND, int(max(kinds)[-2:]))
    return pa.string()


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([None if value is None else _written(value) for value in values], kind)
    return pa.array(values, kind)


def _written(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
