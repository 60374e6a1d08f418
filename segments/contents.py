"""What one publish holds: the scores, a table per segment, and who was withheld."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from segments.catalogue import SEGMENTS, assign_segments, file_rows, may_be_contacted
from segments.settings import SegmentSettings


@dataclass(frozen=True)
class Contents:
    """Rows in memory, ready to be written.

    `segments` has an entry for every named segment, empty ones too; `withheld` counts members of
    segments who are in no file for want of consent; `stages` counts the customers per stage.
    """

    scores: pa.Table
    segments: dict[str, pa.Table]
    withheld: int
    stages: dict[str, int]


def gather(
    scores: ir.Table,
    consents: ir.Table | None,
    *,
    told: pa.ChunkedArray,
    settings: SegmentSettings,
) -> Contents:
    """Return the contents of a publish; without a ledger of consents nobody is withheld.

    `told` are the customers who have probably left, by early warning.
    """
    members = assign_segments(scores, told=told, settings=settings)
    allowed = members if consents is None else may_be_contacted(members, consents)
    segments = {
        segment.name: file_rows(allowed.filter(_.segment == segment.name)).to_pyarrow()
        for segment in SEGMENTS
    }
    in_files = sum(table.num_rows for table in segments.values())
    return Contents(
        scores=scores.to_pyarrow(),
        segments=segments,
        withheld=members.count().to_pyarrow().as_py() - in_files,
        stages=_customers_by_stage(scores),
    )


def _customers_by_stage(scores: ir.Table) -> dict[str, int]:
    counted = scores.group_by("lifecycle_stage").agg(customers=_.count())
    rows = counted.order_by("lifecycle_stage").to_pyarrow().to_pylist()
    return {row["lifecycle_stage"]: row["customers"] for row in rows}
