"""Writes the page to open first: the verdict as two tables, with links to the Data Docs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

from validation.page_style import HEAD
from validation.verdict import Finding, Verdict

_EFFECTS = {
    "Stop": '<span class="stop">stops the run</span>',
    "Rejected": '<span class="reject">rows kept out</span>',
    "Warning": '<span class="warn">warning</span>',
}


def write_overview(verdict: Verdict, docs: Path, *, ingested_at: datetime) -> None:
    """Write `docs/index.html`. The pages of the tables lie below `docs/validations`."""
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{HEAD}<title>Validation</title></head>\n'
        f"<body><main><h1>Validation</h1>"
        f"<p>Rows ingested on {ingested_at:%Y-%m-%d at %H:%M} UTC. "
        f"{escape(verdict.describe()[0])}</p>\n"
        f"<h2>Broken rules</h2>{_broken_rules(verdict)}\n"
        f"<h2>Tables</h2>{_tables(verdict, docs)}</main></body>\n</html>\n"
    )
    (docs / "index.html").write_text(page, "utf-8")


def _broken_rules(verdict: Verdict) -> str:
    if not verdict.findings:
        return '<p class="good">None: every rule is met.</p>'
    head = ("Effect", "Table", "Column", "Rule", "Rows that break it", "What to do")
    return _table("findings", head, [_finding_cells(finding) for finding in verdict.by_effect])


def _finding_cells(finding: Finding) -> tuple[str, ...]:
    rule, count = escape(finding.rule), f"{finding.failed_rows:,} of {finding.rows:,}"
    return (
        _EFFECTS[finding.effect],
        escape(finding.table),
        escape(finding.column or ""),
        f"{rule}<p>{escape(finding.found)}</p>" if finding.found else rule,
        # What was found says its own figures.
        "" if finding.found else count,
        _with_code(finding.remedy),
    )


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _tables(verdict: Verdict, docs: Path) -> str:
    rows = []
    for table, row_count in verdict.rows.items():
        broken = sum(finding.table == table for finding in verdict.findings)
        kept_out = verdict.rejected.get(table, 0)
        rows.append((_link(table, docs), f"{row_count:,}", f"{kept_out:,}", f"{broken:,}"))
    return _table("tables", ("Table", "Rows", "Rows kept out", "Broken rules"), rows)


def _link(table: str, docs: Path) -> str:
    """Link to the newest page of a table; the folders below are named by the time of the run."""
    newest = max((docs / "validations" / table).rglob("*.html"))
    return f'<a href="{quote(newest.relative_to(docs).as_posix())}">{escape(table)}</a>'


def _table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f"<th>{title}</th>" for title in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="{name}"><tr>{heads}</tr>\n{body}</table>'
