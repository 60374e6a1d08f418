"""How much may be wrong before a run stops: rejected rows, and warnings about many rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from contracts.rules import Severity
from validation.verdict import Finding
from validation.words import percent


def escalate(
    findings: Iterable[Finding], *, max_rejected_shares: Mapping[str, float]
) -> tuple[Finding, ...]:
    """Return the findings; a warning that `escalates` stops the run where too many rows break it.

    A reference without its target is one: some come later, but when most do, a file is missing.
    """
    return tuple(
        replace(finding, escalated=True)
        if finding.escalates
        and finding.failed_rows > max_rejected_shares[finding.table] * finding.rows
        else finding
        for finding in findings
    )


def too_many_rejected(
    rejected: Mapping[str, int],
    *,
    rows: Mapping[str, int],
    max_rejected_shares: Mapping[str, float],
) -> tuple[Finding, ...]:
    """Return a finding for each table of which too large a share of rows is kept out.

    All mappings are by table. A row counts once, however many rules it breaks, so this cannot
    be read off the findings of rules.
    """
    return tuple(
        Finding(
            table=table,
            column=None,
            code="too_many_rejected",
            rule=f"at most {percent(max_rejected_shares[table])} of the rows are rejected",
            severity=Severity.STOP,
            rows=rows[table],
            failed_rows=count,
            found=f"{count:,} of {rows[table]:,} rows are rejected; at most "
            f"{percent(max_rejected_shares[table])} may be",
            remedy="Look at them in the quarantine (`stammkunde validate --explain`) and correct "
            "the source or its settings, or raise `max_rejected_share` under [validation] or of "
            f"[sources.{table}].",
        )
        for table, count in rejected.items()
        if count > max_rejected_shares[table] * rows[table]
    )
