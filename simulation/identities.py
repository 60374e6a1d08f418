"""Names, addresses and telephone numbers of people who do not exist."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulation.columns import canonical, named, numbered, where
from simulation.company import Company
from simulation.drawing import Ints, Purpose, pick, stream
from simulation.people import COUNTRIES, LARGEST, People, customer_ids
from simulation.words import AWKWARD_NAMES, FIRST_NAMES, LAST_NAMES, PHONES, STREETS, TOWNS

_DOMAINS = ("example.com", "example.org")
_AWKWARD_EVERY, _AWKWARD_FIRST = 61, 13
_TOWN_COUNT = max(len(towns) for towns in TOWNS)
_PHONE_COUNT = max(len(phones) for phones in PHONES)
_LARGEST_NAME = "Großküchen Bergmühle GmbH & Co. KG"
_TO_ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "'": "", " ": ""}
)


def identity_table(company: Company, people: People) -> pa.Table:
    """Return `identities`, without second accounts.

    A few have no e-mail address, many no telephone number; names are as awkward as names are.
    """
    random = stream(company, people.chunk, Purpose.IDENTITIES)
    size = len(people)
    first, last = (
        random.integers(0, len(names), size) for names in (FIRST_NAMES, LAST_NAMES)
    )  # fmt: skip
    domain = pick(random, [0.8, 0.2], size)
    mailbox = pc.binary_join_element_wise(
        named([_ascii(name) for name in FIRST_NAMES], first),
        named([_ascii(name) for name in LAST_NAMES], last), ".",
    )  # fmt: skip
    email = pc.binary_join_element_wise(
        mailbox, numbered("", people.ordinals), "@", named(_DOMAINS, domain), ""
    )
    phone = _phones(random, people)
    town = _towns(people)
    street = pc.binary_join_element_wise(
        named(STREETS, random.integers(0, len(STREETS), size)),
        numbered("", random.integers(1, 180, size)), " ",
    )  # fmt: skip
    has_email, has_phone, has_street = random.random((3, size))
    return canonical("identities", {
        "customer_id": customer_ids(people.ordinals),
        "email": where(has_email < 0.95, email),
        "phone": where(has_phone < 0.65, phone),
        "first_name": _names(people, first, FIRST_NAMES, part=0),
        "last_name": _names(people, last, LAST_NAMES, part=1),
        "street": where(has_street < 0.9, street),
        "postal_code": named([code for towns in TOWNS for code, _ in _all(towns)], town),
        "city": named([name for towns in TOWNS for _, name in _all(towns)], town),
        "country": named(COUNTRIES, people.country),
    })  # fmt: skip


def postal_areas(company: Company, people: People) -> pa.Array:
    """Return the first two signs of the postal codes; of a tenth it is not known."""
    random = stream(company, people.chunk, Purpose.IDENTITIES, 1)
    areas = named([code[:2] for towns in TOWNS for code, _ in _all(towns)], _towns(people))
    return where(random.random(len(people)) < 0.9, areas)


def _names(people: People, drawn: Ints, names: tuple[str, ...], *, part: int) -> pa.Array:
    place = people.ordinals // _AWKWARD_EVERY % len(AWKWARD_NAMES)
    is_awkward = people.ordinals % _AWKWARD_EVERY == _AWKWARD_FIRST
    known = [*names, *(pair[part] for pair in AWKWARD_NAMES), (None, _LARGEST_NAME)[part]]
    codes = np.where(is_awkward, len(names) + place, drawn)
    return named(known, np.where(people.ordinals == LARGEST, len(known) - 1, codes))


def _towns(people: People) -> Ints:
    """Return where each lives: a place in the list of all towns of all countries."""
    within = people.ordinals * 7 % np.array([len(towns) for towns in TOWNS])[people.country]
    place: Ints = people.country * _TOWN_COUNT + within
    return place


def _all(of_country: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return (of_country * _TOWN_COUNT)[:_TOWN_COUNT]


def _phones(random: np.random.Generator, people: People) -> pa.Array:
    """Return telephone numbers out of the ranges that are given to nobody."""
    ranges = [each for phones in PHONES for each in (phones * _PHONE_COUNT)[:_PHONE_COUNT]]
    which = people.country * _PHONE_COUNT + random.integers(0, _PHONE_COUNT, len(people))
    digits = np.array([count for _, count in ranges])[which]
    number = np.floor(random.random(len(people)) * 10.0**digits).astype(np.int64)
    text = numbered("", number, digits=max(count for _, count in ranges))
    last = pc.utf8_reverse(text)
    cut = [pc.utf8_slice_codeunits(last, 0, count) for count in (2, 3, 4)]
    few = pc.choose(pa.array(digits - 2), *cut)
    return pc.binary_join_element_wise(
        named([prefix for prefix, _ in ranges], which), pc.utf8_reverse(few), ""
    )


def _ascii(name: str) -> str:
    plain = name.lower().translate(_TO_ASCII)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
