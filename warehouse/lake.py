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
from collections import Counter
from collections.abc import Callable, Collection, Sequence
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
from warehouse.buckets import Slice, cut, fewest, known_ways, of_texts
from warehouse.history import Part, View, live_rows, merged

_DESCRIPTION = "table.json"


@dataclass(frozen=True)
class Lake:
    """Tables below `root`, read and written through `engine`.

    `rows_at_once` is how many rows the engine should work on at a time; None leaves that to it.
    """

    root: Path
    engine: BaseBackend
    rows_at_once: int | None = None

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

    def table(self, ref: str, *, only: Slice | None = None) -> ir.Table:
        """Return a stored table as an expression; its rows of a slice of customers, if given.

        Of a table whose rows name no customer a slice has all.
        """
        described = self._described(ref)
        if "view" in described:
            return self._seen(described["view"], only=only)
        parts = [escape(str(self._folder(ref) / part)) for part in described["parts"]]
        return _cut(self.engine.read_parquet(parts), only)

    def row_count(self, ref: str) -> int:
        """Return how many rows a stored table has, without reading it."""
        return int(self._described(ref)["rows"])

    def slices(self, refs: Collection[str]) -> Sequence[Slice | None]:
        """Return slices of customers by which tables are read a part at a time; [None] is all.

        They are cut as most of the rows lie in buckets. What lies otherwise is read by each slice.
        """
        described = [self._described(ref) for ref in refs]
        number = sum(each["rows"] for each in described)
        if self.rows_at_once is None or number <= self.rows_at_once:
            return [None]
        most = self._bucketing(described) or of_texts(self.engine)
        return cut(most, rows=number, rows_at_once=self.rows_at_once)

    def some(self, refs: Collection[str], *, share: float) -> Slice | None:
        """Return the fewest buckets that hold about `share` of the customers of tables, or more.

        None, which is all, where most of the rows do not lie in buckets.
        """
        most = self._bucketing([self._described(ref) for ref in refs])
        return fewest(most, share=share) if most else None

    def _bucketing(self, described: Sequence[dict[str, Any]]) -> str:
        """Return by which buckets most of the rows lie; empty where none does."""
        known, ways = known_ways(self.engine), Counter[str]()
        for each in described:
            way = _view(each["view"], self.root).bucketing if "view" in each else ""
            if way in known:
                ways[way] += each["rows"]
        return max(ways, key=ways.__getitem__, default="")

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
        return self.keep_parts(name, fingerprint, [build])

    def keep_parts(
        self, name: str, fingerprint: str, builds: Sequence[Callable[[], ir.Table]]
    ) -> str:
        """Do so with a table that is built and written part by part; it has all their rows."""
        return self.find(name, fingerprint) or self._write(name, fingerprint, builds)

    def write(self, name: str, fingerprint: str, table: ir.Table) -> str:
        """Write `table` under its fingerprint and return its reference; an older one stays."""
        return self._write(name, fingerprint, [lambda: table])

    def _write(self, name: str, fingerprint: str, builds: Sequence[Callable[[], ir.Table]]) -> str:
        ref = table_ref(name, fingerprint)
        with appearing_whole(self._folder(ref), proof=_DESCRIPTION) as partial:
            for number, build in enumerate(builds):
                table = build()
                part = partial / f"part-{number}.parquet"
                self.engine.to_parquet(table, part, compression="zstd")
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

    def _seen(self, kept: dict[str, Any], *, only: Slice | None = None) -> ir.Table:
        view = _view(kept, self.root)
        # The slice, where rows lie in its buckets; elsewhere all are read and then cut.
        lies = only if only is not None and only.bucketing == view.bucketing else None
        rows = live_rows(self.engine, view, only=lies).select(*view.columns)
        if kept["merges"] is not None:
            merges = self.table(kept["merges"])
            if lies is not None:
                # What accounts bring that went lies in their buckets, not in those of whom they
                # are now.
                come = live_rows(self.engine, view).select(*view.columns)
                come = come.semi_join(merges.filter(lies.has(merges.merged_into)), "customer_id")
                rows = rows.anti_join(merges, "customer_id").union(come)
            rows = merged(rows, merges)
        return rows if lies is not None else _cut(rows, only)

    def _described(self, ref: str) -> dict[str, Any]:
        described: dict[str, Any] = json.loads((self._folder(ref) / _DESCRIPTION).read_text())
        return described

    def _folder(self, ref: str) -> Path:
        name, fingerprint = split_ref(ref)
        return self.root / name / fingerprint


def _cut(rows: ir.Table, only: Slice | None) -> ir.Table:
    if only is None or "customer_id" not in rows.columns:
        return rows
    return rows.filter(only.has(rows.customer_id))


def _kept(part: Part, root: Path) -> dict[str, Any]:
    moment, others = part.constants["ingested_at"], dict(part.constants)
    return {
        "folder": os.path.relpath(part.folder, root),
        "bucketing": part.bucketing,
        "constants": {**others, "ingested_at": str(moment)},
    }


def _part(kept: dict[str, Any], root: Path) -> Part:
    moment = datetime.fromisoformat(kept["constants"]["ingested_at"])
    constants = {**kept["constants"], "ingested_at": moment}
    return Part(root / kept["folder"], constants, kept["bucketing"])


def _view(kept: dict[str, Any], root: Path) -> View:
    parts = tuple(_part(part, root) for part in kept["parts"])
    return View(parts, kept["columns"], tuple(kept["key"]))


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
