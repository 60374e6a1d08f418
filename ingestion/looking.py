"""Opens a file nobody has configured yet: how it is written, and its rows as text."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from ingestion.sources.encodings import as_utf8


@dataclass(frozen=True)
class FileFormat:
    """How a file is written."""

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    sheet: str | None = None

    def describe(self) -> str:
        """Return the format in one line for a person."""
        return f'{self.kind}, {self.encoding}, "{self.delimiter}"'


def look_at(engine: Backend, path: Path, *, workspace: Path) -> tuple[FileFormat, ir.Table]:
    """Return how the file is written, and its rows with every value as text."""
    found = _detect(path)
    if found.kind == "parquet":
        rows = engine.read_parquet(escape(str(path)))
    elif found.kind == "jsonl":
        rows = engine.read_json(escape(str(path)), format="newline_delimited")
    else:
        readable = path
        if found.encoding != "utf-8":
            readable = as_utf8(path, encoding=found.encoding, workspace=workspace, table="?")
        options: dict[str, Any] = {"skip": found.skip_lines} if found.skip_lines else {}
        rows = engine.read_csv(
            escape(str(readable)), all_varchar=True, header=True, nullstr="", comment="",
            delim=found.delimiter, **options,
        )  # fmt: skip
    return found, rows.rename({name.strip(): name for name in rows.columns if name != name.strip()})


def _detect(path: Path) -> FileFormat:
    suffix = Path(path.name.removesuffix(".gz")).suffix
    if suffix in {".parquet", ".pq"}:
        return FileFormat("parquet")
    if suffix in {".jsonl", ".ndjson"}:
        return FileFormat("jsonl")
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        text, encoding = content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("cp1252", errors="replace"), "cp1252"
    lines = text.splitlines()
    skip = int(lines[0].startswith(('"EXTF"', "EXTF", '"DTVF"')))
    delimiter = max(",;\t|", key=lines[skip].count)
    return FileFormat("csv", encoding=encoding, delimiter=delimiter, skip_lines=skip)
