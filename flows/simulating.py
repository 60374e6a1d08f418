"""Makes a company in a new folder, chunk by chunk, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contracts.errors import UsageError
from contracts.folders import appearing_whole
from flows.progress import step
from simulation.chunks import TRUTH, make_chunk
from simulation.company import Company
from simulation.texts import SETTINGS_FILE, readme_text, settings_text
from simulation.treatment import campaign_table
from simulation.writing import Format, TableFiles

__all__ = ["SETTINGS_FILE", "Company", "Format", "simulate"]


def simulate(folder: Path, company: Company, *, format_: Format, command: str) -> Mapping[str, int]:
    """Write the tables, settings, README and truth of a company; return the rows by table.

    The folder is there when all is written, or not at all.

    Raises
    ------
    UsageError
        The folder holds something, or is none.
    """
    _refuse_used(folder)
    with appearing_whole(folder, proof=SETTINGS_FILE) as partial:
        with TableFiles(partial, format_) as files:
            for chunk in company.chunks:
                members = company.members(chunk)
                name = f"simulate customers {members.start + 1:,} to {members.stop:,}"
                with step(name) as done:
                    tables = make_chunk(company, chunk, rows=files.rows)
                    for table, rows in tables.items():
                        files.write(table, rows, format_="parquet" if table == TRUTH else None)
                    done.outcome = f"{tables['orders'].num_rows:,} orders"
            files.write("campaigns", campaign_table(company))
        (partial / SETTINGS_FILE).write_text(settings_text(company, format_), encoding="utf-8")
        readme = readme_text(company, format_, command)
        (partial / "README.md").write_text(readme, encoding="utf-8")
    return files.rows


def _refuse_used(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists():
        what = "holds files" if folder.is_dir() else "is a file"
        raise UsageError(f"{folder} {what} and stays as it is. Name a new folder.")
