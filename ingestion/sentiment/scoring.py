"""Scores a German or English text by the words that it has of a word list.

The rules are the usual simple ones of such lists: a word that intensifies weighs the next one, a
negation turns it round and halves it (De Smedt & Daelemans 2012).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean

from ingestion.sentiment.languages import COMMENTS, OTHER_FUNCTION_WORDS
from ingestion.sentiment.wordlists import Language, german_and_english

# What comes after that many letters of a mail thread is not read.
_MOST_LETTERS = 10_000
# A longer text without any function word of a language is not of that language.
_SHORT = 5
_REACH = 4
_NEGATED = -0.5
_BREAK = "."

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[.,;:!?\n]")


def sentiment_of(text: str) -> float | None:
    """Return the mean value of the words that tell, -1 bad to 1 good.

    None where no word tells, and where the text is neither German nor English.

    Raises
    ------
    WordListsMissing
        The packages that ship the word lists are not installed.
    """
    tokens = [
        token.lower().replace("’", "'") if token[0].isalpha() else _BREAK
        for token in _TOKEN.findall(text[:_MOST_LETTERS])
    ]
    language = _language_of(tokens)
    values = [] if language is None else _told(tokens, language)
    return fmean(values) if values else None


def _language_of(tokens: Sequence[str]) -> Language | None:
    """Return the language whose function words are most; of few words, that which knows more."""
    words = [token for token in tokens if token != _BREAK]
    both = german_and_english()
    counts = [sum(word in each.function_words for word in words) for each in both]
    others = sum(word in OTHER_FUNCTION_WORDS for word in words)
    if others > max(counts) or (not any(counts) and len(words) > _SHORT):
        return None
    if counts[0] == counts[1]:
        counts = [sum(_value(word, each) != 0 for word in words) for each in both]
    return both[counts[1] > counts[0]]


def _told(tokens: Sequence[str], language: Language) -> list[float]:
    """Return the values of the words that tell, intensified and negated by those beside them."""
    values: dict[int, float] = {}
    for at, token in enumerate(tokens):
        if value := _value_at(tokens, at, language):
            weight = language.intensifiers.get(tokens[at - 1], 1.0) if at else 1.0
            values[at] = max(-1.0, min(1.0, value * weight))
    for at, token in enumerate(tokens):
        if token in language.negators or token.endswith("n't"):
            negated = _negated_by(at, tokens, values, language)
            if negated is not None:
                values[negated] *= _NEGATED
    return list(values.values())


def _value_at(tokens: Sequence[str], at: int, language: Language) -> float:
    pair = " ".join(tokens[at : at + 2])
    if pair in language.values:
        return language.values[pair]
    if at and f"{tokens[at - 1]} {tokens[at]}" in language.values:
        return 0.0
    return _value(tokens[at], language)


def _negated_by(
    at: int, tokens: Sequence[str], values: dict[int, float], language: Language
) -> int | None:
    """Return the place of the word that a negator is about: the next one, or the one before."""
    for place in range(at + 1, min(at + 1 + _REACH, len(tokens))):
        if tokens[place] == _BREAK:
            break
        if place in values and tokens[place] not in COMMENTS:
            return place
    if language.negates_backwards:
        for place in range(at - 1, max(at - 1 - _REACH, -1), -1):
            if tokens[place] == _BREAK:
                break
            if place in values and tokens[place] not in COMMENTS:
                return place
    return None


def _value(word: str, language: Language) -> float:
    return _looked_up(word, german=language.negates_backwards)


@lru_cache(maxsize=100_000)
def _looked_up(word: str, *, german: bool) -> float:
    language = german_and_english()[0 if german else 1]
    if word in language.function_words and word not in language.values:
        return 0.0
    for form, sign in language.forms(word):
        if form in language.values:
            return sign * language.values[form]
    return 0.0
