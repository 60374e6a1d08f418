"""Who is in which segment: a customer is in the first whose condition holds, or in none."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from segments.conditions import read_condition
from segments.rules import CONDITION_COLUMNS
from segments.settings import SegmentSettings

_YEAR_DAYS = 365
_AT_RISK, _NOT_AT_RISK = "at_risk", "active"
# What the segment of a customer rests on, beside scores.
RESTS_ON = ("stage_taken", "is_valuable", "is_told")


@dataclass(frozen=True)
class Kept:
    """Who stays valuable or at risk while only just beyond the limit, and the limit of risk.

    `members` are those of the publish before: customer_id, lifecycle_stage and is_valuable.
    """

    members: pa.Table
    at_risk_share: float


def members_of(placed: ir.Table, settings: SegmentSettings) -> ir.Table:
    """Return the customers of `place_customers` who are in a segment, with `action`."""
    action = ibis.cases(
        *((_.segment == name, rule.action) for name, rule in settings.rules.items()), else_=""
    )
    members = placed.filter(_.segment.notnull()).drop(*RESTS_ON)
    return members.mutate(action=action)


def place_customers(
    scores: ir.Table,
    *,
    told: pa.ChunkedArray,
    settings: SegmentSettings,
    kept: Kept | None = None,
) -> ir.Table:
    """Return all scored customers with `segment`, NULL of whoever is in none, and `RESTS_ON`.

    `told` are the customers whom early warning names.
    Valuable are the highest CLVs within a lifecycle stage: against everybody, nobody who is about
    to leave would be valuable. Nobody without an order is: what is stated of them is an average.
    Segments go by `stage_taken`, which is at risk of those `kept`; `lifecycle_stage` is as scored.
    """
    scored = scores.mutate(stage_scored=_.lifecycle_stage)
    known = _with_derived(_with_stage(scored, settings, kept), told, settings)
    conditions = {
        name: read_condition(rule.condition, CONDITION_COLUMNS)
        for name, rule in settings.rules.items()
    }
    name = ibis.cases(
        *((condition, name) for name, condition in conditions.items()), else_=ibis.null("string")
    )
    placed = known.mutate(segment=name).mutate(
        stage_taken=_.lifecycle_stage, lifecycle_stage=_.stage_scored
    )
    return placed.select(*scores.columns, "segment", *RESTS_ON)


def _with_stage(scored: ir.Table, settings: SegmentSettings, kept: Kept | None) -> ir.Table:
    """Let whoever was at risk stay so just beyond the limit; add `was_valuable`, in that stage."""
    if kept is None:
        return scored.mutate(was_valuable=False)
    limit = 100 * (1 - kept.at_risk_share - settings.keep_within)
    was = ibis.memtable(kept.members.select(["customer_id", "lifecycle_stage", "is_valuable"]))
    was = was.rename(stage_before="lifecycle_stage", valuable_before="is_valuable")
    both = scored.left_join(was, "customer_id").select(
        *scored.columns, "stage_before", "valuable_before"
    )
    stays = (
        (_.stage_before == _AT_RISK)
        & (_.lifecycle_stage == _NOT_AT_RISK)
        & (_.churn_percentile >= limit)
    )
    staged = both.mutate(lifecycle_stage=ibis.cases((stays, _AT_RISK), else_=_.lifecycle_stage))
    return staged.mutate(
        was_valuable=(_.valuable_before & (_.stage_before == _.lifecycle_stage)).fill_null(False)
    )


def _with_derived(scores: ir.Table, told: pa.ChunkedArray, settings: SegmentSettings) -> ir.Table:
    group = ["lifecycle_stage", "is_cold_start"]
    stage = ibis.window(group_by=group, order_by=[ibis.desc("clv"), "customer_id"])
    place = ibis.row_number().over(stage) + 1
    valued = _.clv.count().over(ibis.window(group_by=group))
    wider = settings.valuable_share + settings.keep_within
    named = ibis.memtable(pa.table({"customer_id": told, "is_told": [True] * len(told)}))
    known = scores.left_join(named, "customer_id").select(
        *scores.columns, is_told=_.is_told.fill_null(False)
    )
    return known.mutate(
        is_valuable=_.clv.notnull()
        & ~_.is_cold_start
        & (
            (place <= (settings.valuable_share * valued).ceil())
            | (_.was_valuable & (place <= (wider * valued).ceil()))
        ),
        days_to_anniversary=(_YEAR_DAYS - _.days_since_first_order % _YEAR_DAYS) % _YEAR_DAYS,
    )
