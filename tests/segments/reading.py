"""Reads files of tools back, as their importers would."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pyarrow as pa

from segments.vendors.target import Target
from segments.vendors.writing import Written, write_files


def write(target: Target, folder: Path, people: pa.Table, *, label: str = "SK-07") -> Written:
    """Write the files of one target into a new folder below this one."""
    fresh = Path(tempfile.mkdtemp(dir=folder))
    (written,) = write_files(fresh, people, label=label, targets=[target])
    return written


def read_back(target: Target, folder: Path, people: pa.Table) -> list[dict[str, str]]:
    """Write people and return the rows that an importer sees."""
    encoding = "utf-8-sig" if target.form.has_bom else "utf-8"
    rows: list[dict[str, str]] = []
    for path in write(target, folder, people).files:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = target.form.delimiters[0]
            rows += csv.DictReader(file, delimiter=delimiter, strict=True)
    return rows
