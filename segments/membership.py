"""Who is in which segment: a customer is in the first whose condition holds, or in none."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from segments.conditions import read_condition
from segments.rules import CONDITION_COLUMNS, DERIVED_COLUMNS
from segments.settings import SegmentSettings

_YEAR_DAYS = 365


def assign_segments(
    scores: ir.Table, *, told: pa.ChunkedArray, settings: SegmentSettings
) -> ir.Table:
    """Return the scored customers who are in a segment, with `segment` and `action`.

    `told` are the customers whom early warning names.
    Valuable are the highest CLVs within a lifecycle stage: against everybody, nobody who is about
    to leave would be valuable. Nobody without an order is: what is stated of them is an average.
    """
    known = _with_derived(scores, told, settings)
    conditions = {
        name: read_condition(rule.condition, CONDITION_COLUMNS)
        for name, rule in settings.rules.items()
    }
    name = ibis.cases(
        *((condition, name) for name, condition in conditions.items()), else_=ibis.null("string")
    )
    named = known.mutate(segment=name).filter(_.segment.notnull())
    action = ibis.cases(
        *((_.segment == name, rule.action) for name, rule in settings.rules.items()), else_=""
    )
    return named.mutate(action=action).drop(*DERIVED_COLUMNS)


def _with_derived(scores: ir.Table, told: pa.ChunkedArray, settings: SegmentSettings) -> ir.Table:
    group = ["lifecycle_stage", "is_cold_start"]
    stage = ibis.window(group_by=group, order_by=[ibis.desc("clv"), "customer_id"])
    place = ibis.row_number().over(stage) + 1
    valued = _.clv.count().over(ibis.window(group_by=group))
    named = ibis.memtable(pa.table({"customer_id": told, "is_told": [True] * len(told)}))
    known = scores.left_join(named, "customer_id").select(
        *scores.columns, is_told=_.is_told.fill_null(False)
    )
    return known.mutate(
        is_valuable=_.clv.notnull()
        & ~_.is_cold_start
        & (place <= (settings.valuable_share * valued).ceil()),
        days_to_anniversary=(_YEAR_DAYS - _.days_since_first_order % _YEAR_DAYS) % _YEAR_DAYS,
    )
