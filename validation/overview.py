"""Writes the page to open first: the verdict as two tables, with links to the Data Docs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from validation.pages import draw
from validation.verdict import Verdict


def write_overview(verdict: Verdict, docs: Path, *, ingested_at: datetime) -> None:
    """Write `docs/index.html`. The pages of the tables lie below `docs/validations`."""
    pages = {table: _page_of(table, docs) for table in verdict.rows}
    page = draw(
        "index.j2", title="Validation", verdict=verdict, ingested_at=ingested_at, pages=pages
    )
    (docs / "index.html").write_text(page, "utf-8")


def _page_of(table: str, docs: Path) -> str:
    """Return the address of a table's page; the folders above it are named by the run."""
    (page,) = (docs / "validations" / table).rglob("*.html")
    return quote(page.relative_to(docs).as_posix())
