"""Who may be reached for the purpose and by the channel of a segment, and by which entry."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.consent import decided, granted, refused
from segments.settings import SegmentSettings

# Why a member is in no file, as a manifest counts it.
NO_CONSENT = "no consent known"
NOT_READABLE = "consent not readable"
WITHDRAWN, OBJECTED = "withdrawn", "objected"
HELD_OUT = "holdout"
OVER_CAP = "over the cap"


def scorable_now(scores: ir.Table, consents: ir.Table | None) -> ir.Table:
    """Return the scores without those of customers who have objected to profiling by now."""
    if consents is None:
        return scores
    return scores.anti_join(refused(consents, "profiling"), "customer_id")


def may_be_contacted(members: ir.Table, consents: ir.Table) -> ir.Table:
    """Return the members who granted marketing and refuse it on no channel; unknown means no."""
    return members.semi_join(granted(consents, "marketing"), "customer_id")


def with_permission(
    members: ir.Table, consents: ir.Table | None, settings: SegmentSettings
) -> ir.Table:
    """Return members of segments with what permits to reach them, or what keeps them out.

    Columns beside theirs: `consent_entry`, `consent_at`, the entry of the ledger that decides, and
    `withheld_reason`, NULL for whom it permits. Without a ledger nobody is withheld, and nothing is
    proven. Who said nothing is withheld, as is whose entry cannot be read.
    """
    if consents is None:
        return members.mutate(
            consent_entry=ibis.null("string"), consent_at=ibis.null("timestamp(6)"),
            withheld_reason=ibis.null("string"),
        )  # fmt: skip
    asked = sorted({(rule.purpose, rule.channel or "") for rule in settings.rules.values()})
    parts = []
    for purpose, channel in asked:
        names = [
            name
            for name, rule in settings.rules.items()
            if (rule.purpose, rule.channel or "") == (purpose, channel)
        ]
        said = decided(consents, purpose, channel or None)
        theirs = members.filter(_.segment.isin(names))
        parts.append(_judged(theirs, said))
    return reduce(lambda one, other: one.union(other), parts)


def _judged(members: ir.Table, said: ir.Table) -> ir.Table:
    reason = ibis.cases(
        (_.is_granted.isnull(), NO_CONSENT),
        (_.is_granted, ibis.null("string")),
        (_.basis_status == WITHDRAWN, WITHDRAWN),
        (_.basis_status == OBJECTED, OBJECTED),
        else_=NOT_READABLE,
    )
    return (
        members.left_join(said, "customer_id")
        .mutate(withheld_reason=reason)
        .select(
            *members.columns, consent_entry=_.basis_entry, consent_at=_.basis_at,
            withheld_reason=_.withheld_reason,
        )
    )  # fmt: skip
