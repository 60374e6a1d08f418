"""What the consent ledger says now: the newest entry decides, a refusal breaks a tie.

What cannot be read is not consent: an unknown status refuses, an entry without a time counts as
the newest.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.hashing import md5
from contracts.schema import TEXT

# The columns of an entry that make it what it is, in the order in which its id is computed.
_OF_ENTRY = (
    "customer_id", "purpose", "channel", "status", "changed_at", "source", "text_version",
)  # fmt: skip
_ID_DIGITS = 16
# What parts columns in the text that an id is made of: it stands in no CRM field.
_BETWEEN = "\x1f"


def standing_entries(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the newest entry per customer and channel for `purpose`, with `is_refused`."""
    return _newest(consents.filter(_.purpose == purpose), "customer_id", "channel")


def refused(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the customers who refuse `purpose` on any channel, one row each."""
    return standing_entries(consents, purpose).filter(_.is_refused).select("customer_id").distinct()


def granted(consents: ir.Table, purpose: str) -> ir.Table:
    """Return the customers who granted `purpose` and refuse it on no channel, one row each."""
    return decided(consents, purpose, None).filter(_.is_granted).select("customer_id")


def decided(consents: ir.Table, purpose: str, channel: str | None) -> ir.Table:
    """Return what decides on `purpose` by `channel`, one row per customer of whom anything is said.

    An entry without a channel is about all channels; of it and those of the channel the newest
    decides. Where no channel is asked for, the newest of each channel stands, and any refusal among
    them decides. Columns: customer_id, `is_granted`, `basis_status` (as it stands in the ledger),
    and the proof, `basis_entry` (`entry_id`) and `basis_at`, NULL where the entry has no time.
    Whoever is not in it is not known to have said anything, which is no.
    """
    if channel is None:
        standing = standing_entries(consents, purpose)
        first = [ibis.desc("is_refused"), ibis.desc("changed_at"), "channel"]
        place = ibis.row_number().over(group_by="customer_id", order_by=first)
        deciding = standing.mutate(place=place).filter(_.place == 0)
    else:
        about = _.channel.isnull() | (_.channel.lower() == channel.lower())
        deciding = _newest(consents.filter((_.purpose == purpose) & about), "customer_id")
    return deciding.select(
        "customer_id",
        is_granted=~_.is_refused,
        basis_status=_.status,
        basis_entry=entry_id(deciding),
        basis_at=_.changed_at,
    )


def entry_id(entries: ir.Table) -> ir.StringValue:
    """Return what names each entry of the ledger: the same entry, the same id, on any machine.

    The first digits of the MD5 of its columns; it stands for the entry without telling who it is
    of.
    """
    parts = [
        (entries[name].strftime("%Y-%m-%dT%H:%M:%S.%f") if name == "changed_at" else entries[name])
        .cast(TEXT)
        .fill_null("")
        for name in _OF_ENTRY
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.concat(_BETWEEN, part)
    found: ir.StringValue = md5(whole).substr(0, _ID_DIGITS)
    return found


def _newest(entries: ir.Table, *of: str) -> ir.Table:
    """Return the newest entry of each group, with `is_refused`."""
    marked = entries.mutate(
        is_refused=(_.status != "granted").fill_null(True), is_dated=_.changed_at.notnull()
    )
    newest = ibis.row_number().over(
        group_by=list(of),
        order_by=[
            "is_dated", ibis.desc("changed_at"), ibis.desc("is_refused"), "channel", "source",
            "text_version",
        ],
    )  # fmt: skip
    return marked.mutate(age_rank=newest).filter(_.age_rank == 0).drop("age_rank", "is_dated")
