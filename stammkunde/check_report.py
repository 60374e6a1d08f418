"""What `stammkunde check-file` shows."""

from __future__ import annotations

from flows.vendor_files import FileCheck, Finding


def check_report(found: FileCheck) -> list[str]:
    """Return a line on the file, then each finding with where it is and what to do."""
    checked = found.checked
    target = checked.target
    lines = [
        f"{found.file.name} for {target.title}, by its rules of {target.rules}: "
        f"{checked.rows:,} {'row' if checked.rows == 1 else 'rows'}"
    ]
    for finding in checked.findings:
        note = "note: " if finding.fault.is_note else ""
        lines += ["", f"{note}{finding.fault.what}{_where(finding)}", f"    {finding.fault.remedy}"]
    return lines if checked.findings else [*lines, "Nothing found."]


def _where(finding: Finding) -> str:
    if not finding.lines:
        return ""
    named = ", ".join(f"{line:,}" for line in finding.lines)
    more = finding.count - len(finding.lines)
    word = "line" if len(finding.lines) == 1 else "lines"
    return f" ({word} {named}{f' and {more:,} more' if more else ''})"
