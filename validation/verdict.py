"""What validation found, in words for a person and as plain values that a flow can keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from contracts.rules import Severity


class FindingJson(TypedDict):
    """A `Finding` in JSON types."""

    table: str
    column: str | None
    rule: str
    severity: str
    rows: int
    failed_rows: int
    remedy: str


class VerdictJson(TypedDict):
    """A `Verdict` in JSON types."""

    findings: list[FindingJson]
    rules_checked: int
    rows: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken rule. `column` is None where the rule is about the table as a whole."""

    table: str
    column: str | None
    rule: str
    severity: Severity
    rows: int
    failed_rows: int
    remedy: str

    def describe(self) -> str:
        """Return one line: where, how many rows of how many, which rule, what to do."""
        effect = "Stop" if self.severity is Severity.STOP else "Warning"
        if self.column is None:
            broken = f"table `{self.table}` breaks"
        else:
            broken = (
                f"table `{self.table}`, column `{self.column}`: "
                f"{self.failed_rows:,} of {self.rows:,} rows break"
            )
        return f'{effect}: {broken} "{self.rule}". {self.remedy}'.rstrip()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Every broken rule of one validation. `rows` says how many rows each table has."""

    findings: tuple[Finding, ...]
    rules_checked: int
    rows: Mapping[str, int]

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What must stop the run."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.STOP)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What a person should know; the run may go on."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARN)

    def describe(self) -> tuple[str, ...]:
        """Return a line that sums up, then one per finding, those that stop the run first."""
        return (
            f"{self.rules_checked:,} rules checked on {sum(self.rows.values()):,} rows "
            f"({', '.join(self.rows)}): "
            f"{len(self.stops)} broken that stop the run, {len(self.warnings)} to know of.",
            *(finding.describe() for finding in (*self.stops, *self.warnings)),
        )

    def to_json(self) -> VerdictJson:
        """Return the verdict in JSON types; `from_json` reads it back."""
        return {
            "findings": [_to_json(finding) for finding in self.findings],
            "rules_checked": self.rules_checked,
            "rows": dict(self.rows),
        }

    @classmethod
    def from_json(cls, kept: VerdictJson) -> Verdict:
        """Return the verdict that `to_json` gave."""
        return cls(
            findings=tuple(_from_json(finding) for finding in kept["findings"]),
            rules_checked=kept["rules_checked"],
            rows=kept["rows"],
        )


def _to_json(finding: Finding) -> FindingJson:
    return {
        "table": finding.table,
        "column": finding.column,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "rows": finding.rows,
        "failed_rows": finding.failed_rows,
        "remedy": finding.remedy,
    }


def _from_json(kept: FindingJson) -> Finding:
    return Finding(
        table=kept["table"],
        column=kept["column"],
        rule=kept["rule"],
        severity=Severity(kept["severity"]),
        rows=kept["rows"],
        failed_rows=kept["failed_rows"],
        remedy=kept["remedy"],
    )
