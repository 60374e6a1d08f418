"""The spine: which customers are seen at which dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.consent import refused
from contracts.schema import SNAPSHOT_KEY


def spine(
    customers: ir.Table,
    orders: ir.Table,
    snapshot_dates: Sequence[date],
    *,
    consents: ir.Table | None = None,
) -> ir.Table:
    """Return one row per scorable customer and snapshot date, keyed by both.

    A customer exists at a date when created, or with a first order, strictly before it. Whoever
    objected to profiling, or withdrew the consent to it, by the newest entry of the ledger, is
    not scorable and is in no row: an objection covers the past that would be learnt from too.
    """
    first_orders = orders.group_by("customer_id").agg(first_order_at=_.ordered_at.min())
    since = customers.left_join(first_orders, "customer_id").select(
        "customer_id", since=ibis.least(_.created_at, _.first_order_at).date()
    )
    dates = ibis.memtable({"snapshot_date": list(snapshot_dates)}, schema={"snapshot_date": "date"})
    rows = since.cross_join(dates).filter(_.since < _.snapshot_date).select(*SNAPSHOT_KEY)
    return (
        rows if consents is None else rows.anti_join(refused(consents, "profiling"), "customer_id")
    )
