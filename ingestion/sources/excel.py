"""Workbooks of Excel (.xlsx): one sheet as CSV, written by a process with limits of its own."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from contracts.errors import EmptyTable, UnreadableFile
from ingestion.sources.deliveries import Delivery

# Excel's own largest sheet, full of short cells, stays below it.
_MAX_UNPACKED_BYTES = 2 << 30
_WRITER = "ingestion.sources.workbook"


def as_csv(delivery: Delivery, *, sheet: str | None, workspace: Path, table: str) -> Delivery:
    """Return the sheet as a CSV below `workspace`: UTF-8, commas, rows that are not blank.

    Times are ISO 8601, whole numbers have no decimals, text stays as it is with its zeros, a
    formula is the value that it had when the workbook was saved.

    Raises
    ------
    EmptyTable
        The sheet has no cell.
    UnreadableFile
        It is damaged, protected by a password, lacks the sheet, or unpacks to too much.
    """
    named = hashlib.sha256((sheet or "").encode()).hexdigest()[:8]
    written = workspace / f"{delivery.digest}-{named}.xlsx.csv"
    if not written.exists():
        _refuse_large(delivery, table=table)
        _write(delivery, sheet or "", written, table=table)
    if written.stat().st_size == 0:
        raise EmptyTable(table, delivery.name)
    return replace(delivery, path=written, size=written.stat().st_size)


def _refuse_large(delivery: Delivery, *, table: str) -> None:
    try:
        with zipfile.ZipFile(delivery.path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        reason = "it is no whole Excel file"
        raise UnreadableFile(table, delivery.name, reason=reason) from None
    if unpacked > _MAX_UNPACKED_BYTES:
        reason = f"it unpacks to {unpacked / 1e9:,.1f} GB; save it as CSV"
        raise UnreadableFile(table, delivery.name, reason=reason)


def _write(delivery: Delivery, sheet: str, written: Path, *, table: str) -> None:
    growing = written.with_suffix(".growing")
    made = subprocess.run(  # noqa: S603 - our own module; file and sheet are arguments, no shell
        [sys.executable, "-m", _WRITER, str(delivery.path), sheet, str(growing)],
        check=False,
        capture_output=True,
        text=True,
    )
    reason = made.stdout
    if made.returncode in {errno.ENOSPC, errno.EDQUOT}:
        raise OSError(made.returncode, os.strerror(made.returncode), str(growing))
    if made.returncode != 0:  # its last words may quote a cell
        reason = "it is damaged, or reading it takes too much memory or time; save it as CSV"
    if reason:
        growing.unlink(missing_ok=True)
        raise UnreadableFile(table, delivery.name, reason=reason)
    growing.replace(written)
