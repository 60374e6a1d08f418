"""Rules as questions to the engine: how many rows break them, nearly always by a single query.

NULL breaks `nonnull` only, as everywhere in Great Expectations. Only counts leave the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import ibis.expr.types as ir
from ibis import _

from validation.faults import FAULTS, says

ROW_COUNT = "table.row_count"
UNIQUE = "column_values.unique"
REFER_TO = "column_values.refer_to"

# Table name -> tables whose rows, together, are what a rule may refer to under that name.
References = Mapping[str, Sequence[ir.Table]]


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
    sides: list[ir.Table] = []
    scan: dict[str, ir.IntegerScalar] = {}
    for number, question in enumerate(questions):
        name = f"count_{number}"
        if question.rule == ROW_COUNT:
            scan[name] = table.count()
        elif question.rule == UNIQUE:
            scan[name] = _surplus(table[question.column])
        elif question.rule == REFER_TO:
            sides.append(_unknown(question, table, references).rename({name: "count"}))
        else:
            broken = BROKEN_ROW[question.rule](table, question.column, **question.parameters)
            scan[name] = table.count(where=broken)
    answers = _ask([table.aggregate(**scan), *sides] if scan else sides)
    counts = [answers[f"count_{number}"] for number in range(len(questions))]
    repeated = [
        number
        for number, question in enumerate(questions)
        if question.rule == UNIQUE and counts[number]
    ]
    if repeated:
        exact = _ask([_repeated(table, questions[number].column) for number in repeated])
        for number in repeated:
            counts[number] = exact[questions[number].column]
    return counts


def _ask(sides: Sequence[ir.Table]) -> dict[str, int]:
    """Return the one row of tables of one row each, side by side."""
    row: dict[str, int] = reduce(ir.Table.cross_join, sides).to_pyarrow().to_pylist()[0]
    return row


def _surplus(column: ir.Column) -> ir.IntegerScalar:
    """Return how many values are one too many: 0 if, and but for chance only if, none repeats.

    Equal values have equal hashes, so 0 is exact; a hash is smaller to count than a text. The rows
    of a value that repeats, every one and not only the second, are left to another query: grouping
    costs a quarter more than counting, and good deliveries need none of it.
    """
    return column.count() - column.hash().nunique(where=column.notnull())


def _repeated(table: ir.Table, column: str) -> ir.Table:
    """Count every row whose value occurs more than once."""
    values = table.select(value=column).filter(_.value.notnull())
    groups = values.group_by("value").aggregate(size=_.count())
    # The sum over no group at all is NULL.
    return groups.aggregate(_.size.sum(where=_.size > 1).fill_null(0).name(column))


def _unknown(question: Question, table: ir.Table, references: References) -> ir.Table:
    """Count the rows whose value stands in none of the referred tables."""
    values = table.select(value=question.column).filter(_.value.notnull())
    referred = question.parameters["referred_column"]
    for target in references[question.parameters["referred_table"]]:
        values = values.anti_join(target.select(known=referred), [("value", "known")])
    return values.aggregate(count=_.count())


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


def _is_unreadable(table: ir.Table, column: str) -> ir.BooleanValue:
    return says(table[FAULTS], f"{column}:unreadable")


BROKEN_ROW: Mapping[str, Callable[..., ir.BooleanValue]] = {
    "column_values.nonnull": _is_missing,
    "column_values.between": _is_outside,
    "column_values.in_set": _is_off_list,
    "column_values.match_regex": _lacks_form,
    "column_values.readable": _is_unreadable,
}
RULES = BROKEN_ROW.keys() | {UNIQUE, REFER_TO}
