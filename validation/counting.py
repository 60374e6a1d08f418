"""Rules as questions to the engine: how many rows break them, nearly always by a single query.

NULL breaks the rules of presence only, as everywhere in Great Expectations. Only counts leave the
engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from contracts.staged import FAULTS
from validation.references import References, unknown_values

ROW_COUNT = "table.row_count"
PRESENT = "column_values.present"
READABLE = "column_values.readable"
UNIQUE = "column_values.unique"
REFER_TO = "column_values.refer_to"


@dataclass(frozen=True)
class Question:
    """Asks how many rows break `rule`, or how many there are where it is `ROW_COUNT`."""

    rule: str
    column: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def count_rows(
    questions: Sequence[Question], *, table: ir.Table, references: References
) -> list[int]:
    """Return one count per question.

    Rules about single rows share one scan; a rule about many rows is a table of one row, and all
    these are joined side by side, so that any number of questions stays one query. Where a column
    that should be unique is not, a second query counts the rows that share a value.
    """
    scan: dict[str, ir.IntegerScalar] = {}
    others: list[ir.Table] = []
    for number, question in enumerate(questions):
        name = f"count_{number}"
        if question.rule == ROW_COUNT:
            scan[name] = table.count()
        elif question.rule == PRESENT:
            # What could not be read is NULL, and yet there. Both are counted anyway.
            unread = table.count(where=is_unreadable(table, question.column))
            scan[name] = table.count(where=_is_missing(table, question.column)) - unread
        elif question.rule in BROKEN_ROW:
            broken = BROKEN_ROW[question.rule](table, question.column, **question.parameters)
            scan[name] = table.count(where=broken)
        else:
            values = _values(table, question.column)
            count = BROKEN_SET[question.rule](values, references, **question.parameters)
            others.append(count.rename({name: "count"}))
    answers = _ask([table.aggregate(**scan), *others] if scan else others)
    counts = [answers[f"count_{number}"] for number in range(len(questions))]
    repeated = {
        number: question.column
        for number, question in enumerate(questions)
        if question.rule == UNIQUE and counts[number]
    }
    if repeated:
        exact = _ask([_repeated(table, column) for column in repeated.values()])
        for number, column in repeated.items():
            counts[number] = exact[column]
    return counts


def is_unreadable(table: ir.Table, column: str) -> ir.BooleanValue:
    """Return whether `faults` says so; NULL of a row without any."""
    # The commas keep `order_id:unreadable` from being found in `parent_order_id:unreadable`.
    return ("," + table[FAULTS] + ",").contains(f",{column}:unreadable,")


def _ask(sides: Sequence[ir.Table]) -> dict[str, int]:
    """Return the one row of tables of one row each, side by side."""
    row: dict[str, int] = reduce(ir.Table.cross_join, sides).to_pyarrow().to_pylist()[0]
    return row


def _values(table: ir.Table, column: str) -> ir.Table:
    return table.select(value=column).filter(_.value.notnull())


@ibis.udf.scalar.builtin(name="hash", signature=((dt.string,), dt.uint64))  # type: ignore[untyped-decorator]
def _hashed(value: ir.StringValue) -> ir.IntegerValue:
    """Return the engine's own hash; what Ibis makes of it costs as much as the counting."""


def _count_surplus(values: ir.Table, _references: References) -> ir.Table:
    """Count how many values are one too many: 0 where none repeats.

    Equal values have equal hashes, so 0 is exact. Grouped by their texts, the keys of a large
    delivery would not fit into memory beside the other counts; their hashes do.
    """
    return values.aggregate(count=_.count() - _hashed(values.value.cast("string")).nunique())


def _repeated(table: ir.Table, column: str) -> ir.Table:
    """Count every row whose value occurs more than once, not only the second one."""
    groups = _values(table, column).group_by("value").aggregate(size=_.count())
    # The sum over no group at all is NULL.
    return groups.aggregate(_.size.sum(where=_.size > 1).fill_null(0).name(column))


def _count_unknown(
    values: ir.Table, references: References, *, referred_table: str, referred_column: str
) -> ir.Table:
    """Count the rows whose value stands in none of the referred tables."""
    unknown = unknown_values(values, "value", references[referred_table], column=referred_column)
    return unknown.aggregate(count=_.size.sum().fill_null(0))


def _is_missing(table: ir.Table, column: str) -> ir.BooleanValue:
    return table[column].isnull()


def _is_outside(  # noqa: PLR0913 - the parameters of the expectation
    table: ir.Table,
    column: str,
    *,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> ir.BooleanValue:
    value = table[column]
    sides: list[ir.BooleanValue] = []
    if min_value is not None:
        sides.append(value <= min_value if strict_min else value < min_value)
    if max_value is not None:
        sides.append(value >= max_value if strict_max else value > max_value)
    return reduce(lambda left, right: left | right, sides)


def _is_off_list(table: ir.Table, column: str, *, value_set: Sequence[Any]) -> ir.BooleanValue:
    return table[column].notin(value_set)


def _lacks_form(table: ir.Table, column: str, *, regex: str) -> ir.BooleanValue:
    return ~table[column].cast("string").re_search(regex)


BROKEN_ROW: Mapping[str, Callable[..., ir.BooleanValue]] = {
    "column_values.nonnull": _is_missing,
    "column_values.between": _is_outside,
    "column_values.in_set": _is_off_list,
    "column_values.match_regex": _lacks_form,
    READABLE: is_unreadable,
}
BROKEN_SET: Mapping[str, Callable[..., ir.Table]] = {
    UNIQUE: _count_surplus,
    REFER_TO: _count_unknown,
}
RULES = {PRESENT, *BROKEN_ROW, *BROKEN_SET}
