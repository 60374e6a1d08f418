"""Meta Custom Audience from a customer list: identifiers only, of people who granted both.

Read: developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences (values before
hashing), facebook.com/business/help/2082575038703844 (headers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segments.vendors.identifiers import Unusable
from segments.vendors.matching import MatchRules, lowered, sha256_hex, without
from segments.vendors.recipients import Recipient
from segments.vendors.shared import ad_refusal
from segments.vendors.target import Cell, Column, Kind, Target, first_reason


def _name(name: str) -> str:
    return without(lowered(name), "P").strip()


# The guide says a-z "only" and, of names, special characters as UTF-8; Meta's own SDK keeps them in
# towns as well. Without them München would be `mnchen`, which is nobody's town: they are kept.
RULES = MatchRules("2026-11", lowered, lambda e164: e164.removeprefix("+"), _name, _name)


def town(name: str) -> str:
    """Return a town in lower case, without space, digits and punctuation."""
    return without(lowered(name), "P", "Z", "N", "C")


def _zip(one: Recipient) -> str | None:
    if one.postal_code is None:
        return None
    code = without(lowered(one.postal_code), "P", "Z", "C")
    return code[:5] if one.country == "US" else code


def _withheld(one: Recipient) -> str | None:
    return ad_refusal(one) or first_reason(one.email, one.phone)


def _columns(hashed: Callable[[str], str], *, is_hashed: bool) -> tuple[Column, ...]:
    def of(value: str | Unusable | None, rule: Callable[[str], str] = lambda text: text) -> Cell:
        if not isinstance(value, str):
            return value
        written = rule(value)
        return hashed(written) if written else None

    country = Column(
        "country", Kind.COUNTRY,
        lambda one: of(one.country, str.lower), is_hashed=is_hashed,
    )  # fmt: skip
    return (
        Column("email", Kind.EMAIL, lambda one: of(one.email, RULES.email), is_hashed=is_hashed,
               may_repeat=True),
        Column(
            "phone", Kind.PHONE,
            # Unhashed, the plus says that the country is there; Meta takes it out.
            lambda one: of(one.phone, RULES.phone) if is_hashed else one.phone,
            is_hashed=is_hashed, may_repeat=True,
        ),
        Column("fn", Kind.NAME, lambda one: of(one.first_name, RULES.first_name),
               is_hashed=is_hashed),
        Column("ln", Kind.NAME, lambda one: of(one.last_name, RULES.last_name),
               is_hashed=is_hashed),
        Column("ct", Kind.TOWN, lambda one: of(one.city, town), is_hashed=is_hashed),
        Column("zip", Kind.POSTAL, lambda one: of(_zip(one)), is_hashed=is_hashed),
        country,
    )  # fmt: skip


META = Target(
    name="meta",
    title="Meta Custom Audience, hashed",
    rules=RULES.read_in,
    columns=_columns(sha256_hex, is_hashed=True),
    withheld=_withheld,
    identifiers=("email", "phone"),
    takes_other_columns=False,
    is_ad_platform=True,
    fewest_rows=100,
)
META_PLAIN = replace(
    META,
    name="meta-plain",
    title="Meta Custom Audience, which the browser hashes",
    columns=_columns(lambda text: text, is_hashed=False),
)
