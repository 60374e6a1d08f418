"""The named segments. A customer is in the first whose condition holds, or in none."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _
from ibis.common.deferred import Deferred

from contracts.consent import granted
from segments.settings import SegmentSettings


@dataclass(frozen=True)
class Segment:
    """A named group of scored customers.

    `condition` reads score columns, `is_valuable` and `is_told`: that early warning names the
    customer. `action` says what marketing may do.
    """

    name: str
    description: str
    action: str
    condition: Deferred


SEGMENTS = (
    Segment(
        "early_warning",
        "silent for longer than usual, and probably gone; not yet lost by the usual rule",
        "a short personal reminder, soon", _.is_told,
    ),
    Segment(
        "valuable_at_risk", "likely to leave, and among the most valuable of those",
        "personal contact or a good offer", (_.lifecycle_stage == "at_risk") & _.is_valuable,
    ),
    Segment(
        "at_risk", "likely to leave", "reminder without discount", _.lifecycle_stage == "at_risk",
    ),
    Segment(
        "valuable_loyal", "ordering as usual, and among the most valuable of those",
        "thanks and early access", (_.lifecycle_stage == "active") & _.is_valuable,
    ),
    Segment(
        "promising_new", "first order lately, and among the most valuable of those",
        "welcome and a reason for the second order",
        (_.lifecycle_stage == "new") & _.is_valuable,
    ),
    Segment("lost", "silent for too long", "win-back, rarely", _.lifecycle_stage == "lost"),
)  # fmt: skip


def assign_segments(
    scores: ir.Table, *, told: pa.ChunkedArray, settings: SegmentSettings
) -> ir.Table:
    """Return the scored customers who are in a segment, with `segment` and `action`.

    `told` are the customers whom early warning names.
    Valuable are the highest CLVs within a lifecycle stage: against everybody, nobody who is about
    to leave would be valuable. Nobody without an order is: what is stated of them is an average.
    """
    group = ["lifecycle_stage", "is_cold_start"]
    stage = ibis.window(group_by=group, order_by=[ibis.desc("clv"), "customer_id"])
    place = ibis.row_number().over(stage) + 1
    valued = _.clv.count().over(ibis.window(group_by=group))
    named = ibis.memtable(pa.table({"customer_id": told, "is_told": [True] * len(told)}))
    known = scores.left_join(named, "customer_id").select(
        *scores.columns, is_told=_.is_told.fill_null(False)
    )
    ranked = known.mutate(
        is_valuable=_.clv.notnull()
        & ~_.is_cold_start
        & (place <= (settings.valuable_share * valued).ceil())
    )
    name = ibis.cases(*((s.condition, s.name) for s in SEGMENTS), else_=ibis.null("string"))
    action = ibis.cases(*((s.condition, s.action) for s in SEGMENTS), else_=ibis.null("string"))
    return (
        ranked.mutate(segment=name, action=action)
        .filter(_.segment.notnull())
        .drop("is_valuable", "is_told")
    )


def file_rows(members: ir.Table) -> ir.Table:
    """Return the members as a campaign file shows them: its columns, rounded, best first."""
    return members.order_by(ibis.desc("clv"), "customer_id").select(
        "customer_id",
        "segment",
        "action",
        "as_of",
        "lifecycle_stage",
        churn_probability=_.churn_probability.cast("decimal(6, 4)"),
        churn_percentile=_.churn_percentile.cast("decimal(5, 1)"),
        clv=_.clv.cast("decimal(18, 2)"),
        days_overdue=_.days_overdue.cast("int64"),
    )


def may_be_contacted(members: ir.Table, consents: ir.Table) -> ir.Table:
    """Return the members who granted marketing and refuse it on no channel; unknown means no."""
    return members.semi_join(granted(consents, "marketing"), "customer_id")
