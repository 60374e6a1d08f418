"""Columns of canonical tables, made of whole arrays at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from contracts.schema import FLAG, MONEY, NUMBER, TEXT, TIME, WHOLE
from contracts.tables import TABLES
from simulation.drawing import Bools, Floats, Ints

DAY_SECONDS = 86_400

_TYPES = {
    TEXT: pa.string(), TIME: pa.timestamp("s"), MONEY: pa.decimal128(18, 2),
    NUMBER: pa.float64(), WHOLE: pa.int64(), FLAG: pa.bool_(),
}  # fmt: skip


def canonical(name: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return the canonical table `name`, with its columns in their order.

    Raises
    ------
    ValueError
        A column is missing or unknown, or has another type.
    """
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in TABLES[name].columns])
    return pa.Table.from_pydict(dict(columns), schema=schema)


def numbered(prefix: str, numbers: Ints, *, digits: int = 0) -> pa.Array:
    """Return ids: a prefix and a number, with leading zeros up to so many digits."""
    text = pc.cast(pa.array(numbers), pa.string())
    if digits:
        text = pc.utf8_lpad(text, width=digits, padding="0")
    return pc.binary_join_element_wise(prefix, text, "")


def named(names: Sequence[str | None], codes: Ints) -> pa.Array:
    """Return the names at the positions `codes`."""
    return pa.array(names, pa.string()).take(pa.array(codes))


def money(cents: Ints) -> pa.Array:
    """Return amounts of money, given in cents."""
    words = np.column_stack([cents, cents >> 63]).astype("<i8")
    return pa.Array.from_buffers(_TYPES[MONEY], len(cents), [None, pa.py_buffer(words.tobytes())])


def times(start: date, days: Ints, seconds: Ints | int = 0) -> pa.Array:
    """Return the times so many days, and seconds, after the start of the day `start`."""
    first = np.datetime64(start, "s").astype(np.int64)
    return pa.array(first + days * DAY_SECONDS + seconds, pa.int64()).cast(_TYPES[TIME])


def dates(start: date, days: Floats) -> pa.Array:
    """Return the dates so many days after `start`; NULL for infinity."""
    is_known = np.isfinite(days)
    whole = np.where(is_known, days, 0).astype(np.int32)
    first = np.datetime64(start, "D").astype(np.int32)
    return pa.array((first + whole).astype(np.int32), pa.int32(), mask=~is_known).cast(pa.date32())


def where(is_known: Bools, values: pa.Array) -> pa.Array:
    """Return the values that are known; NULL for the others."""
    return pc.if_else(pa.array(is_known), values, pa.scalar(None, values.type))


def constant(value: str | None, rows: int) -> pa.Array:
    """Return one text, or NULL, so many times."""
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def numbers(values: npt.NDArray[np.generic]) -> pa.Array:
    """Return numbers or truth values as a column."""
    return pa.array(values)
