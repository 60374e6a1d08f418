r"""Turns what PostgreSQL sends for COPY (FORMAT binary) into Arrow columns, many rows at once.

A row is the number of its fields (int16), then per field the length in bytes (int32, -1 is NULL)
and the value, all big-endian; see "Binary Format" in PostgreSQL's manual of COPY. Every message of
the server is one row, so the starts of rows are known; from there NumPy follows the fields column
by column. Binary costs server and reader less than CSV, and needs no quoting: NULL, empty text,
quotes and line ends cannot be mistaken for each other.

What no column can hold becomes NULL: infinite times, and numbers that are infinite or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Before the first row: 11 bytes of signature, 4 of flags, 4 that say no extension follows.
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
# After the last row: the number of fields -1.
TRAILER = b"\xff\xff"

# Values are fetched in whole words, where there are none too; behind the last must be something.
_PADDING = bytes(64)

_DAYS_TO_2000 = 10_957
_MICROSECONDS_TO_2000 = _DAYS_TO_2000 * 86_400_000_000

# A numeric is written in digits to the base 10,000. Its sign says if it is a number at all.
_BASE = 10_000
_MINUS, _NO_NUMBER = 0x4000, 0xC000
# Keeps the first 0 to 4 of the four digits in a word.
_FIRST_DIGITS = np.array([0, -1 << 48, -1 << 32, -1 << 16, -1], np.int64)

Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


class GarbledCopy(Exception):
    """The stream is not made as its format says."""


@dataclass(frozen=True)
class _Fields:
    """One field of all rows of a block: where its values start and end, and which rows lack it."""

    block: bytearray
    starts: Integers
    lengths: Integers
    absent: Truths


def decode(block: bytearray, sizes: list[int], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `block`, which are `sizes` bytes long, as columns of `schema`.

    A column holds text, int64, float64, boolean, date32, timestamp or decimal. A decimal of more
    than 18 digits is sent as text. The block is lengthened and must not be changed afterwards.

    Raises
    ------
    GarbledCopy
        A row does not have the fields of the schema.
    """
    block += _PADDING
    long = np.array(sizes, np.int64)
    ends = np.cumsum(long)
    starts = ends - long
    columns = []
    try:
        if (_words(block, starts, ">i2") != len(schema)).any():
            raise GarbledCopy
        starts += 2
        for field in schema:
            lengths = _words(block, starts, ">i4")
            absent = lengths < 0
            if absent.any():
                lengths = np.maximum(lengths, 0)
            starts += 4
            columns.append(_column(_Fields(block, starts, lengths, absent), field.type))
            starts += lengths
    except IndexError:
        starts = ends + 1
    if (starts != ends).any():
        raise GarbledCopy
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(fields: _Fields, kind: pa.DataType) -> pa.Array:
    absent = fields.absent
    if pa.types.is_string(kind) or pa.types.is_decimal128(kind):
        return _text(fields).cast(kind)
    if pa.types.is_boolean(kind):
        return _array(_words(fields.block, fields.starts, "u1"), absent, pa.uint8()).cast(kind)
    if pa.types.is_decimal(kind):
        values, absent = _decimals(fields, kind)
    elif pa.types.is_date(kind):
        values, absent = _since_2000(fields, ">i4", epoch=_DAYS_TO_2000)
    elif pa.types.is_timestamp(kind):
        values, absent = _since_2000(fields, ">i8", epoch=_MICROSECONDS_TO_2000)
    elif pa.types.is_floating(kind):
        values = _words(fields.block, fields.starts, ">f8")
        absent = absent | ~np.isfinite(values)
    else:
        values = _words(fields.block, fields.starts, ">i8")
    return _array(values, absent, kind)


