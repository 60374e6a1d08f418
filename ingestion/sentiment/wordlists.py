"""Reads the word lists that packages ship: German by textblob-de, English by vaderSentiment.

Neither package is imported. The German list is the polarity lexicon of the University of Zurich
(Clematide & Klenner 2010, Apache-2.0) as textblob-de packs it, the English one that of VADER
(Hutto & Gilbert 2014, MIT).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import fmean
from xml.etree import ElementTree as ET

from contracts.errors import WordListsMissing
from ingestion.sentiment import languages
from ingestion.sentiment.inflection import as_written, german_forms

# VADER's raters gave -4 to 4.
_VADER_SCALE = 4.0


@dataclass(frozen=True, eq=False)
class Language:
    """What is known of one language.

    Attributes
    ----------
    values
        Word, or two words, in lower case -> -1 bad to 1 good.
    forms
        The words of the list that a written word may be a form of, the likeliest first, each with
        1, or -1 where it means the opposite.
    negates_backwards
        A negator without a word to its right is about one to its left: "funktioniert nicht".
    """

    function_words: frozenset[str]
    negators: frozenset[str]
    intensifiers: Mapping[str, float]
    values: Mapping[str, float]
    forms: Callable[[str], Iterator[tuple[str, int]]]
    negates_backwards: bool

    @cached_property
    def pair_heads(self) -> frozenset[str]:
        """The words with which two words of the list begin."""
        return frozenset(each.partition(" ")[0] for each in self.values if " " in each)


@cache
def german_and_english() -> tuple[Language, Language]:
    """Return both languages; the word lists are read once.

    Raises
    ------
    PackageNotFoundError
        A package that ships one is not installed.
    """
    german = Language(
        languages.GERMAN_FUNCTION_WORDS,
        languages.GERMAN_NEGATORS,
        languages.GERMAN_INTENSIFIERS,
        _without(
            _textblob_de(), languages.GERMAN_NEUTRAL_WORDS, languages.GERMAN_NEGATORS,
            languages.GERMAN_INTENSIFIERS,
        ) | languages.GERMAN_SERVICE_WORDS,
        german_forms,
        negates_backwards=True,
    )  # fmt: skip
    english = Language(
        languages.ENGLISH_FUNCTION_WORDS,
        languages.ENGLISH_NEGATORS,
        languages.ENGLISH_INTENSIFIERS,
        _without(
            _vader(), languages.ENGLISH_NEUTRAL_WORDS, languages.ENGLISH_NEGATORS,
            languages.ENGLISH_INTENSIFIERS,
        ) | languages.ENGLISH_SERVICE_WORDS,
        as_written,
        negates_backwards=False,
    )  # fmt: skip
    return german, english


def check_word_lists(table: str) -> None:
    """Say what to do where texts of `table` cannot be scored.

    Raises
    ------
    WordListsMissing
        A package that ships a word list is not installed.
    """
    try:
        german_and_english()
    except PackageNotFoundError as missing:
        raise WordListsMissing(table, package=missing.name) from None


def _without(values: dict[str, float], *others: Collection[str]) -> dict[str, float]:
    return {
        word: value for word, value in values.items() if not any(word in each for each in others)
    }


def _textblob_de() -> dict[str, float]:
    file = _file_of("textblob-de", "textblob_de/data/de-sentiment.xml")
    root = ET.parse(file).getroot()  # noqa: S314 - a file of an installed package
    found: dict[str, list[float]] = defaultdict(list)
    for word in root.iter("word"):
        found[word.attrib["form"].lower()].append(float(word.attrib["polarity"]))
    means = {word: fmean(values) for word, values in found.items()}
    return {word: value for word, value in means.items() if value}


def _vader() -> dict[str, float]:
    lines = _file_of("vaderSentiment", "vaderSentiment/vader_lexicon.txt").read_text("utf-8")
    rated = (line.split("\t")[:2] for line in lines.splitlines() if line)
    return {
        word: float(value) / _VADER_SCALE
        for word, value in rated
        if word.replace("'", "").isalpha()
    }


def _file_of(package: str, path: str) -> Path:
    file = Path(str(distribution(package).locate_file(path)))
    if not file.is_file():
        raise PackageNotFoundError(package)
    return file
