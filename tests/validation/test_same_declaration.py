"""One declaration drives both: what rows say in `faults`, and what validation counts."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _
from ibis.backends.duckdb import Backend

from contracts.breaking import breaks
from contracts.rules import Facts, NotNull, Readable, RowRule, Severity
from contracts.schema import FLAG, MONEY, NUMBER, TIME, WHOLE, Column, TableSchema
from contracts.tables import TABLES
from validation.checkpoint import validate

FACTS = Facts(datetime(2025, 6, 1, 3, tzinfo=UTC), currency="EUR")
ROWS = 120

# Values on and beyond the bounds of every rule; what cannot be read is neither.
UNREADABLE = "13/13/2025"
VALUES: dict[str, list[str]] = {
    TIME: [
        "1969-12-31 23:59:59.999999", "1970-01-01", "2025-05-31 12:00:00", "2025-06-02 03:00:00",
        "2025-06-02 03:00:00.000001", "2100-01-01", "2100-01-02",
    ],
    MONEY: ["-10000000.01", "-10000000", "-0.01", "0", "0.01", "10000000", "10000000.01"],
    NUMBER: ["-1.5", "0", "3.25"],
    WHOLE: ["1899", "1900", "1980", "2100", "2101"],
    FLAG: ["true", "false"],
}  # fmt: skip
TEXTS = [
    "EUR", "eur", "USD", "DE", "de", "DEU", "", "granted", "withdrawn", "marketing", "treated",
    "Treated", "a, b", "x:unreadable",
]  # fmt: skip


def delivered(schema: TableSchema, chance: random.Random) -> dict[str, list[str | None]]:
    """A delivery as text: mostly odd values, some missing, some unreadable where typed."""
    columns: dict[str, list[str | None]] = {}
    for column in schema.columns:
        choice: list[str | None] = [*VALUES.get(column.type, TEXTS), None]
        if column.type in VALUES:
            choice.append(UNREADABLE)
        columns[column.name] = [chance.choice(choice) for _ in range(ROWS)]
    return columns


def staged(schema: TableSchema, texts: ir.Table) -> ir.Table:
    """The typed rows, with what is wrong with each by the declared rules about single rows."""
    as_text = {column.name: f"text_{column.name}" for column in schema.columns}
    both = texts.rename({text: name for name, text in as_text.items()})
    rows = both.mutate(
        **{
            column.name: both[as_text[column.name]].try_cast(column.type)
            for column in schema.columns
        }
    )
    faults: list[ir.StringValue] = []
    is_rejected: ir.BooleanValue = ibis.literal(False)
    for column in schema.columns:
        for rule in schema.rules_of(column):
            if isinstance(rule, Readable):
                broken = rows[column.name].isnull() & rows[as_text[column.name]].notnull()
            elif isinstance(rule, NotNull):
                broken = rows[as_text[column.name]].isnull()
            elif isinstance(rule, RowRule) and rule.severity is not Severity.WARN:
                broken = breaks(rule, rows[column.name], FACTS)
            else:
                continue
            if rule.severity is not Severity.WARN:
                is_rejected |= broken.fill_null(False)
            faults.append(broken.ifelse(f"{column.name}:{rule.code}", ibis.null("string")))
    said = ibis.array(faults).filter(lambda fault: fault.notnull()).join(",").nullif("")
    return rows.mutate(faults=said, is_rejected=is_rejected).drop(*as_text.values())


def said_by_rows(rows: ir.Table) -> Counter[str]:
    """How many rows say each fault."""
    return Counter(
        fault
        for faults in rows.faults.to_pyarrow().to_pylist()
        if faults is not None
        for fault in faults.split(",")
    )


def warned(schema: TableSchema, column: Column, rows: ir.Table) -> list[int]:
    """How many rows break each warning of a column about single rows."""
    return [
        int(rows.filter(breaks(rule, rows[column.name], FACTS)).count().to_pyarrow().as_py())
        for rule in schema.rules_of(column)
        if isinstance(rule, RowRule)
        and not isinstance(rule, Readable)
        and rule.severity is Severity.WARN
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_of_rules_equal_what_the_rows_say(
    engine: Backend, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - test rows, no secret
    tables: dict[str, ir.Table] = {}
    for name, schema in TABLES.items():
        texts = {
            column: pa.array(values, pa.string())
            for column, values in delivered(schema, chance).items()
        }
        raw = engine.create_table(f"raw_{name}", pa.table(texts))
        tables[name] = engine.create_table(name, staged(schema, raw))

    verdict = validate(tables, docs=tmp_path, facts=FACTS)

    for name, rows in tables.items():
        schema = TABLES[name]
        counted: Counter[str] = Counter()
        warnings: Counter[str] = Counter()
        for finding in verdict.findings:
            if finding.table != name or finding.code in {"repeated", "unknown"}:
                continue
            told_by_rows = finding.severity is not Severity.WARN or finding.code == "unreadable"
            kind = counted if told_by_rows else warnings
            # Two rules of a column may share a code; both counts are then told by it.
            kind[f"{finding.column}:{finding.code}"] += finding.failed_rows
        assert counted == said_by_rows(rows), name
        assert sum(warnings.values()) == sum(
            sum(warned(schema, column, rows)) for column in schema.columns
        )
    assert {finding.code for finding in verdict.findings} == {
        "missing", "unreadable", "repeated", "unknown", "out_of_range", "in_future",
        "not_accepted", "bad_form", "foreign_currency",
    }  # fmt: skip


def test_fault_of_a_column_is_not_taken_for_that_of_one_with_a_longer_name(
    engine: Backend, tmp_path: Path
) -> None:
    rows = engine.create_table(
        "orders",
        pa.table(
            {"order_id": ["o1", "o2"], "faults": ["amount:unreadable", "net_amount:unreadable"]}
        ),
    ).mutate(amount=_.order_id.nullif("o1").nullif("o2").cast(MONEY))

    verdict = validate({"orders": rows}, docs=tmp_path, facts=FACTS)

    assert [f.failed_rows for f in verdict.findings if f.code == "unreadable"] == [1]
