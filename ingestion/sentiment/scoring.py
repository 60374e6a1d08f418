"""Scores a German or English text by the words that it has of a word list.

The rules are the usual simple ones of such lists (De Smedt & Daelemans 2012): a word that
intensifies weighs the next one, a negation turns a word round and halves it.
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
_SHORT_WORDS = 5
_REACH_WORDS = 4
_NEGATED = -0.5

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[.,;:!?\n]")
_BREAKS = frozenset(".,;:!?\n")


def sentiment_of(text: str) -> float | None:
    """Return the mean value of the words that tell, -1 bad to 1 good.

    None where no word tells, and where the text is neither German nor English.

    Raises
    ------
    PackageNotFoundError
        A package that ships a word list is not installed.
    """
    tokens = _TOKEN.findall(text[:_MOST_LETTERS].lower().replace("\u2019", "'"))
    language = _language_of([each for each in tokens if each not in _BREAKS])
    if language is None:
        return None
    values = _values(tokens, language)
    for at, each in enumerate(tokens):
        if each in language.negators or each.endswith("n't"):
            about = _negated_by(at, tokens, values, language)
            if about is not None:
                values[about] *= _NEGATED
    return fmean(values.values()) if values else None


def _language_of(words: Sequence[str]) -> Language | None:
    """Return the language whose function words are most; of few words, that which knows more."""
    both = german_and_english()
    german, english = (sum(map(each.function_words.__contains__, words)) for each in both)
    others = sum(map(OTHER_FUNCTION_WORDS.__contains__, words))
    if others > max(german, english) or (not german + english and len(words) > _SHORT_WORDS):
        return None
    if german == english:
        german, english = (sum(_value(word, each) != 0 for word in words) for each in both)
    return both[english > german]


def _values(tokens: Sequence[str], language: Language) -> dict[int, float]:
    """Return the values of the words that tell, by their place, with what intensifies them."""
    found: dict[int, float] = {}
    is_spoken_for = False
    for at, each in enumerate(tokens):
        if is_spoken_for:
            is_spoken_for = False
            continue
        value = _value(each, language)
        if each in language.pair_heads:
            pair = " ".join(tokens[at : at + 2])
            is_spoken_for = pair in language.values
            value = language.values.get(pair, value)
        if value:
            weight = language.intensifiers.get(tokens[at - 1], 1.0) if at else 1.0
            found[at] = max(-1.0, min(1.0, value * weight))
    return found


def _negated_by(
    at: int, tokens: Sequence[str], values: dict[int, float], language: Language
) -> int | None:
    """Return the place of the word that a negator is about: the next one, or the one before."""
    directions = [range(at + 1, min(at + 1 + _REACH_WORDS, len(tokens)))]
    if language.negates_backwards:
        directions.append(range(at - 1, max(at - 1 - _REACH_WORDS, -1), -1))
    for places in directions:
        for place in places:
            if tokens[place] in _BREAKS:
                break
            if place in values and tokens[place] not in COMMENTS:
                return place
    return None


@lru_cache(maxsize=100_000)
def _value(word: str, language: Language) -> float:
    for form, sign in language.forms(word):
        if form in language.values:
            return sign * language.values[form]
    return 0.0
