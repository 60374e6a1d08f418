"""Which rows break a rule, as an expression on any engine."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from contracts.rules import (
    Between,
    Facts,
    InProjectCurrency,
    Matches,
    NotFuture,
    NotNull,
    OneOf,
    RowRule,
)
from contracts.schema import TIME

_FALSE = ibis.literal(False)


def breaks(rule: RowRule, column: ir.Value, facts: Facts) -> ir.BooleanValue:
    """Return whether a row breaks `rule` by its value of `column`; NULL may stand for "no".

    `Readable` is not answered here: once a value is NULL, nothing tells why.
    """
    match as_plain(rule, facts):
        case NotNull():
            return column.isnull()
        case Between(minimum=minimum, maximum=maximum):
            below = _FALSE if minimum is None else column < _bound(minimum, column)
            above = _FALSE if maximum is None else column > _bound(maximum, column)
            return below | above
        case OneOf(values=values):
            return column.notin(values)
        case Matches(pattern=pattern):
            return ~column.cast("string").re_search(f"^(?:{pattern})$")
        case other:
            raise TypeError(f"No row can be asked for `{other}`. Say how in `contracts.breaking`.")


def as_plain(rule: RowRule, facts: Facts) -> RowRule:
    """Return the rule with the facts it compares with filled in; most have none."""
    match rule:
        case NotFuture():
            latest = facts.ingested_at.replace(tzinfo=None) + timedelta(days=1)
            return Between(maximum=latest.isoformat(), severity=rule.severity, remedy=rule.remedy)
        case InProjectCurrency():
            return OneOf(values=(facts.currency,), severity=rule.severity, remedy=rule.remedy)
    return rule


def _bound(declared: float | str, column: ir.Value) -> ir.Scalar:
    if isinstance(declared, str):
        return ibis.literal(datetime.fromisoformat(declared)).cast(TIME)
    # In the type of the column: the engine would widen every value of it otherwise.
    return ibis.literal(declared).cast(column.type())
