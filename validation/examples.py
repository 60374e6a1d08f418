"""Names rows that are accepted with a warning: three a finding, by their ids and their place.

Of rows that are kept out the quarantine tells; these are found while they are staged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from contracts.breaking import breaks
from contracts.rules import Facts, Readable, RefersTo, RowRule, Rule, Severity
from contracts.schema import TEXT, TableSchema
from contracts.staged import FILE, POSITION, ROW
from contracts.tables import TABLES
from validation.counting import is_unreadable
from validation.references import References, referable, unknown_values
from validation.rows import MOST_EXAMPLES, id_columns, say_row
from validation.verdict import Finding
from validation.words import rule_in_words

# Table -> name of a finding -> its examples.
Examples = dict[str, dict[str, list[str]]]

_NUMBER = "number"


def name_of(finding: Finding) -> str:
    """Return what tells a finding from the others of its table."""
    return f"{finding.column}: {finding.rule}"


def find_examples(  # noqa: PLR0913 - the findings, and what they are about
    findings: Iterable[Finding],
    tables: Mapping[str, ir.Table],
    *,
    facts: Facts,
    known: Mapping[str, ir.Table],
    files: Mapping[str, Mapping[int, str]],
    schemas: Mapping[str, TableSchema] = TABLES,
) -> Examples:
    """Return examples of the warnings about rows, from one query a table.

    Parameters
    ----------
    tables, known
        As they were validated.
    files
        By table, what the numbers in `_file` stand for.
    """
    references = referable(tables, known)
    broken: dict[str, list[tuple[Finding, Rule]]] = {}
    for finding in findings:
        rule = _rule_of(finding, schemas[finding.table], facts)
        if rule is not None and finding.severity is Severity.WARN:
            broken.setdefault(finding.table, []).append((finding, rule))
    examples: Examples = {}
    for name, several in broken.items():
        ids = [column for column in _ids(schemas[name]) if column in tables[name].columns]
        sides = [
            _first(_rows_that_break(rule, finding, tables[name], facts, references), number, ids)
            for number, (finding, rule) in enumerate(several)
        ]
        rows = ibis.union(*sides) if len(sides) > 1 else sides[0]
        read = rows.order_by([_NUMBER, *POSITION, *ids]).to_pyarrow().to_pylist()
        examples[name] = {
            name_of(finding): [
                _example(row, schemas[name], finding, rule, files.get(name, {}))
                for row in read
                if row[_NUMBER] == number
            ]
            for number, (finding, rule) in enumerate(several)
        }
    return examples


def _rule_of(finding: Finding, schema: TableSchema, facts: Facts) -> Rule | None:
    """Return the rule that a finding is of; None where a gate found it."""
    for column in schema.columns:
        if column.name == finding.column:
            for rule in schema.rules_of(column):
                if rule_in_words(rule, column=column, facts=facts) == finding.rule:
                    return rule
    return None


def _rows_that_break(
    rule: Rule, finding: Finding, table: ir.Table, facts: Facts, references: References
) -> ir.Table:
    name = finding.column or ""
    match rule:
        case RefersTo(table=referred, column=column):
            unknown = unknown_values(table, name, references[referred], column=column)
            few = unknown.order_by("value").limit(MOST_EXAMPLES)
            return table.semi_join(few, table[name].cast(TEXT) == few.value)
        case Readable():
            return table.filter(is_unreadable(table, name))
        case RowRule():
            return table.filter(breaks(rule, table[name], facts))
    raise TypeError(f"No row can be asked for `{rule}`. Say how in `validation.examples`.")


def _ids(schema: TableSchema) -> list[str]:
    """Return the ids of a row, and those it refers to."""
    referring = [
        column.name
        for column in schema.columns
        if any(isinstance(rule, RefersTo) for rule in column.rules)
    ]
    return list(dict.fromkeys([*id_columns(schema), *referring]))


def _first(rows: ir.Table, number: int, ids: Sequence[str]) -> ir.Table:
    """Return number, place and ids of the first rows; not every staged row knows its place."""
    place = {
        name: rows[name].cast("int64") if name in rows.columns else ibis.null("int64")
        for name in POSITION
    }
    said = {name: rows[name].cast(TEXT) for name in ids}
    named = rows.select(**{_NUMBER: ibis.literal(number)}, **place, **said)
    return named.order_by([*POSITION, *ids]).limit(MOST_EXAMPLES)


def _example(
    row: Mapping[str, object], schema: TableSchema, finding: Finding, rule: Rule,
    files: Mapping[int, str],
) -> str:  # fmt: skip
    """Say a row by its own ids; where it refers to nothing, by the id it holds as well."""
    shown = [name for name in id_columns(schema) if name in row]
    if isinstance(rule, RefersTo) and finding.column not in shown:
        shown.append(finding.column or "")
    return say_row({name: row[name] for name in shown}, file=row[FILE], row=row[ROW], files=files)
