"""The rows that count: those of all batches, without what a later batch replaced or deleted.

Nothing is rewritten when a row changes. The batch that brings the newer row lists the keys of the
older ones, each with the batch it stands in; reading leaves those out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend

from warehouse.batches import REMOVED, ROWS
from warehouse.buckets import Slice
from warehouse.commits import Committed
from warehouse.staging import is_small, no_rows, read_rows, read_small


@dataclass(frozen=True)
class Part:
    """The rows of one batch, and what they have in common."""

    folder: Path
    constants: dict[str, datetime | str]
    bucketing: str = ""


@dataclass(frozen=True)
class View:
    """What must be read to see the rows that count: batches in order, columns and the key."""

    parts: tuple[Part, ...]
    columns: dict[str, str]
    key: tuple[str, ...]

    @classmethod
    def over(
        cls, batches: Sequence[Committed], columns: dict[str, str], *, key: tuple[str, ...]
    ) -> View:
        """Return the view over batches; those that change nothing are left out."""
        parts = tuple(
            Part(each.folder, each.batch.all_constants, each.batch.bucketing)
            for each in batches
            if not each.batch.changes_nothing
        )
        return cls(parts, columns, key)

    @property
    def bucketing(self) -> str:
        """How all parts spread customers over buckets; empty where they do not, or differ."""
        ways = {part.bucketing for part in self.parts}
        return ways.pop() if len(ways) == 1 and "customer_id" in self.columns else ""


def live_rows(engine: BaseBackend, view: View, *, only: Slice | None = None) -> ir.Table:
    """Return the newest version of every key that was not deleted, in the columns of the view.

    Columns that an older batch did not have are NULL. A slice must have the bucketing of the view.
    """
    rows = _all_rows(engine, view, only)
    files = [part.folder / REMOVED for part in view.parts]
    removed = [escape(str(file)) for file in files if file.exists()]
    if not removed:
        return rows
    gone = engine.read_parquet(removed, union_by_name=True).select(*view.key, "batch_id")
    # Not `==`: a key may have empty parts, as the channel of a consent.
    same = [rows[name].identical_to(gone[name]) for name in view.key]
    return rows.anti_join(gone, [rows.batch_id == gone.batch_id, *same])


def count_live(batches: Sequence[Committed]) -> int:
    """Return how many rows count, without reading them."""
    counts = [each.batch.counts for each in batches]
    gone = sum(count.get("superseded", 0) + count.get("deleted", 0) for count in counts)
    return sum(count.get("accepted", 0) for count in counts) - gone


def merged(rows: ir.Table, merges: ir.Table) -> ir.Table:
    """Return `rows` with the facts of merged accounts given to the account that stays.

    `merges` has one row per account that was merged: `customer_id` and `merged_into`, which is
    itself not merged. Rows of `customers`, those with a column `merged_into`, are left out for
    the merged accounts.
    """
    if "merged_into" in rows.columns:
        return rows.anti_join(merges, "customer_id")
    if "customer_id" not in rows.columns:
        return rows
    stays = merges.select(_merged="customer_id", _stays="merged_into")
    joined = rows.left_join(stays, [rows.customer_id == stays._merged])
    owner = joined._stays.fill_null(joined.customer_id)
    return joined.mutate(customer_id=owner).select(rows.columns)


def _all_rows(engine: BaseBackend, view: View, only: Slice | None) -> ir.Table:
    folders = [part.folder / ROWS for part in view.parts]
    small = [folder for folder in folders if is_small(folder)]
    tables = [
        read_rows(
            engine, part.folder / ROWS, columns=view.columns, constants=part.constants, only=only
        )
        for part in view.parts
        if (part.folder / ROWS).exists() and not is_small(part.folder / ROWS)
    ]
    if small:
        tables.append(read_small(engine, small, columns=view.columns, only=only))
    if not tables:
        return no_rows(view.columns)
    return ibis.union(*tables) if len(tables) > 1 else tables[0]
