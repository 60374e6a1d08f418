"""Explains what validation found: where, how many rows, three of them by their key, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.rules import Readable, Severity
from contracts.schema import TableSchema
from contracts.staged import FAULTS, FILE, ROW
from contracts.tables import TABLES
from validation.examples import name_of
from validation.rows import MOST_EXAMPLES, id_columns, say_row
from validation.verdict import Finding, Verdict


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
    warned: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType({}),
    schemas: Mapping[str, TableSchema] = TABLES,
) -> tuple[str, ...]:
    """Return the lines of `stammkunde validate --explain`.

    A finding is a line, with a second one of examples where it is about rows. Of a row, its ids
    and its place in the source are shown, and no other value.

    Parameters
    ----------
    quarantined
        The rows that were kept out, by table: key, `faults`, `_file` and `_row`.
    files
        By table, what the numbers in `_file` stand for.
    warned
        What `find_examples` gave of the rows that are accepted all the same.
    """
    faults = {
        name: count_faults(rows, schemas[name], files=files.get(name, {}))
        for name, rows in quarantined.items()
    }
    return tuple(_lines(verdict, faults, warned))


def count_faults(
    quarantined: ir.Table, schema: TableSchema, *, files: Mapping[int, str]
) -> dict[str, Fault]:
    """Return the faults of a table by what `faults` calls them, the most frequent first.

    One query, of which three rows a fault leave the engine: ids, file and row.
    """
    ids = [name for name in id_columns(schema) if name in quarantined.columns]
    said = quarantined.select(
        *ids, FILE, ROW, fault=quarantined[FAULTS].split(",").unnest()
    ).mutate(
        rows=_.count().over(group_by="fault"),
        place=ibis.row_number().over(group_by="fault", order_by=[FILE, ROW]),
    )
    rows = (
        said.filter(_.place < MOST_EXAMPLES)
        .order_by(ibis.desc("rows"), "fault", "place")
        .to_pyarrow()
        .to_pylist()
    )
    faults: dict[str, Fault] = {}
    for row in rows:
        earlier = faults.get(row["fault"], Fault(row["rows"], ()))
        example = say_row(
            {name: row[name] for name in ids}, file=row[FILE], row=row[ROW], files=files
        )
        faults[row["fault"]] = Fault(row["rows"], (*earlier.examples, example))
    return faults


def _lines(
    verdict: Verdict,
    faults: Mapping[str, Mapping[str, Fault]],
    warned: Mapping[str, Mapping[str, Sequence[str]]],
) -> Iterator[str]:
    yield verdict.describe()[0]
    told: set[tuple[str, str]] = set()
    for finding in verdict.by_effect:
        yield finding.describe()
        called = f"{finding.column}:{finding.code}"
        if _is_told_by_rows(finding):
            told.add((finding.table, called))
        if examples := _examples(finding, faults.get(finding.table, {}).get(called), warned):
            yield f"  such as {'; '.join(examples)}"
    for table, by_fault in faults.items():
        for called, fault in by_fault.items():
            if (table, called) not in told:
                yield f"Rejected: table `{table}`: {fault.rows:,} rows say `{called}`."
                yield f"  such as {'; '.join(fault.examples)}"


def _examples(
    finding: Finding, fault: Fault | None, warned: Mapping[str, Mapping[str, Sequence[str]]]
) -> Sequence[str]:
    if finding.severity is Severity.WARN:
        return warned.get(finding.table, {}).get(name_of(finding), ())
    return () if fault is None else fault.examples


def _is_told_by_rows(finding: Finding) -> bool:
    """Whether the rows say this finding, and not a stricter one of the same name."""
    return finding.severity is not Severity.WARN or finding.code == Readable.code
