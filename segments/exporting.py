"""Writes the files that marketing tools import, with those identifiers only that were allowed.

Direct identifiers are read here and nowhere else. Each is handed over by its own channel's consent:
an e-mail address by `email`, a telephone number by `sms` to tools and by `phone` to people who
call, an address by `post`; to ad platforms all of them by the purpose `ad_matching`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
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
    everybody = _scored(segments, scores, rules)
    found: dict[str, list[Written]] = {name: [] for name in segments}
    for make in (_for_tools, _for_people, _for_ads):
        group = [target for target in targets if _kind(target) is make]
        for purpose in sorted({rule.purpose for rule in rules.values()}) if group else ():
            names = [name for name in segments if rules[name].purpose == purpose]
            people = make(everybody.filter(_.segment.isin(names)), ledgers, purpose).to_pyarrow()
            for name in names:
                members = people.filter(pc.equal(people["segment"], name))
                label = rules[name].label
                found[name] += write_files(folder, _recipients(members), label=label, targets=group)
    return {name: tuple(written) for name, written in found.items()}


_Make = Callable[[ir.Table, Ledgers, str], ir.Table]


def _kind(target: Target) -> _Make:
    if target.is_ad_platform:
        return _for_ads
    return _for_people if target.is_spreadsheet else _for_tools


def _scored(
    segments: Mapping[str, pa.Table], scores: pa.Table, rules: Mapping[str, SegmentRule]
) -> ir.Table:
    """Return the members of all segments with their scores, and the consent that is proven."""
    members = ibis.memtable(
        pa.concat_tables(
            rows.select(["customer_id", "consent_entry", "consent_at"]).append_column(
                "segment", pa.repeat(pa.scalar(name, pa.string()), len(rows))
            )
            for name, rows in segments.items()
        )
    )
    channel = ibis.cases(
        *((_.segment == name, ibis.literal(rules[name].channel, "string")) for name in segments),
        else_=ibis.null("string"),
    )
    return members.join(ibis.memtable(scores), "customer_id").mutate(
        consent_state=ibis.literal(_GRANTED),
        consent_channel=channel,
        consent_basis=ibis.literal("consent"),
    )


def _for_tools(rows: ir.Table, ledgers: Ledgers, purpose: str) -> ir.Table:
    return _known(rows, ledgers, purpose, {"email": ("email",), "sms": ("phone",), "post": _POSTAL})


def _for_people(rows: ir.Table, ledgers: Ledgers, purpose: str) -> ir.Table:
    by = {"email": ("email",), "phone": ("phone",), "post": _POSTAL}
    return _known(rows, ledgers, purpose, by)


def _for_ads(rows: ir.Table, ledgers: Ledgers, _purpose: str) -> ir.Table:
    """Return rows with all identifiers, and whether ad platforms may have them: a purpose apart."""
    known = _identified(rows, ledgers.identities)
    said = decided(ledgers.consents, _AD_MATCHING, None).select("customer_id", "is_granted")
    word = ibis.ifelse(_.is_granted.fill_null(False), _GRANTED, "withdrawn")
    judged = known.left_join(said, "customer_id").mutate(ad_user_data=word, ad_personalization=word)
    return judged.select(*known.columns, "ad_user_data", "ad_personalization")


def _known(
    rows: ir.Table, ledgers: Ledgers, purpose: str, by_channel: Mapping[str, Sequence[str]]
) -> ir.Table:
    """Return rows with names, and with those identifiers whose channel was granted."""
    known = _identified(rows, ledgers.identities)
    for channel, names in by_channel.items():
        said = decided(ledgers.consents, purpose, channel).select("customer_id", "is_granted")
        allowed = {
            name: ibis.ifelse(_.is_granted.fill_null(False), _[name], ibis.null("string"))
            for name in names
        }
        known = known.left_join(said, "customer_id").mutate(**allowed).select(*known.columns)
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


def _recipients(found: pa.Table) -> pa.Table:
    """Return rows as a table of `RECIPIENTS`; what they lack is NULL."""
    columns = [
        found[name] if name in found.column_names else pa.nulls(len(found), field.type)
        for name, field in zip(RECIPIENTS.names, RECIPIENTS, strict=True)
    ]
    return pa.table(columns, names=RECIPIENTS.names).cast(RECIPIENTS)
