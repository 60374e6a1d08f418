"""HubSpot contacts, with the legal basis of processing their data.

Read: knowledge.hubspot.com/import-and-export/set-up-your-import-file (file, limits),
.../how-can-i-track-lawful-basis-of-processing-in-hubspot (the list of legal bases, of 2018: a
portal may have more).
"""

from __future__ import annotations

from segments.vendors.recipients import Recipient
from segments.vendors.shared import proof_columns, refusal, score_columns, spoken
from segments.vendors.target import Column, Form, Kind, Limits, Target, first_reason

_BASES = {
    "consent": "Freely given consent from contact",
    "contract": "Performance of a contract",
    "legitimate_interest": "Legitimate interest - existing customer",
}
LEGAL_BASES = (
    *_BASES.values(), "Legitimate interest - prospect/lead", "Not applicable",
)  # fmt: skip


def _withheld(one: Recipient) -> str | None:
    # Without an e-mail address HubSpot makes a second contact of somebody it knows.
    return refusal(one) or first_reason(one.email)


HUBSPOT = Target(
    name="hubspot",
    title="HubSpot contacts",
    rules="2026-11",
    columns=(
        Column("Email", Kind.EMAIL, lambda one: one.email, is_required=True),
        Column("First Name", Kind.NAME, lambda one: one.first_name),
        Column("Last Name", Kind.NAME, lambda one: one.last_name),
        Column("Phone Number", Kind.PHONE, lambda one: one.phone),
        Column("Street Address", Kind.TEXT, lambda one: one.street),
        Column("Postal Code", Kind.POSTAL, lambda one: one.postal_code),
        Column("City", Kind.TOWN, lambda one: one.city),
        Column("Country/Region", Kind.COUNTRY, lambda one: one.country),
        Column(
            "Legal basis for processing contact's data", Kind.TEXT,
            lambda one: _BASES.get(one.consent_basis or ""), choices=LEGAL_BASES,
        ),
        Column("SK Segment", Kind.LABEL, lambda one: one.label),
        *score_columns(spoken("SK")),
        *proof_columns(spoken("SK")),
    ),
    withheld=_withheld,
    form=Form(moment="%Y-%m-%dT%H:%M:%SZ"),
    # The free plan takes 20 MB at once, the paid ones 512: smaller files suit both.
    limits=Limits(
        most_bytes=512_000_000, most_rows=1_048_575, split_bytes=20_000_000, split_rows=500_000,
        most_columns=999,
    ),
    identifiers=("Email",),
    key=("Email",),
)  # fmt: skip
