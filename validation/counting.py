"""Rules as questions to the engine: how many rows break them, all answered by a single query.

NULL breaks `nonnull` only, as everywhere in Great Expectations. Only counts leave the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import ibis.expr.types as ir
from ibis import _

ROW_COUNT = "table.row_count"


@dataclass(frozen=True)
class Question:
    """Asks how many rows break `rule`, or how many there are where it is `ROW_COUNT`."""

    rule: str
    column: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def count_rows(
    questions: Sequence[Question], *, table: ir.Table, tables: Mapping[str, ir.Table]
) -> list[int]:
    """Return one count per question. `tables` are those that a rule may refer to.

    Rules about single rows share one scan; a rule about many rows is a table of one row, and all
    these are joined side by side, so that any number of questions stays one query.
    """
    scan: dict[str, ir.IntegerScalar] = {}
    others: list[ir.Table] = []
    for number, question in enumerate(questions):
        name = f"count_{number}"
        if question.rule == ROW_COUNT:
            scan[name] = table.count()
        elif question.rule in BROKEN_ROW:
            broken = BROKEN_ROW[question.rule](table[question.column], **question.parameters)
            scan[name] = table.count(where=broken)
        else:
            values = table.select(value=question.column).filter(_.value.notnull())
            count = BROKEN_SET[question.rule](values, tables, **question.parameters)
            others.append(count.rename({name: "count"}))
    sides = [table.aggregate(**scan), *others] if scan else others
    answers = reduce(ir.Table.cross_join, sides).to_pyarrow().to_pylist()[0]
    return [answers[f"count_{number}"] for number in range(len(questions))]


def _is_outside(
    column: ir.Column,
    *,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> ir.BooleanValue:
    sides: list[ir.BooleanValue] = []
    if min_value is not None:
        sides.append(column <= min_value if strict_min else column < min_value)
    if max_value is not None:
        sides.append(column >= max_value if strict_max else column > max_value)
    return reduce(lambda left, right: left | right, sides)


def _count_repeated(values: ir.Table, _tables: Mapping[str, ir.Table]) -> ir.Table:
    """Count every row whose value occurs more than once, not only the second one."""
    groups = values.group_by("value").aggregate(size=_.count())
    # The sum over no group at all is NULL.
    return groups.aggregate(count=_.size.sum(where=_.size > 1).fill_null(0))


def _count_unknown(
    values: ir.Table,
    tables: Mapping[str, ir.Table],
    *,
    referred_table: str,
    referred_column: str,
) -> ir.Table:
    known = tables[referred_table].select(known=referred_column)
    return values.anti_join(known, [("value", "known")]).aggregate(count=_.count())


BROKEN_ROW: Mapping[str, Callable[..., ir.BooleanValue]] = {
    "column_values.nonnull": lambda column: column.isnull(),
    "column_values.between": _is_outside,
    "column_values.in_set": lambda column, *, value_set: column.notin(value_set),
}
BROKEN_SET: Mapping[str, Callable[..., ir.Table]] = {
    "column_values.unique": _count_repeated,
    "column_values.refer_to": _count_unknown,
}
RULES = BROKEN_ROW.keys() | BROKEN_SET.keys()
