"""Reads identifiers as all tools need them: e-mail addresses, telephone numbers, countries.

Syntax is judged by libraries; nothing is looked up anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email


@dataclass(frozen=True)
class Unusable:
    """Why there is no such identifier; `is_absent` where none was given."""

    reason: str
    is_absent: bool = False


NO_EMAIL = Unusable("no e-mail", is_absent=True)
NO_PHONE = Unusable("no telephone number", is_absent=True)


def read_email(text: str | None) -> str | Unusable:
    """Return an e-mail address as it is written, without space around it."""
    written = (text or "").strip()
    if not written:
        return NO_EMAIL
    try:
        validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        return Unusable("e-mail not valid")
    return written


def read_phone(text: str | None, country: str | None) -> str | Unusable:
    """Return a telephone number as E.164, `+493023125012`.

    A number that does not say its country is one of the country where the customer lives.
    """
    written = (text or "").strip()
    if not written:
        return NO_PHONE
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException as error:
        if error.error_type == error.INVALID_COUNTRY_CODE and country is None:
            return Unusable("telephone number without country")
        return Unusable("telephone number not valid")
    if not phonenumbers.is_valid_number(number):
        return Unusable("telephone number not valid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_country(text: str | None) -> str | None:
    """Return a country as two capital letters of ISO 3166; None where it is none (UK is GB)."""
    written = (text or "").strip().upper()
    return written if written in phonenumbers.SUPPORTED_REGIONS else None


def is_e164(text: str) -> bool:
    """Say whether a text is a telephone number as E.164."""
    return text.startswith("+") and read_phone(text, None) == text
