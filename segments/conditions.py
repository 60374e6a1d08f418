"""Conditions of segments: a small language over score columns, read from text, never run as code.

    lifecycle_stage = 'at_risk' AND is_valuable AND churn_probability BETWEEN 0.2 AND 0.6

The text is parsed by sqlglot as an SQL condition. Of what SQL has, only what stands in `_BUILD` is
taken, and only over named columns; each part becomes an Ibis expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot
from ibis import _
from ibis.common.deferred import Deferred
from sqlglot import exp

_LONGEST = 2_000

Value = ir.Value | Deferred


class BadCondition(ValueError):
    """What is wrong with the text of a condition, for the person who wrote it."""


def read_condition(text: str, columns: Mapping[str, str]) -> Deferred:
    """Return the condition that a text states of a row.

    `columns` says column -> type. NULL meets no comparison, as in SQL.

    Raises
    ------
    BadCondition
        It cannot be read, takes what is not allowed, or names a column that is not there.
    """
    if len(text) > _LONGEST:
        raise BadCondition(f"is longer than {_LONGEST:,} characters")
    try:
        parsed = sqlglot.parse(text, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise BadCondition(f"cannot be read: {_first_line(error)}") from error
    if len(parsed) != 1 or parsed[0] is None:
        raise BadCondition("is not one condition")
    return _bound(parsed[0], columns)


def _bound(parsed: exp.Expr, columns: Mapping[str, str]) -> Deferred:
    """Return what the text states, after binding it to a table of these columns.

    Types that do not fit, and numbers that no column can hold, are told now and not in a run.
    """
    probe = ibis.table(dict(columns), name="scores")
    try:
        condition: Deferred = _build(parsed, columns)
        bound = condition.resolve(probe) if isinstance(condition, Deferred) else condition
    except BadCondition:
        raise
    except Exception as error:
        raise BadCondition(f"does not fit its columns: {_first_line(error)}") from error
    if not isinstance(bound, ir.BooleanValue):
        raise BadCondition("is neither true nor false; compare something with something")
    return condition


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _build(node: exp.Expr, columns: Mapping[str, str]) -> Any:
    """Return what a part of the parsed text states."""
    make = _BUILD.get(type(node))
    if make is None:
        raise BadCondition(
            f"takes `{node.sql(dialect='duckdb')[:60]}`; allowed are comparisons, AND, OR, NOT, "
            "IN (...), BETWEEN, IS NULL, + - * /, numbers, 'texts', DATE 'yyyy-mm-dd' and columns"
        )
    return make(node, lambda part: _build(part, columns), columns)


_Part = Callable[[exp.Expr], Any]
_Make = Callable[[Any, _Part, Mapping[str, str]], Any]


def _column(node: exp.Column, _part: _Part, columns: Mapping[str, str]) -> Any:
    if node.name not in columns or len(node.parts) > 1:
        raise BadCondition(
            f"names `{node.sql()}`, which is no column; there are {', '.join(sorted(columns))}"
        )
    return _[node.name]


def _literal(node: exp.Literal, _part: _Part, _columns: Mapping[str, str]) -> Any:
    if node.is_string:
        return ibis.literal(node.this)
    return ibis.literal(float(node.this) if not node.this.isdigit() else int(node.this))


def _cast(node: exp.Cast, _part: _Part, _columns: Mapping[str, str]) -> Any:
    is_date = node.to.is_type("date") and isinstance(node.this, exp.Literal) and node.this.is_string
    if not is_date:
        raise BadCondition(
            f"takes `{node.sql(dialect='duckdb')}`; only DATE 'yyyy-mm-dd' is a type"
        )
    try:
        return ibis.literal(date.fromisoformat(node.this.this))
    except ValueError as error:
        raise BadCondition(f"has `{node.this.this}`, which is no date yyyy-mm-dd") from error


def _is(node: exp.Is, part: _Part, _columns: Mapping[str, str]) -> Any:
    value, of = part(node.this), node.expression
    if isinstance(of, exp.Null):
        return value.isnull()
    if isinstance(of, exp.Boolean):
        return (value == of.this).fill_null(False)
    raise BadCondition(f"takes `{node.sql(dialect='duckdb')[:60]}`; IS goes with NULL, TRUE, FALSE")


def _in(node: exp.In, part: _Part, _columns: Mapping[str, str]) -> Any:
    if not node.expressions or any(node.args.get(name) for name in ("query", "unnest", "field")):
        raise BadCondition("takes IN without a list of values")
    value = part(node.this)
    return reduce(or_, [value == part(each) for each in node.expressions])


def _two(operate: Callable[[Any, Any], Any]) -> _Make:
    return lambda node, part, _columns: operate(part(node.this), part(node.expression))


_BUILD: dict[type[exp.Expr], _Make] = {
    exp.And: _two(and_),
    exp.Or: _two(or_),
    exp.EQ: _two(eq),
    exp.NEQ: _two(ne),
    exp.LT: _two(lt),
    exp.LTE: _two(le),
    exp.GT: _two(gt),
    exp.GTE: _two(ge),
    exp.Add: _two(lambda left, right: left + right),
    exp.Sub: _two(lambda left, right: left - right),
    exp.Mul: _two(lambda left, right: left * right),
    exp.Div: _two(lambda left, right: left / right.nullif(0)),
    exp.Not: lambda node, part, _columns: ~part(node.this),
    exp.Neg: lambda node, part, _columns: -part(node.this),
    exp.Paren: lambda node, part, _columns: part(node.this),
    exp.Between: lambda node, part, _columns: part(node.this).between(
        part(node.args["low"]), part(node.args["high"])
    ),
    exp.Boolean: lambda node, _part, _columns: ibis.literal(bool(node.this)),
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.Is: _is,
    exp.In: _in,
}
