"""Writes the files that marketing tools import, with those identifiers only that were allowed.

Direct identifiers are read here and nowhere else. Each is handed over by its own channel's consent:
an e-mail address by `email`, a telephone number by `sms` to tools and by `phone` to people who
call, an address by `post`; to ad platforms all of them by the purpose `ad_matching`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from contracts.consent import decided
from segments.rules import SegmentRule
from segments.vendors.recipients import RECIPIENTS
from segments.vendors.target import Target
from segments.vendors.writing import Written, write_files

_POSTAL = ("street", "postal_code", "city")
_NAMES = ("first_name", "last_name", "country")
_GRANTED = "granted"
_AD_MATCHING = "ad_matching"


@dataclass(frozen=True)
class Ledgers:
    """What files of tools need beside scores: who customers are, and what they agreed to."""

    identities: ir.Table
    consents: ir.Table


def export(  # noqa: PLR0913 - what files are made of
    folder: Path,
    scores: pa.Table,
    segments: Mapping[str, pa.Table],
    *,
    rules: Mapping[str, SegmentRule],
    targets: Sequence[Target],
    ledgers: Ledgers,
) -> dict[str, tuple[Written, ...]]:
    """Write the files of all segments into a folder; return what was written by segment.

    `segments` are the rows of the segment files, `scores` those of everybody.
    """
    groups = {
        kind: [target for target in targets if _kind(target) == kind]
        for kind in (_for_tools, _for_people, _for_ads)
    }
    scored = ibis.memtable(scores)
    found = {}
    for name, members in segments.items():
        rule = rules[name]
        rows = _scored(members, scored, rule)
        found[name] = tuple(
            written
            for make, group in groups.items()
            if group
            for written in write_files(
                folder, make(rows, ledgers, rule), label=rule.label, targets=group
            )
        )
    return found


def _kind(target: Target) -> object:
    if target.is_ad_platform:
        return _for_ads
    return _for_people if target.is_spreadsheet else _for_tools


def _scored(members: pa.Table, scored: ir.Table, rule: SegmentRule) -> ir.Table:
    chosen = members.select(["customer_id", "consent_entry", "consent_at"])
    return (
        ibis.memtable(chosen)
        .join(scored, "customer_id")
        .mutate(
            consent_state=ibis.literal(_GRANTED),
            consent_channel=ibis.literal(rule.channel, "string"),
            consent_basis=ibis.literal("consent"),
        )
    )


def _for_tools(rows: ir.Table, ledgers: Ledgers, rule: SegmentRule) -> pa.Table:
    by = {"email": ("email",), "sms": ("phone",), "post": _POSTAL}
    return _recipients(_known(rows, ledgers, rule.purpose, by))


def _for_people(rows: ir.Table, ledgers: Ledgers, rule: SegmentRule) -> pa.Table:
    by = {"email": ("email",), "phone": ("phone",), "post": _POSTAL}
    return _recipients(_known(rows, ledgers, rule.purpose, by))


def _for_ads(rows: ir.Table, ledgers: Ledgers, _rule: SegmentRule) -> pa.Table:
    known = _identified(rows, ledgers.identities)
    said = decided(ledgers.consents, _AD_MATCHING, None).select("customer_id", "is_granted")
    word = ibis.ifelse(_.is_granted.fill_null(False), _GRANTED, "withdrawn")
    judged = known.left_join(said, "customer_id").mutate(ad_user_data=word, ad_personalization=word)
    return _recipients(judged)


def _known(
    rows: ir.Table, ledgers: Ledgers, purpose: str, by_channel: Mapping[str, Sequence[str]]
) -> ir.Table:
    """Return rows with names, and with those identifiers whose channel was granted."""
    known = _identified(rows, ledgers.identities)
    for channel, names in by_channel.items():
        said = decided(ledgers.consents, purpose, channel).select("customer_id", "is_granted")
        known = (
            known.left_join(said, "customer_id")
            .mutate(
                **{
                    name: ibis.ifelse(_.is_granted.fill_null(False), _[name], ibis.null("string"))
                    for name in names
                }
            )
            .select(*known.columns)
        )
    return known


def _identified(rows: ir.Table, identities: ir.Table) -> ir.Table:
    """Return rows with identifiers: of accounts that became one, those of the fullest."""
    names = ["email", "phone", *_POSTAL, *_NAMES]
    filled = reduce(
        lambda one, other: one + other, [identities[name].notnull().cast("int8") for name in names]
    )
    place = ibis.row_number().over(group_by="customer_id", order_by=[ibis.desc("filled"), *names])
    one_each = identities.mutate(filled=filled).mutate(place=place).filter(_.place == 0)
    return rows.left_join(one_each.select("customer_id", *names), "customer_id").select(
        *rows.columns, *names
    )


def _recipients(rows: ir.Table) -> pa.Table:
    """Return the table of `RECIPIENTS`; what is not known is NULL."""
    found = rows.select(*[name for name in RECIPIENTS.names if name in rows.columns]).to_pyarrow()
    columns = [
        found[name] if name in found.column_names else pa.nulls(len(found), field.type)
        for name, field in zip(RECIPIENTS.names, RECIPIENTS, strict=True)
    ]
    return pa.table(columns, names=RECIPIENTS.names).cast(RECIPIENTS)
