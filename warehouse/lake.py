"""Keeps tables as immutable Parquet folders, found again by fingerprint.

    <root>/<name>/<fingerprint>/part-0.parquet
                               /table.json      rows and column types

A folder appears in one rename after its content is complete, so whoever sees it sees all of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.folders import appearing_whole
from contracts.names import split_ref, table_ref

_DESCRIPTION = "table.json"


@dataclass(frozen=True)
class Lake:
    """Tables below `root`, read and written through `engine`."""

    root: Path
    engine: Backend

    def find(self, name: str, fingerprint: str) -> str | None:
        """Return the reference of a stored table, or None where there is none."""
        ref = table_ref(name, fingerprint)
        return ref if (self._folder(ref) / _DESCRIPTION).exists() else None

    def table(self, ref: str) -> ir.Table:
        """Return a stored table as an expression."""
        return self.engine.read_parquet(escape(str(self._folder(ref))) + "/*.parquet")

    def row_count(self, ref: str) -> int:
        """Return how many rows a stored table has, without reading it."""
        described = json.loads((self._folder(ref) / _DESCRIPTION).read_text())
        return int(described["rows"])

    def keep(self, name: str, fingerprint: str, build: Callable[[], ir.Table]) -> str:
        """Return the stored table's reference; build and write it first where it is missing."""
        return self.find(name, fingerprint) or self.write(name, fingerprint, build())

    def write(self, name: str, fingerprint: str, table: ir.Table) -> str:
        """Write `table` under its fingerprint and return its reference; an older one stays."""
        ref = table_ref(name, fingerprint)
        with appearing_whole(self._folder(ref), proof=_DESCRIPTION) as partial:
            part = partial / "part-0.parquet"
            self.engine.to_parquet(table, part, compression="zstd")
            rows = self.engine.read_parquet(str(part)).count().to_pyarrow().as_py()
            columns = {column: str(type_) for column, type_ in table.schema().items()}
            described = {"table": name, "rows": rows, "columns": columns}
            (partial / _DESCRIPTION).write_text(json.dumps(described, indent=1))
        return ref

    def _folder(self, ref: str) -> Path:
        name, fingerprint = split_ref(ref)
        return self.root / name / fingerprint
