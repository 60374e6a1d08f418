"""What the columns of an unknown table hold, in aggregates only: no value is ever part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import ibis.expr.types as ir

from ingestion.shapes import DATE_FORMATS, as_text, read_number, read_time, shapes

# A column is what nearly all of its values are; the rest are faults that a run will name.
_NEARLY_ALL = 0.9

# Enough to tell a date from a number; reading every value in every way takes minutes.
_SAMPLE_ROWS = 20_000

# A query over hundreds of columns takes longer to plan than to run.
_COLUMNS_AT_ONCE = 16

# Longer whole numbers are telephone or account numbers more often than counts.
_LONGEST_COUNT = 8

# The extremes of fewer values are the values themselves.
_FEWEST = 5

_LOOKS = {"e-mail": "emails", "phone": "phones", "postcode": "postcodes"}

Item = TypeVar("Item")


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    Attributes
    ----------
    kind
        `empty`, `date`, `whole number`, `number` or `text`: what nearly all values can be read as.
    looks_like
        `e-mail`, `phone` or `postcode`, where nearly all values do.
    lengths
        Characters of the shortest and the longest value.
    formats
        The formats that fit most dates; None is ISO 8601. Several, where the values do not tell.
    decimal
        Decimal sign of the numbers; None where none has decimals.
    dates, numbers
        First and last date; least and greatest number. None where these may name somebody.
    """

    name: str
    rows: int
    present: int
    distinct: int
    kind: str
    looks_like: str | None = None
    lengths: tuple[int, int] | None = None
    formats: tuple[str | None, ...] = ()
    decimal: str | None = None
    dates: tuple[datetime, datetime] | None = None
    numbers: tuple[float, float] | None = None

    @property
    def missing_share(self) -> float:
        """Share of rows without a value, 0 to 1."""
        return 1 - self.present / self.rows if self.rows else 0.0

    @property
    def is_unique(self) -> bool:
        """Whether no value comes twice."""
        return self.present > 0 and self.distinct == self.present


def profile_columns(rows: ir.Table) -> list[ColumnProfile]:
    """Return the profile of every column, in the order of the table.

    What values can be read as is judged by the first of them; all else counts every row.
    """
    counted = [one for names in _in_parts(rows.columns) for one in _count(rows, names)]
    filled = [one for one in counted if one.present]
    sample = rows.limit(_SAMPLE_ROWS)
    judged = [one for part in _in_parts(filled) for one in _judge(sample, part)]
    dated = [one for part in _in_parts(judged) for one in _find_formats(sample, part)]
    known = {one.name: one for part in _in_parts(dated) for one in _span(rows, part)}
    return [known.get(one.name, one) for one in counted]


def _count(rows: ir.Table, names: Sequence[str]) -> Iterator[ColumnProfile]:
    texts = {name: as_text(rows[name]) for name in names}
    found = _measure(
        rows,
        {
            name: {
                "present": text.count(), "distinct": text.nunique(),
                "shortest": text.length().min(), "longest": text.length().max(),
                "rows": rows.count(),
            }
            for name, text in texts.items()
        },
    )  # fmt: skip
    for name, counts in found.items():
        lengths = (counts["shortest"], counts["longest"]) if counts["present"] else None
        yield ColumnProfile(
            name, counts["rows"], counts["present"], counts["distinct"], "empty", lengths=lengths
        )


def _judge(sample: ir.Table, columns: Sequence[ColumnProfile]) -> Iterator[ColumnProfile]:
    """Add what the values can be read as, and look like."""
    texts = {one.name: as_text(sample[one.name]) for one in columns}
    found = _measure(
        sample,
        {
            name: {"present": text.count()} | {s: is_so.sum() for s, is_so in shapes(text).items()}
            for name, text in texts.items()
        },
    )
    for column in columns:
        counts = {shape: count or 0 for shape, count in found[column.name].items()}
        nearly_all = max(1, _NEARLY_ALL * counts["present"])
        mostly = {shape for shape, count in counts.items() if count >= nearly_all}
        looks_like = next((word for word, shape in _LOOKS.items() if shape in mostly), None)
        kind, decimal = "text", None
        if "dates" in mostly:
            kind = "date"
        elif mostly & {"point", "comma"} and looks_like != "phone":
            has_decimals = max(counts["point"], counts["comma"]) > counts["whole"]
            kind = "number" if has_decimals else "whole number"
            if has_decimals:
                decimal = "." if counts["point"] >= counts["comma"] else ","
        yield replace(column, kind=kind, looks_like=looks_like, decimal=decimal)


def _find_formats(sample: ir.Table, columns: Sequence[ColumnProfile]) -> Iterator[ColumnProfile]:
    """Add the formats that read most of the dates; a column that none reads is text."""
    texts = {one.name: as_text(sample[one.name]) for one in columns if one.kind == "date"}
    found = _measure(
        sample,
        {
            name: {str(n): read_time(text, one).count() for n, one in enumerate(DATE_FORMATS)}
            for name, text in texts.items()
        },
    )
    for column in columns:
        if column.kind != "date":
            yield column
            continue
        read = [found[column.name][str(number)] for number in range(len(DATE_FORMATS))]
        formats = [one for one, count in zip(DATE_FORMATS, read, strict=True) if count == max(read)]
        yield replace(column, formats=tuple(formats)) if max(read) else replace(column, kind="text")


def _span(rows: ir.Table, columns: Sequence[ColumnProfile]) -> Iterator[ColumnProfile]:
    """Add first and last, least and greatest."""
    readings: dict[str, ir.Value] = {}
    for column in columns:
        value = rows[column.name]
        if column.kind == "text" or _may_name_somebody(column):
            continue
        if isinstance(value, ir.NumericValue | ir.TimestampValue):
            readings[column.name] = value
        elif column.kind == "date":
            readings[column.name] = read_time(as_text(value), column.formats[0])
        else:
            readings[column.name] = read_number(as_text(value), column.decimal or ".")
    found = _measure(
        rows,
        {name: {"first": one.min(), "last": one.max()} for name, one in readings.items()},
    )
    for column in columns:
        span = found.get(column.name)
        if span is None or span["first"] is None:
            yield column
        elif column.kind == "date":
            yield replace(column, dates=(span["first"], span["last"]))
        else:
            yield replace(column, numbers=(span["first"], span["last"]))


def _measure(
    rows: ir.Table, measures: Mapping[str, Mapping[str, ir.Scalar]]
) -> dict[str, dict[str, Any]]:
    """Return column -> measure -> its value, of one query."""
    numbered = {name: number for number, name in enumerate(measures)}
    flat = {
        f"{numbered[name]} {measure}": value
        for name, of_column in measures.items()
        for measure, value in of_column.items()
    }
    found = rows.aggregate(**flat).to_pyarrow().to_pylist()[0] if flat else {}
    return {
        name: {measure: found[f"{numbered[name]} {measure}"] for measure in of_column}
        for name, of_column in measures.items()
    }


def _may_name_somebody(column: ColumnProfile) -> bool:
    """Return whether the extremes of a column would tell something of one person."""
    if column.looks_like is not None or column.present < _FEWEST:
        return True
    if re.search(r"birth|geburt", column.name, re.IGNORECASE):
        return True
    return column.kind == "whole number" and (column.lengths or (0, 0))[1] > _LONGEST_COUNT


def _in_parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _COLUMNS_AT_ONCE):
        yield items[start : start + _COLUMNS_AT_ONCE]
