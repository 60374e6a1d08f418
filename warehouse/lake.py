"""Keeps tables as immutable Parquet folders, found again by fingerprint.

    <root>/<name>/<fingerprint>/part-0.parquet  one file, or a folder of parts where Spark wrote it
                               /table.json      rows, column types, bytes and hash of every file

A folder appears in one rename after its content is complete, so whoever sees it sees all of it.
A canonical table has no rows of its own: its `table.json` says which batches it is a view of.
What is stored here can be made again, so a damaged folder is set aside and counts as missing.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from contracts.folders import appearing_whole
from contracts.names import file_digest, split_ref, table_ref
from warehouse.history import Part, View, live_rows, merged

_DESCRIPTION = "table.json"


@dataclass(frozen=True)
class Lake:
    """Tables below `root`, read and written through `engine`."""

    root: Path
    engine: BaseBackend

    def find(self, name: str, fingerprint: str) -> str | None:
        """Return the reference of a stored table, or None where there is none or it is damaged."""
        ref = table_ref(name, fingerprint)
        folder = self._folder(ref)
        if not (folder / _DESCRIPTION).exists():
            return None
        if not _is_as_written(folder):
            folder.rename(folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.damaged"))
            return None
        return ref

    def table(self, ref: str) -> ir.Table:
        """Return a stored table as an expression."""
        folder = self._folder(ref)
        described = json.loads((folder / _DESCRIPTION).read_text())
        if "view" in described:
            return self._seen(described["view"])
        return self.engine.read_parquet([escape(str(folder / part)) for part in described["parts"]])

    def row_count(self, ref: str) -> int:
        """Return how many rows a stored table has, without reading it."""
        described = json.loads((self._folder(ref) / _DESCRIPTION).read_text())
        return int(described["rows"])

    def keep_view(
        self, name: str, fingerprint: str, view: View, *, merges: str | None, rows: int | None
    ) -> str:
        """Keep which batches make the canonical table `name`; return its reference.

        `merges` is the stored table (customer_id, merged_into) by which accounts of one person
        become one, or None. `rows` says how many rows the view has; they are counted for None.
        """
        ref = table_ref(name, fingerprint)
        if self.find(name, fingerprint) is not None:
            return ref
        kept = {
            "parts": [_kept(part, self.root) for part in view.parts],
            "columns": view.columns,
            "key": view.key,
            "merges": merges,
        }
        if rows is None:
            rows = self._seen(kept).count().to_pyarrow().as_py()
        with appearing_whole(self._folder(ref), proof=_DESCRIPTION) as partial:
            described = {"table": name, "rows": rows, "columns": view.columns, "view": kept}
            (partial / _DESCRIPTION).write_text(json.dumps(described, indent=1))
        return ref

    def keep(self, name: str, fingerprint: str, build: Callable[[], ir.Table]) -> str:
        """Return the stored table's reference; build and write it first where it is missing."""
        return self.find(name, fingerprint) or self.write(name, fingerprint, build())

    def write(self, name: str, fingerprint: str, table: ir.Table) -> str:
        """Write `table` under its fingerprint and return its reference; an older one stays."""
        ref = table_ref(name, fingerprint)
        with appearing_whole(self._folder(ref), proof=_DESCRIPTION) as partial:
            self.engine.to_parquet(table, partial / "part-0.parquet", compression="zstd")
            parts = sorted(path for path in partial.rglob("*.parquet") if path.is_file())
            columns = {column: str(type_) for column, type_ in table.schema().items()}
            described = {
                "table": name,
                "rows": sum(pq.read_metadata(part).num_rows for part in parts),
                "columns": columns,
                "parts": {str(part.relative_to(partial)): _proof(part) for part in parts},
            }
            (partial / _DESCRIPTION).write_text(json.dumps(described, indent=1))
        return ref

    def _seen(self, kept: dict[str, Any]) -> ir.Table:
        view = View(
            tuple(_part(part, self.root) for part in kept["parts"]),
            kept["columns"],
            tuple(kept["key"]),
        )
        rows = live_rows(self.engine, view).select(*view.columns)
        return rows if kept["merges"] is None else merged(rows, self.table(kept["merges"]))

    def _folder(self, ref: str) -> Path:
        name, fingerprint = split_ref(ref)
        return self.root / name / fingerprint


def _kept(part: Part, root: Path) -> dict[str, Any]:
    moment, others = part.constants["ingested_at"], dict(part.constants)
    return {
        "folder": os.path.relpath(part.folder, root),
        "constants": {**others, "ingested_at": str(moment)},
    }


def _part(kept: dict[str, Any], root: Path) -> Part:
    moment = datetime.fromisoformat(kept["constants"]["ingested_at"])
    return Part(root / kept["folder"], {**kept["constants"], "ingested_at": moment})


def _is_as_written(folder: Path) -> bool:
    described = json.loads((folder / _DESCRIPTION).read_text())
    if "view" in described:
        return True
    return all(
        (folder / part).is_file() and _proof(folder / part) == proof
        for part, proof in described["parts"].items()
    )


def _proof(part: Path) -> dict[str, int | str]:
    return {"bytes": part.stat().st_size, "sha256": file_digest(part)}
