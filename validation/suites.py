"""Turns a table's declared rules into a suite of expectations, each with severity and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TypedDict

from contracts.breaking import as_plain
from contracts.rules import (
    Between,
    Facts,
    Matches,
    NotNull,
    OneOf,
    Readable,
    RefersTo,
    RowRule,
    Rule,
    Severity,
    Unique,
)
from contracts.schema import TEXT, TableSchema
from contracts.staged import FAULTS
from validation.expectations import (
    ExpectColumnValuesInRange,
    ExpectColumnValuesNotNull,
    ExpectColumnValuesOfForm,
    ExpectColumnValuesOnce,
    ExpectColumnValuesOnList,
    ExpectColumnValuesPresent,
    ExpectColumnValuesReadable,
    ExpectColumnValuesToReferTo,
)
from validation.gx import (
    Expectation,
    ExpectationSuite,
    ExpectColumnToExist,
    ExpectTableRowCountToBeBetween,
    FailureSeverity,
)
from validation.words import remedy_for, rule_in_words

_GX_SEVERITY = {
    Severity.STOP: FailureSeverity.CRITICAL,
    Severity.REJECT: FailureSeverity.WARNING,
    Severity.WARN: FailureSeverity.INFO,
}


class Meta(TypedDict):
    """What the meta of an expectation says; all a verdict needs beside the counts."""

    severity: str
    code: str
    rule: str
    remedy: str
    escalates: bool


class _Notes(TypedDict):
    """What every expectation carries besides its rule."""

    severity: FailureSeverity
    description: str
    notes: list[str]
    meta: dict[str, object]


def suite_for(
    schema: TableSchema,
    *,
    present: Collection[str],
    referable: Mapping[str, Collection[str]],
    facts: Facts,
) -> ExpectationSuite:
    """Return the suite of one table.

    `present` are its columns at hand, `referable` by table the columns that references may point
    to. Where a column is absent, it is expected if it is required, and its rules are passed over.
    A reference is checked where its target is there; whether values could be read, where the rows
    say it in `faults`. Every delivery is expected to have rows: an empty one breaks no rule and may
    be right, and yet it is a common failure of an export.
    """
    expectations = _expectations(schema, present, referable, facts)
    return ExpectationSuite(name=schema.name, expectations=list(expectations))


def _expectations(
    schema: TableSchema,
    present: Collection[str],
    referable: Mapping[str, Collection[str]],
    facts: Facts,
) -> Iterator[Expectation]:
    remedy = "Check that there was nothing to deliver."
    yield ExpectTableRowCountToBeBetween(
        min_value=1,
        **_notes("the delivery has rows", remedy, code="empty", severity=Severity.WARN),
    )
    for column in schema.columns:
        if column.name not in present:
            if column.required:
                remedy = f"Deliver the column `{column.name}`: {column.description}."
                notes = _notes("the column is there", remedy, code="absent")
                yield ExpectColumnToExist(column=column.name, **notes)
            continue
        for rule in schema.rules_of(column):
            if _can_be_asked(rule, present, referable):
                notes = _notes(
                    rule_in_words(rule, column=column, facts=facts),
                    remedy_for(rule),
                    severity=rule.severity,
                    code=rule.code,
                    escalates=rule.escalates,
                )
                unread = FAULTS in present and column.type != TEXT
                yield _expectation(rule, column.name, facts, notes, may_be_unread=unread)


def _can_be_asked(
    rule: Rule, present: Collection[str], referable: Mapping[str, Collection[str]]
) -> bool:
    match rule:
        case RefersTo(table=table, column=column):
            return column in referable.get(table, ())
        case Readable():
            return FAULTS in present
    return True


def _expectation(  # noqa: PLR0911 - one a rule
    rule: Rule, column: str, facts: Facts, notes: _Notes, *, may_be_unread: bool
) -> Expectation:
    match as_plain(rule, facts) if isinstance(rule, RowRule) else rule:
        case NotNull() if may_be_unread:
            return ExpectColumnValuesPresent(column=column, **notes)
        case NotNull():
            return ExpectColumnValuesNotNull(column=column, **notes)
        case Readable():
            return ExpectColumnValuesReadable(column=column, **notes)
        case Unique():
            return ExpectColumnValuesOnce(column=column, **notes)
        case Between(minimum=minimum, maximum=maximum):
            least, most = _bound(minimum), _bound(maximum)
            return ExpectColumnValuesInRange(
                column=column, min_value=least, max_value=most, **notes
            )
        case OneOf(values=values):
            return ExpectColumnValuesOnList(column=column, value_set=list(values), **notes)
        case Matches(pattern=pattern):
            # The expectation finds its pattern anywhere in a value; the rule is about all of it.
            return ExpectColumnValuesOfForm(column=column, regex=f"^(?:{pattern})$", **notes)
        case RefersTo(table=table, column=target):
            return ExpectColumnValuesToReferTo(
                column=column, referred_table=table, referred_column=target, **notes
            )
    raise TypeError(f"No expectation says `{rule}`. Add it to `validation.suites`.")


def _bound(declared: float | str | None) -> float | datetime | None:
    return datetime.fromisoformat(declared) if isinstance(declared, str) else declared


def _notes(
    rule: str,
    remedy: str,
    *,
    code: str,
    severity: Severity = Severity.STOP,
    escalates: bool = False,
) -> _Notes:
    return {
        "severity": _GX_SEVERITY[severity],
        "description": rule,
        "notes": [remedy],
        "meta": dict(
            Meta(severity=severity.value, code=code, rule=rule, remedy=remedy, escalates=escalates)
        ),
    }
