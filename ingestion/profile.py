"""What the columns of an unknown table hold, in aggregates only: no value is ever part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import ibis.expr.types as ir

from ingestion.shapes import DATE_FORMATS, as_text, read_number, read_time, shapes

# A column is what nearly all of its values are; the rest are faults that a run will name.
_NEARLY_ALL = 0.9

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
    """Return the profile of every column, in the order of the table."""
    present = {str(number): as_text(rows[name]).count() for number, name in enumerate(rows.columns)}
    counts = rows.aggregate(rows=rows.count(), **present).to_pyarrow().to_pylist()[0]
    filled = [name for number, name in enumerate(rows.columns) if counts[str(number)]]
    shaped = {one.name: one for names in _in_parts(filled) for one in _shape(rows, names)}
    measured = [one for one in shaped.values() if one.kind != "text"]
    shaped |= {one.name: one for part in _in_parts(measured) for one in _span(rows, part)}
    empty = {name: ColumnProfile(name, counts["rows"], 0, 0, "empty") for name in rows.columns}
    return [shaped.get(name, empty[name]) for name in rows.columns]


def _shape(rows: ir.Table, names: Sequence[str]) -> Iterator[ColumnProfile]:
    measures: dict[str, ir.Scalar] = {"rows": rows.count()}
    for position, name in enumerate(names):
        text = as_text(rows[name])
        measures |= {
            f"{position} present": text.count(),
            f"{position} distinct": text.nunique(),
            f"{position} shortest": text.length().min(),
            f"{position} longest": text.length().max(),
        }
        for shape, has_it in shapes(text).items():
            measures[f"{position} {shape}"] = has_it.sum()
    found = rows.aggregate(**measures).to_pyarrow().to_pylist()[0]
    for position, name in enumerate(names):
        counts = {
            measure.partition(" ")[2]: count or 0
            for measure, count in found.items()
            if measure.startswith(f"{position} ")
        }
        yield _judge(name, found["rows"], counts)


def _judge(name: str, rows: int, counts: dict[str, int]) -> ColumnProfile:
    """Return what the counts of shapes say of a column."""
    present = counts["present"]
    mostly = {shape for shape, count in counts.items() if 0 < present * _NEARLY_ALL <= count}
    looks_like = next((word for word, shape in _LOOKS.items() if shape in mostly), None)
    decimal = None
    if "dates" in mostly:
        kind = "date"
    elif mostly & {"point", "comma"} and looks_like != "phone":
        decimal = "." if counts["point"] >= counts["comma"] else ","
        has_decimals = max(counts["point"], counts["comma"]) > counts["whole"]
        kind, decimal = ("number", decimal) if has_decimals else ("whole number", None)
    else:
        kind = "text"
    return ColumnProfile(
        name=name, rows=rows, present=present, distinct=counts["distinct"], kind=kind,
        looks_like=looks_like, decimal=decimal,
        lengths=(counts["shortest"], counts["longest"]),
    )  # fmt: skip


def _span(rows: ir.Table, columns: Sequence[ColumnProfile]) -> Iterator[ColumnProfile]:
    """Add first and last, least and greatest."""
    measures: dict[str, ir.Scalar] = {}
    for position, column in enumerate(columns):
        text = as_text(rows[column.name])
        for number, value in enumerate(_readings(text, column)):
            key = f"{position} {number}"
            measures |= {
                f"{key} read": value.count(), f"{key} min": value.min(), f"{key} max": value.max(),
            }  # fmt: skip
    found = rows.aggregate(**measures).to_pyarrow().to_pylist()[0]
    for position, column in enumerate(columns):
        if column.kind == "date":
            read = [found[f"{position} {number} read"] for number in range(len(DATE_FORMATS))]
            best = max(read)
            fitting = [number for number, count in enumerate(read) if count == best]
            first = f"{position} {fitting[0]}"
            if best < _NEARLY_ALL * column.present:
                yield replace(column, kind="text")
                continue
            yield replace(
                column,
                formats=tuple(DATE_FORMATS[number] for number in fitting),
                dates=None
                if _may_name_somebody(column)
                else (found[f"{first} min"], found[f"{first} max"]),
            )
        elif column.looks_like is None and not _may_name_somebody(column):
            least, greatest = found[f"{position} 0 min"], found[f"{position} 0 max"]
            yield replace(column, numbers=(least, greatest))
        else:
            yield column


def _readings(text: ir.StringValue, column: ColumnProfile) -> list[ir.Value]:
    if column.kind == "date":
        return [read_time(text, timestamp_format) for timestamp_format in DATE_FORMATS]
    return [read_number(text, column.decimal or ".")]


def _may_name_somebody(column: ColumnProfile) -> bool:
    """Return whether the extremes of a column would tell something of one person."""
    if column.present < _FEWEST or re.search(r"birth|geburt", column.name, re.IGNORECASE):
        return True
    return column.kind == "whole number" and (column.lengths or (0, 0))[1] > _LONGEST_COUNT


def _in_parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _COLUMNS_AT_ONCE):
        yield items[start : start + _COLUMNS_AT_ONCE]
