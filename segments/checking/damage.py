"""What encodings and spreadsheets do to text on its way: broken umlauts, numbers for codes."""

from __future__ import annotations

import re

from segments.vendors.matching import lowered, sha256_hex

# UTF-8 that somebody read as Windows-1252: `ü` has become `Ã¼`, a dash `â€“`.
_MOJIBAKE = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0178\u2013-\u20ac]|\u00e2\u20ac")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+")

# Towns of many customers; what is left of them where all but a-z was taken out, or made a `?`.
_TOWNS = (
    "böblingen", "düsseldorf", "fürth", "gießen", "göttingen", "köln", "lübeck", "lüneburg",
    "mönchengladbach", "mülheim", "münchen", "münster", "nürnberg", "osnabrück", "saarbrücken",
    "tübingen", "würzburg", "zürich",
)  # fmt: skip
_MANGLED = frozenset(
    re.sub("[^a-z]", instead, town) for town in _TOWNS for instead in ("", "?", "_")
)
_MANGLED_HASHES = frozenset(sha256_hex(town) for town in _MANGLED)

# Where codes of five digits may begin with a zero.
_FIVE_DIGITS = frozenset({"DE", "EE", "ES", "FI", "FR", "HR", "IT", "MX", "TR", "UA", "US"})


def is_mojibake(text: str) -> bool:
    """Say whether umlauts were read in another encoding than they were written in."""
    return not text.isascii() and ("\ufffd" in text or _MOJIBAKE.search(text) is not None)


def is_scientific(text: str) -> bool:
    """Say whether a spreadsheet made a long number of it, such as `4.93E+11`."""
    return _SCIENTIFIC.fullmatch(text) is not None


def has_lost_umlauts(text: str) -> bool:
    """Say whether a town has lost its umlauts, hashed or not."""
    return text in _MANGLED_HASHES or any(word in _MANGLED for word in lowered(text).split())


def has_lost_zero(code: str, country: str) -> bool:
    """Say whether a postal code of a country of five digits has four."""
    return len(code) == 4 and code.isdecimal() and country.upper() in _FIVE_DIGITS
