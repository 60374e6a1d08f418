"""What validation found, in words for a person and as plain values that a flow can keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TypedDict

from contracts.rules import Severity


class FindingJson(TypedDict):
    """A `Finding` in JSON types."""

    table: str
    column: str | None
    code: str
    rule: str
    severity: str
    rows: int
    failed_rows: int
    found: str
    remedy: str
    escalates: bool
    escalated: bool


class VerdictJson(TypedDict):
    """A `Verdict` in JSON types."""

    findings: list[FindingJson]
    rules_checked: int
    rows: dict[str, int]
    rejected: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken rule. `column` is None where the rule is about the table as a whole.

    Attributes
    ----------
    code
        What the rule is called in `faults`, after the column.
    found
        What was found, where that is not a number of rows that break the rule.
    escalates
        A warning that may not concern many rows.
    escalated
        And it does: it stops the run.
    """

    table: str
    column: str | None
    code: str
    rule: str
    severity: Severity
    rows: int
    failed_rows: int
    remedy: str
    found: str = ""
    escalates: bool = False
    escalated: bool = False

    @property
    def stops_the_run(self) -> bool:
        """Whether the run must not go on."""
        return self.escalated or self.severity is Severity.STOP

    @property
    def effect(self) -> str:
        """What follows, in a word."""
        if self.stops_the_run:
            return "Stop"
        return "Rejected" if self.severity is Severity.REJECT else "Warning"

    def describe(self) -> str:
        """Return one line: where, how many rows of how many, which rule, what to do."""
        place = f"table `{self.table}`"
        if self.column is not None:
            place += f", column `{self.column}`"
        if self.found:
            broken = f"{place}: {self.found}."
        elif self.column is None:
            broken = f'{place} breaks "{self.rule}".'
        else:
            broken = (
                f"{place}: {self.failed_rows:,} of {self.rows:,} rows break "
                f'"{self.rule}"{_TOO_MANY if self.escalated else ""}.'
            )
        return f"{self.effect}: {broken} {self.remedy}".rstrip()


_TOO_MANY = ", too many for a warning"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Every broken rule of one validation.

    `rows` says how many rows each table has, `rejected` how many of them are kept out.
    """

    findings: tuple[Finding, ...]
    rules_checked: int
    rows: Mapping[str, int]
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What must stop the run, warnings about too many rows and crossed limits included."""
        return tuple(finding for finding in self.findings if finding.stops_the_run)

    @property
    def rejects(self) -> tuple[Finding, ...]:
        """What keeps rows out; the run may go on."""
        return self._of(Severity.REJECT)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What a person should know; the run may go on."""
        return self._of(Severity.WARN)

    @property
    def by_effect(self) -> tuple[Finding, ...]:
        """All findings, those that stop the run first, then those that keep rows out."""
        return (*self.stops, *self.rejects, *self.warnings)

    def describe(self) -> tuple[str, ...]:
        """Return a line that sums up, then one per finding, those that stop the run first."""
        return (
            f"{self.rules_checked:,} rules checked on {sum(self.rows.values()):,} rows "
            f"({', '.join(self.rows)}), of which {sum(self.rejected.values()):,} are kept out: "
            f"{len(self.stops)} broken that stop the run, {len(self.rejects)} that keep rows out, "
            f"{len(self.warnings)} to know of.",
            *(finding.describe() for finding in self.by_effect),
        )

    def to_json(self) -> VerdictJson:
        """Return the verdict in JSON types; `from_json` reads it back."""
        return {
            "findings": [_to_json(finding) for finding in self.findings],
            "rules_checked": self.rules_checked,
            "rows": dict(self.rows),
            "rejected": dict(self.rejected),
        }

    @classmethod
    def from_json(cls, kept: VerdictJson) -> Verdict:
        """Return the verdict that `to_json` gave."""
        return cls(
            findings=tuple(_from_json(finding) for finding in kept["findings"]),
            rules_checked=kept["rules_checked"],
            rows=kept["rows"],
            rejected=kept["rejected"],
        )

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is severity and not finding.stops_the_run
        )


def _to_json(finding: Finding) -> FindingJson:
    return FindingJson(**{**asdict(finding), "severity": finding.severity.value})  # type: ignore[typeddict-item]


def _from_json(kept: FindingJson) -> Finding:
    return Finding(**{**kept, "severity": Severity(kept["severity"])})  # type: ignore[arg-type]
