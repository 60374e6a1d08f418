"""Klaviyo profiles, with the consent under which they may be contacted.

Read: help.klaviyo.com 115005078967 and 360043841811 (file, consent), 115005253428 (dates);
developers.klaviyo.com "collect email and sms consent" (names of the states).

An empty consent means "never subscribed", and such profiles can still be e-mailed. So nobody is in
the file whose consent is not granted for the channel, and an identifier of another channel is not
in it either.
"""

from __future__ import annotations

from segments.vendors.recipients import Recipient
from segments.vendors.shared import at_noon, proof_columns, refusal, score_columns, spoken
from segments.vendors.target import Cell, Column, Form, Kind, Limits, Target, first_reason

SUBSCRIBED = "SUBSCRIBED"
STATES = (SUBSCRIBED, "UNSUBSCRIBED", "NEVER_SUBSCRIBED")


def _reached_by(one: Recipient, channel: str) -> bool:
    return one.consent_channel in {None, channel}


def _email(one: Recipient) -> Cell:
    return one.email if _reached_by(one, "email") else None


def _phone(one: Recipient) -> Cell:
    return one.phone if _reached_by(one, "sms") else None


def _consent(one: Recipient, identifier: Cell) -> str | None:
    return SUBSCRIBED if one.consent_state == "granted" and isinstance(identifier, str) else None


def _withheld(one: Recipient) -> str | None:
    if (refused := refusal(one)) is not None:
        return refused
    if one.consent_state is None:
        return "no consent on record"
    by_email, by_sms = _reached_by(one, "email"), _reached_by(one, "sms")
    if not (by_email or by_sms):
        return "consent for another channel"
    return first_reason(*[one.email] * by_email, *[one.phone] * by_sms)


_SMS_CONSENT = "SMS Marketing Consent"
_EMAIL_CONSENT = "Email Marketing Consent"

KLAVIYO = Target(
    name="klaviyo",
    title="Klaviyo profiles",
    rules="2026-11",
    columns=(
        Column("Email", Kind.EMAIL, _email, also_headed=("Email Address",)),
        Column("Phone Number", Kind.PHONE, _phone),
        Column("First Name", Kind.NAME, lambda one: one.first_name),
        Column("Last Name", Kind.NAME, lambda one: one.last_name),
        Column("Address", Kind.TEXT, lambda one: one.street),
        Column("City", Kind.TOWN, lambda one: one.city),
        Column("Zip Code", Kind.POSTAL, lambda one: one.postal_code),
        Column("Country", Kind.COUNTRY, lambda one: one.country),
        Column(
            _EMAIL_CONSENT, Kind.TEXT, lambda one: _consent(one, _email(one)),
            is_required=True, choices=STATES, beside="Email",
            empty_means="is `never subscribed`, and such profiles can still be e-mailed",
        ),
        Column(
            f"{_EMAIL_CONSENT} Timestamp", Kind.MOMENT,
            lambda one: one.consent_at if isinstance(_email(one), str) else None,
        ),
        Column(
            _SMS_CONSENT, Kind.TEXT, lambda one: _consent(one, _phone(one)), choices=STATES,
        ),
        Column("SK Segment", Kind.LABEL, lambda one: one.label),
        # A date without a time would be midnight UTC, the evening before in America.
        *score_columns(spoken("SK"), day=at_noon),
        *proof_columns(spoken("SK")),
    ),
    withheld=_withheld,
    form=Form(takes_american_dates=True),
    limits=Limits(most_bytes=50_000_000, split_bytes=50_000_000),
    identifiers=("Email", "Phone Number"),
    begins_with_identifier=True,
    key=("Email", "Phone Number"),
)  # fmt: skip
