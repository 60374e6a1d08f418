"""How customers under contract leave: whose contract runs at a date, and by what it ends."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import SNAPSHOT_KEY


class Cause(StrEnum):
    """By what a contract ends: somebody ended it, or it was not paid."""

    VOLUNTARY = "voluntary"
    PAYMENT = "payment"


def is_unpaid(reason: ir.StringValue, words: Collection[str]) -> ir.BooleanValue:
    """Say whether an `end_reason` is one of the words for a failed payment, in any case."""
    known = [word.strip().lower() for word in words]
    return reason.strip().lower().isin(known).fill_null(False) if known else ibis.literal(False)


def contracts_at(spine: ir.Table, subscriptions: ir.Table, words: Collection[str]) -> ir.Table:
    """Return the contracts of each customer, beside each snapshot date of the spine.

    Keyed by customer, date and contract. `starts`, `ends` (NULL: open) and `is_unpaid` are as they
    came to be; `is_running` says that it started before the date and had not ended before it;
    `is_end_known` that its end lay ahead at the date and had been ingested before it; `is_next`
    that it was to begin from the date on, and that had been ingested before it.
    """
    start = _.snapshot_date.cast("timestamp")
    contracts = subscriptions.select(
        "customer_id", "ingested_at", starts=_.started_at, ends=_.ended_at,
        is_unpaid=is_unpaid(_.end_reason, words),
    )  # fmt: skip
    rows = spine.select(*SNAPSHOT_KEY).join(contracts, "customer_id")
    rows = rows.mutate(
        is_running=(_.starts < start) & (_.ends.isnull() | (_.ends >= start)),
        is_end_known=_.ends.notnull() & (_.ends >= start) & (_.ingested_at < start),
        is_next=(_.starts >= start) & (_.ingested_at < start),
    )
    return rows.drop("ingested_at")


def standing(contracts: ir.Table) -> ir.Table:
    """Return one row per customer and date with any contract begun before it, of `contracts_at`.

    Columns: `running` (contracts that run), `is_leaving` (all of these have an end that was known
    by then, and none was known to follow), `began` (when the oldest of the running ones began) and
    `was_away` (an earlier one had ended more than a day before that: who only changes plans has not
    been away).
    """
    start = _.snapshot_date.cast("timestamp")
    people = contracts.group_by(*SNAPSHOT_KEY).agg(
        begun=_.count(where=_.starts < start),
        running=_.count(where=_.is_running),
        leaving=_.count(where=_.is_running & _.is_end_known),
        following=_.count(where=_.is_next),
        began=_.starts.min(where=_.is_running),
        last_end=_.ends.max(where=_.ends < start),
    )
    return people.filter(_.begun > 0).select(
        *SNAPSHOT_KEY,
        "running",
        "began",
        is_leaving=(_.running > 0) & (_.leaving == _.running) & (_.following == 0),
        was_away=(_.last_end + ibis.interval(days=1) < _.began).fill_null(False),
    )


def outcome(
    contracts: ir.Table, key: Collection[str], until: ir.TimestampValue | ibis.Deferred
) -> ir.Table:
    """Return, of the contracts of `contracts_at`, whether any runs on at `until`, by `key`.

    Columns: `stays` (some contract runs then, or begins at that moment) and `is_unpaid`: of those
    that ended from the date on, whether the last to end ended for want of payment.
    """
    over = ibis.window(group_by=list(key))
    rows = contracts.mutate(
        runs_on=(_.starts <= until) & (_.ends.isnull() | (_.ends >= until)),
        ended=(_.starts < until) & (_.ends >= _.snapshot_date.cast("timestamp")) & (_.ends < until),
    )
    rows = rows.mutate(last=ibis.ifelse(_.ended, _.ends, None).max().over(over))
    return rows.group_by(*key).agg(
        stays=_.runs_on.fill_null(False).any(),
        is_unpaid=(_.ended & _.is_unpaid & (_.ends == _.last)).fill_null(False).any(),
    )
