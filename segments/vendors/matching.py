"""Rules by which ad platforms match people: how a value is written before it is hashed.

A rule that differs in one character matches nobody and says nothing, so each platform has a set of
its own with the month in which it was read. A platform that changes one gets a new set.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class MatchRules:
    """How one platform wants values before SHA-256, as read in a month. Phones come as E.164."""

    read_in: str
    email: Callable[[str], str]
    phone: Callable[[str], str]
    first_name: Callable[[str], str]
    last_name: Callable[[str], str]


def sha256_hex(text: str) -> str:
    """Return SHA-256 of a text as UTF-8, in lower-case hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def lowered(text: str) -> str:
    """Return a text in lower case without space around it; umlauts stay, in one form.

    A composed and a decomposed `ü` look alike and hash differently: the composed one is what
    keyboards type.
    """
    return unicodedata.normalize("NFC", text).lower().strip()


def without(text: str, *classes: str) -> str:
    """Return a text without the characters of Unicode classes, such as `P` for punctuation."""
    return "".join(each for each in text if not unicodedata.category(each).startswith(classes))
