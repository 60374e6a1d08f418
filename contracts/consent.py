"""What the consent ledger says now: the newest entry decides, a refusal breaks a tie.

What cannot be read is not consent: an unknown status refuses, an entry without a time counts as
the newest.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _


def standing_entries(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the newest entry per customer and channel for `purpose`, with `is_refused`."""
    entries = consents.filter(_.purpose == purpose).mutate(
        is_refused=(_.status != "granted").fill_null(True), is_dated=_.changed_at.notnull()
    )
    newest = ibis.row_number().over(
        group_by=["customer_id", "channel"],
        order_by=["is_dated", ibis.desc("changed_at"), ibis.desc("is_refused")],
    )
    return entries.mutate(age_rank=newest).filter(_.age_rank == 0).drop("age_rank", "is_dated")


def refused(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the customers who refuse `purpose` on any channel, one row each."""
    return standing_entries(consents, purpose).filter(_.is_refused).select("customer_id").distinct()


def granted(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the customers who granted `purpose` and refuse it on no channel, one row each."""
    entries = standing_entries(consents, purpose)
    return (
        entries.select("customer_id")
        .distinct()
        .anti_join(refused(consents, purpose), "customer_id")
    )
