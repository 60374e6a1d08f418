"""Which words of a list a written word may be a form of."""

from __future__ import annotations

from collections.abc import Iterator

_ADJECTIVE = (
    "erem", "eren", "erer", "eres", "stem", "sten", "ster", "stes", "ere", "ste", "em", "en",
    "er", "es", "e", "s", "n",
)  # fmt: skip
_VERB = ("test", "tet", "ten", "est", "te", "et", "st", "en", "t", "e", "n")
_LEAST_STEM = 3
# The tail of a compound says what it is: Geldverschwendung is a Verschwendung.
_LEAST_TAIL = 6


def as_written(word: str) -> Iterator[tuple[str, int]]:
    """Yield the word alone: the English list has the forms of words as well."""
    yield word, 1


def german_forms(word: str) -> Iterator[tuple[str, int]]:
    """Yield what a German word in lower case may be a form of, the likeliest first.

    With -1 where it means the opposite, as `unkompliziert` of `kompliziert`.
    """
    yield word, 1
    for form in _without_ending(word):
        yield form, 1
    if word.startswith("un"):
        yield word[2:], -1
        for form in _without_ending(word[2:]):
            yield form, -1
    for at in range(_LEAST_STEM, len(word) - _LEAST_TAIL + 1):
        yield word[at:], 1


def _without_ending(word: str) -> Iterator[str]:
    for ending in _ADJECTIVE:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            yield word.removesuffix(ending)
    for ending in _VERB:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            stem = word.removesuffix(ending)
            yield f"{stem}en"
            yield f"{stem}n"
            if stem.startswith("ge") and ending in {"t", "et", "en"}:
                yield f"{stem[2:]}en"
                yield f"{stem[2:]}n"
