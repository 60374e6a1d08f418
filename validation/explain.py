"""Explains what validation found: where, how many rows, three of them by their key, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.rules import Severity
from contracts.schema import TableSchema
from contracts.staged import FAULTS, FILE, ROW
from contracts.tables import TABLES
from validation.verdict import Finding, Verdict

_EXAMPLES = 3

# A key longer than this was mapped from the wrong column, and would flood the terminal.
_MOST_LETTERS = 40


@dataclass(frozen=True)
class Fault:
    """How many rows of a table say the same fault, and where three of them are."""

    rows: int
    examples: tuple[str, ...]


def explain(
    verdict: Verdict,
    quarantined: Mapping[str, ir.Table],
    *,
    files: Mapping[str, Mapping[int, str]],
    schemas: Mapping[str, TableSchema] = TABLES,
) -> tuple[str, ...]:
    """Return the lines of `stammkunde validate --explain`.

    A finding is a line, with a second one of examples where rows were kept out for it. Of a row,
    its ids and its place in the source are shown, and no other value.

    Parameters
    ----------
    quarantined
        The rows that were kept out, by table: key, `faults`, `_file` and `_row`.
    files
        By table, what the numbers in `_file` stand for.
    """
    faults = {
        name: count_faults(rows, schemas[name], files=files.get(name, {}))
        for name, rows in quarantined.items()
    }
    return tuple(_lines(verdict, faults))


def count_faults(
    quarantined: ir.Table, schema: TableSchema, *, files: Mapping[int, str]
) -> dict[str, Fault]:
    """Return the faults of a table by what `faults` calls them, the most frequent first.

    One query, of which three rows a fault leave the engine: ids, file and row.
    """
    ids = [name for name in schema.key if name in quarantined.columns and name.endswith("_id")]
    said = quarantined.select(
        *ids, FILE, ROW, fault=quarantined[FAULTS].split(",").unnest()
    ).mutate(
        rows=_.count().over(group_by="fault"),
        place=ibis.row_number().over(group_by="fault", order_by=[FILE, ROW]),
    )
    rows = (
        said.filter(_.place < _EXAMPLES)
        .order_by(ibis.desc("rows"), "fault", "place")
        .to_pyarrow()
        .to_pylist()
    )
    faults: dict[str, Fault] = {}
    for row in rows:
        earlier = faults.get(row["fault"], Fault(row["rows"], ()))
        example = _example(row, ids, files)
        faults[row["fault"]] = Fault(row["rows"], (*earlier.examples, example))
    return faults


def _lines(verdict: Verdict, faults: Mapping[str, Mapping[str, Fault]]) -> Iterator[str]:
    yield verdict.describe()[0]
    told: set[tuple[str, str]] = set()
    for finding in verdict.by_effect:
        yield finding.describe()
        called = f"{finding.column}:{finding.code}"
        fault = faults.get(finding.table, {}).get(called)
        if fault is not None and _is_told_by_rows(finding):
            told.add((finding.table, called))
            yield f"  such as {'; '.join(fault.examples)}"
    for table, by_fault in faults.items():
        for called, fault in by_fault.items():
            if (table, called) not in told:
                yield f"Rejected: table `{table}`: {fault.rows:,} rows say `{called}`."
                yield f"  such as {'; '.join(fault.examples)}"


def _is_told_by_rows(finding: Finding) -> bool:
    """Whether the rows say this finding, and not a stricter one of the same name."""
    return finding.severity is not Severity.WARN or finding.code == "unreadable"


def _example(row: Mapping[str, object], ids: list[str], files: Mapping[int, str]) -> str:
    number = row[FILE]
    file = files.get(number, f"file {number}") if isinstance(number, int) else "a source"
    known = [f"{name} {_plain(row[name])}" for name in ids if row[name] is not None]
    return f"{' '.join(known) or 'a row without key'} ({file}:{row[ROW]})"


def _plain(value: object) -> str:
    """Return a key as it can be printed: on one line, and short."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value))
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}..."
