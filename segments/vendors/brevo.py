"""Brevo contacts.

Read: help.brevo.com 208729849 (file, headers, telephone numbers with + and country),
developers.brevo.com importcontacts (a switch says whether empty cells erase).
"""

from __future__ import annotations

from segments.vendors.recipients import Recipient
from segments.vendors.shared import proof_columns, refusal, score_columns
from segments.vendors.target import Column, Form, Kind, Limits, Target, first_reason


def _header(name: str) -> str:
    return f"SK_{name.upper()}"


def _withheld(one: Recipient) -> str | None:
    # EXT_ID alone would do for Brevo, and make a contact that nobody can reach.
    return refusal(one) or first_reason(one.email, one.phone)


BREVO = Target(
    name="brevo",
    title="Brevo contacts",
    rules="2026-11",
    columns=(
        Column("EXT_ID", Kind.TEXT, lambda one: one.customer_id),
        Column("EMAIL", Kind.EMAIL, lambda one: one.email),
        Column("SMS", Kind.PHONE, lambda one: one.phone),
        Column("FIRSTNAME", Kind.NAME, lambda one: one.first_name),
        Column("LASTNAME", Kind.NAME, lambda one: one.last_name),
        Column("STREET", Kind.TEXT, lambda one: one.street),
        Column("POSTAL_CODE", Kind.POSTAL, lambda one: one.postal_code),
        Column("CITY", Kind.TOWN, lambda one: one.city),
        Column("COUNTRY", Kind.COUNTRY, lambda one: one.country),
        Column("SK_SEGMENT", Kind.LABEL, lambda one: one.label),
        *score_columns(_header),
        *proof_columns(_header),
    ),
    withheld=_withheld,
    form=Form(delimiters=";,\t", encodings=("utf-8", "cp1252")),
    limits=Limits(most_bytes=250_000_000, split_bytes=250_000_000),
    # Also WHATSAPP and LANDLINE_NUMBER, which we do not write.
    identifiers=("EMAIL", "SMS", "EXT_ID"),
    key=("EMAIL", "SMS", "EXT_ID"),
)
