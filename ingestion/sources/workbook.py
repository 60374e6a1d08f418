"""Writes one sheet of a workbook as CSV: python -m ingestion.sources.workbook BOOK SHEET CSV.

It runs in a process of its own, with limits on memory, disk and time, because a workbook of a few
kilobytes can unpack to more than a machine has, in ways that its size does not show.
"""

from __future__ import annotations

import csv
import datetime as dt
import resource
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

MAX_MEMORY_BYTES = 3 << 30
_MAX_WRITTEN_BYTES = 4 << 30
_MAX_CPU_SECONDS = 900

Cell = (
    int | float | str | bool | dt.time | dt.date | dt.datetime
    | dt.timedelta
)  # fmt: skip


def main(book: str, sheet: str, written: str) -> str:
    """Write the sheet, the first where `sheet` is empty; return why not, or nothing."""
    try:
        with CalamineWorkbook.from_path(book) as workbook:
            if sheet and sheet not in workbook.sheet_names:
                return f"it has no sheet `{sheet}`, but {', '.join(workbook.sheet_names)}"
            rows = workbook.get_sheet_by_name(sheet or workbook.sheet_names[0]).iter_rows()
            _write(rows, Path(written))
    except PasswordError:
        return "it is protected by a password; save it without one"
    except (CalamineError, WorksheetNotFound):  # the message may quote a cell
        return "it is no whole Excel file"
    return ""


def as_text(cell: Cell) -> str:
    """Return a cell as text: times as ISO 8601, numbers without what Excel adds to show them."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        return _number(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _write(rows: Iterable[list[Cell]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        for row in rows:
            cells = [as_text(cell) for cell in row]
            # Sheets end in rows that were once filled or formatted.
            if any(cells):
                writer.writerow(cells)


def _number(value: float) -> str:
    """Return a number as Excel holds it, to 15 digits; three decimals get a fourth.

    1.234 in a text may be a thousand; a number that was a number must not look like one.
    """
    text = format(Decimal(f"{value:.15g}"), "f")
    _, point, decimals = text.partition(".")
    return f"{text}0" if point and len(decimals) == 3 else text


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_WRITTEN_BYTES, _MAX_WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_SECONDS, _MAX_CPU_SECONDS))


if __name__ == "__main__":
    _limit()
    try:
        sys.stdout.write(main(*sys.argv[1:]))
    except OSError as error:  # such as a full disk; its words may quote a cell
        sys.exit(error.errno)
