"""CleverReach recipients.

Read: support.cleverreach.de 202372861 (e-mail required, UTF-8, no breaks in headers; a list can be
loaded from a URL or by FTP at set times). It states neither delimiter nor size.
"""

from __future__ import annotations

from segments.vendors.recipients import Recipient
from segments.vendors.shared import proof_columns, refusal, score_columns
from segments.vendors.target import Column, Form, Kind, Target, first_reason


def _header(name: str) -> str:
    return f"sk_{name}"


def _withheld(one: Recipient) -> str | None:
    return refusal(one) or first_reason(one.email)


CLEVERREACH = Target(
    name="cleverreach",
    title="CleverReach recipients",
    rules="2026-11",
    columns=(
        Column("email", Kind.EMAIL, lambda one: one.email, is_required=True),
        Column("firstname", Kind.NAME, lambda one: one.first_name),
        Column("lastname", Kind.NAME, lambda one: one.last_name),
        Column("street", Kind.TEXT, lambda one: one.street),
        Column("zip", Kind.POSTAL, lambda one: one.postal_code),
        Column("city", Kind.TOWN, lambda one: one.city),
        Column("country", Kind.COUNTRY, lambda one: one.country),
        Column("phone", Kind.PHONE, lambda one: one.phone),
        Column("sk_segment", Kind.LABEL, lambda one: one.label),
        *score_columns(_header),
        *proof_columns(_header),
    ),
    withheld=_withheld,
    form=Form(delimiters=";,\t"),
    identifiers=("email",),
    key=("email",),
)
