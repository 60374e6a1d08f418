"""Mailchimp contacts.

Read: mailchimp.com/help/format-guidelines-for-your-import-file (values, 255 bytes, address),
kb.mailchimp.com/lists/growth/format-list-fields (order inside an address). Of the size of a file
Mailchimp says nothing there, and others say 10 MB to 200 MB: ours end before 10.
"""

from __future__ import annotations

from segments.vendors.recipients import Recipient
from segments.vendors.shared import refusal, score_columns, spoken
from segments.vendors.target import Cell, Column, Form, Kind, Limits, Target, first_reason

TEXT_BYTES = 255


def _withheld(one: Recipient) -> str | None:
    reason = refusal(one) or first_reason(one.email)
    if reason is None and isinstance(one.email, str) and not one.email.rpartition("@")[0].isascii():
        return "e-mail with letters that Mailchimp does not take before the @"
    return reason


def _address(one: Recipient) -> Cell:
    """Return the address in one cell, its parts two spaces apart; None unless it is whole."""
    parts = (one.street, one.city, one.postal_code, one.country)
    if None in parts:
        return None
    # Two spaces inside a part would look like the end of it.
    return "  ".join(" ".join((part or "").split()) for part in parts)


MAILCHIMP = Target(
    name="mailchimp",
    title="Mailchimp contacts",
    rules="2026-11",
    columns=(
        Column("Email Address", Kind.EMAIL, lambda one: one.email, is_required=True),
        Column("First Name", Kind.NAME, lambda one: one.first_name),
        Column("Last Name", Kind.NAME, lambda one: one.last_name),
        Column("Address", Kind.ADDRESS, _address),
        # Import it as text: a field of the type "Zip Code" takes five digits and nothing else.
        Column("Postal Code", Kind.POSTAL, lambda one: one.postal_code),
        # Also where the address is not whole: it says how many digits a code has.
        Column("Country", Kind.COUNTRY, lambda one: one.country),
        Column("Phone Number", Kind.PHONE, lambda one: one.phone),
        Column("SK Segment", Kind.LABEL, lambda one: one.label),
        *score_columns(spoken("SK")),
    ),
    withheld=_withheld,
    form=Form(takes_american_dates=True),
    limits=Limits(
        most_bytes=200_000_000, split_bytes=10_000_000, most_cell_bytes=TEXT_BYTES,
    ),
    ascii_before_at=True,
    identifiers=("Email Address",),
    key=("Email Address",),
)  # fmt: skip