def _since_2000(fields: _Fields, dtype: str, *, epoch: int) -> tuple[Integers, Truths]:
    """Return times as Arrow counts them, from 1970, and which are absent.

    Infinite ones are the ends of the scale. Arrow's ends 30 years earlier, in the year 294,246.
    """
    values = _words(fields.block, fields.starts, dtype)
    absent = fields.absent
    lowest, highest = np.iinfo(values.dtype).min, np.iinfo(values.dtype).max
    if values.min() == lowest or values.max() > highest - epoch:
        absent = absent | (values == lowest) | (values > highest - epoch)
    values += values.dtype.type(epoch)
    return values, absent


def _words(block: bytearray, positions: Integers, dtype: str) -> Integers:
    """Return the words of `dtype` that start at `positions`, which need not be aligned.

    The words keep their width; to the checker of types they are all alike.
    """
    word = np.dtype(dtype)
    everywhere = np.ndarray((len(block) - word.itemsize + 1,), word, block, strides=(1,))
    return cast(Integers, everywhere[positions].astype(word.newbyteorder("=")))


def _array(values: Integers, absent: Truths, kind: pa.DataType) -> pa.Array:
    present = None
    if absent.any():
        present = pa.py_buffer(np.packbits(~absent, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [present, pa.py_buffer(values)])


def _text(fields: _Fields) -> pa.Array:
    """Return the bytes of fields as text; the server has made sure that they are UTF-8."""
    rows = len(fields.starts)
    # Arrow parts its bytes into texts without gaps. Let what lies between two fields be a text too
    # and take every other one: the copying is then Arrow's, not a loop over bytes.
    bounds = np.empty(2 * rows + 1, np.int32)
    bounds[0:-1:2] = fields.starts
    bounds[1::2] = fields.starts + fields.lengths
    bounds[-1] = len(fields.block)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(fields.block)]
    wanted = pa.array(np.arange(0, 2 * rows, 2), mask=fields.absent)
    return pa.Array.from_buffers(pa.string(), 2 * rows, buffers).take(wanted)


def _decimals(fields: _Fields, kind: pa.DataType) -> tuple[Integers, Truths]:
    """Return numerics in units of the last decimal place, and which are absent or no numbers."""
    worth, highest = _worth_of_digits(kind.precision, kind.scale)
    # The number of digits, the power of the base of the first one, sign, and decimal places.
    head = _words(fields.block, fields.starts, ">i8")
    head[fields.absent] = 0
    count, power = head >> 48, (head << 16) >> 48
    sign = (head >> 16) & 0xFFFF
    row = (highest - power) * _BASE
    total = np.zeros(len(head), np.int64)
    most = int(count.max(initial=0))
    for first in range(0, most, 4):
        four = _words(fields.block, fields.starts + 8 + 2 * first, ">i8")
        four &= _FIRST_DIGITS.take(np.clip(count - first, 0, 4))
        for place in range(min(4, most - first)):
            digit = (four >> (48 - 16 * place)) & 0xFFFF
            digit += row
            # Digits that are not there are 0; their rows may lie beyond the table, at its ends.
            total += worth.take(digit, mode="clip")
            row += _BASE
    np.negative(total, out=total, where=sign == _MINUS)
    return total, fields.absent | (sign >= _NO_NUMBER)


@cache
def _worth_of_digits(precision: int, scale: int) -> tuple[Integers, int]:
    """Return what each digit is worth at each power of the base, the highest first.

    The flat table holds `_BASE` entries per power, in units of the last decimal place, and begins
    and ends with 0. With it comes the highest power.
    """
    highest = -((scale - precision) // 4) - 1
    lowest = -scale // 4
    digits = range(_BASE)
    rows = []
    for power in range(highest, lowest - 1, -1):
        exponent = 4 * power + scale
        unit = 10 ** abs(exponent)
        rows.append([digit * unit if exponent >= 0 else digit // unit for digit in digits])
    limit = 2**63 - 1
    flat = [min(value, limit) for row in rows for value in row]
    return np.array([*flat, 0], np.int64), highest
