"""Google Ads Customer Match: identifiers only, of people who granted both ad consents.

Read: support.google.com/google-ads/answer/7659867 (file), 14310715 (consent);
developers.google.com/data-manager/api/devguides/concepts/formatting (values before hashing).

Consent counts for a whole upload: these files are for jobs with `ad_user_data` and
`ad_personalization` granted, and hold nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segments.vendors.identifiers import Unusable
from segments.vendors.matching import MatchRules, lowered, sha256_hex
from segments.vendors.recipients import Recipient
from segments.vendors.shared import ad_refusal
from segments.vendors.target import Cell, Column, Kind, Target, first_reason

_ADDRESS = ("First Name", "Last Name", "Country", "Zip")
_IDENTIFIERS = ("Email", "Phone", "Zip")
_GMAIL = ("gmail.com", "googlemail.com")
_TITLES = frozenset(
    {"dr", "dr.", "frau", "herr", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "prof", "prof."}
)
_SUFFIXES = frozenset({"ii", "iii", "jr", "jr.", "sr", "sr."})


def _email(address: str) -> str:
    local, _, domain = "".join(lowered(address).split()).rpartition("@")
    if domain in _GMAIL:
        local = local.partition("+")[0].replace(".", "")
    return f"{local}@{domain}"


def _first_name(name: str) -> str:
    words = lowered(name).split(" ")
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    return " ".join(words).strip()


def _last_name(name: str) -> str:
    words = lowered(name).split(" ")
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return " ".join(words).strip(" ,")


# Of spaces inside names, the page of the Data Manager API keeps them, and so does Google's example
# code; the CSV template takes "extra" ones out. The page is newer and is what is followed.
RULES = MatchRules("2026-11", _email, lambda e164: e164, _first_name, _last_name)


def _address(one: Recipient) -> bool:
    """Say whether a postal address can match: it takes all four, and something of each name."""
    return (
        one.country is not None
        and one.postal_code is not None
        and RULES.first_name(one.first_name or "") != ""
        and RULES.last_name(one.last_name or "") != ""
    )


def _withheld(one: Recipient) -> str | None:
    if (refused := ad_refusal(one)) is not None:
        return refused
    return None if _address(one) else first_reason(one.email, one.phone)


def _columns(hashed: Callable[[str], str], *, is_hashed: bool) -> tuple[Column, ...]:
    def of(value: str | Unusable | None, rule: Callable[[str], str]) -> Cell:
        return hashed(rule(value)) if isinstance(value, str) else value

    def of_address(one: Recipient, value: str | None, rule: Callable[[str], str]) -> Cell:
        return of(value, rule) if _address(one) else None

    return (
        Column("Email", Kind.EMAIL, lambda one: of(one.email, RULES.email), is_hashed=is_hashed,
               may_repeat=True),
        Column("Phone", Kind.PHONE, lambda one: of(one.phone, RULES.phone), is_hashed=is_hashed,
               may_repeat=True),
        Column(
            "First Name", Kind.NAME,
            lambda one: of_address(one, one.first_name, RULES.first_name), is_hashed=is_hashed,
        ),
        Column(
            "Last Name", Kind.NAME,
            lambda one: of_address(one, one.last_name, RULES.last_name), is_hashed=is_hashed,
        ),
        # These two stay plain, also beside hashed names.
        Column("Country", Kind.COUNTRY, lambda one: one.country if _address(one) else None),
        Column(
            "Zip", Kind.POSTAL,
            lambda one: (one.postal_code or "").strip() if _address(one) else None,
            may_repeat=True,
        ),
    )  # fmt: skip


GOOGLE = Target(
    name="google",
    title="Google Ads Customer Match, hashed",
    rules=RULES.read_in,
    columns=_columns(sha256_hex, is_hashed=True),
    withheld=_withheld,
    identifiers=_IDENTIFIERS,
    together=_ADDRESS,
    takes_other_columns=False,
    is_ad_platform=True,
)
GOOGLE_PLAIN = replace(
    GOOGLE,
    name="google-plain",
    title="Google Ads Customer Match, which Google hashes",
    columns=_columns(lambda text: text, is_hashed=False),
)
