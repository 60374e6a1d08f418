"""Turns a table's declared rules into a suite of expectations, each with severity and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import TypedDict

from contracts.rules import Between, NotNull, OneOf, RefersTo, Rule, Severity, Unique
from contracts.schema import TableSchema
from validation.gx import (
    Expectation,
    ExpectationSuite,
    ExpectColumnToExist,
    ExpectColumnValuesToBeBetween,
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToBeUnique,
    ExpectColumnValuesToNotBeNull,
    ExpectTableRowCountToBeBetween,
    FailureSeverity,
)
from validation.references import ExpectColumnValuesToReferTo
from validation.words import remedy_for, rule_in_words

_GX_SEVERITY = {
    Severity.STOP: FailureSeverity.CRITICAL,
    Severity.WARN: FailureSeverity.WARNING,
}


class _Notes(TypedDict):
    """What every expectation carries besides its rule."""

    severity: FailureSeverity
    description: str
    notes: list[str]
    meta: dict[str, str]


def suite_for(schema: TableSchema, *, present: Mapping[str, Collection[str]]) -> ExpectationSuite:
    """Return the suite of one table.

    `present` are the columns of every table at hand, by table. Where a column is absent, it is
    expected if it is required, and its rules are passed over. A reference is checked where its
    target is present. Every table is expected to have rows: an empty one breaks no rule, and yet
    an empty delivery is a common failure of an export.

    The meta of an expectation says `severity`, `remedy`, and the `rule` in words.
    """
    return ExpectationSuite(name=schema.name, expectations=list(_expectations(schema, present)))


def _expectations(
    schema: TableSchema, present: Mapping[str, Collection[str]]
) -> Iterator[Expectation]:
    remedy = f"Deliver `{schema.name}` again: this delivery is empty."
    yield ExpectTableRowCountToBeBetween(min_value=1, **_notes("the table has rows", remedy))
    for column in schema.columns:
        if column.name in present[schema.name]:
            for rule in column.rules:
                if not isinstance(rule, RefersTo) or rule.column in present.get(rule.table, ()):
                    yield _expectation(rule, column.name)
        elif column.required:
            remedy = f"Deliver the column `{column.name}`: {column.description}."
            yield ExpectColumnToExist(column=column.name, **_notes("the column is there", remedy))


def _expectation(rule: Rule, column: str) -> Expectation:
    notes = _notes(rule_in_words(rule), remedy_for(rule), rule.severity)
    match rule:
        case NotNull():
            return ExpectColumnValuesToNotBeNull(column=column, **notes)
        case Unique():
            return ExpectColumnValuesToBeUnique(column=column, **notes)
        case Between(minimum=minimum, maximum=maximum):
            least, most = _bound(minimum), _bound(maximum)
            return ExpectColumnValuesToBeBetween(
                column=column, min_value=least, max_value=most, **notes
            )
        case OneOf(values=values):
            return ExpectColumnValuesToBeInSet(column=column, value_set=list(values), **notes)
        case RefersTo(table=table, column=target):
            return ExpectColumnValuesToReferTo(
                column=column, referred_table=table, referred_column=target, **notes
            )
    raise TypeError(f"No expectation says `{rule}`. Add it to `validation.suites`.")


def _bound(declared: float | str | None) -> float | datetime | None:
    return datetime.fromisoformat(declared) if isinstance(declared, str) else declared


def _notes(rule: str, remedy: str, severity: Severity = Severity.STOP) -> _Notes:
    return {
        "severity": _GX_SEVERITY[severity],
        # Great Expectations puts the description into its pages as it is.
        "description": escape(rule, quote=False),
        "notes": [remedy],
        "meta": {"severity": severity.value, "remedy": remedy, "rule": rule},
    }
