"""Formats of times, told from the values of a column.

`25/12/2024` has its day first, `05/06/2024` may have. Values that fit no format decide nothing: the
reader rejects their rows.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from ingestion.sources.guessing import LARGEST_SHARE_AGAINST, Undecided

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_TOKENS = {
    "%d": _DAY, "%m": _MONTH, "%Y": r"(?:19|20|21)\d\d", "%y": r"\d\d",
    "%b": r"[A-Za-z]{3}", "%H": r"(?:[01]?\d|2[0-3])", "%I": r"(?:0?[1-9]|1[0-2])",
    "%M": r"[0-5]\d", "%S": r"[0-5]\d", "%f": r"\d{1,6}", "%p": r"(?:[AaPp][Mm])",
}  # fmt: skip
_DATES = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d-%b-%Y",
    "%d-%b-%y", "%b %d, %Y",
)  # fmt: skip
_TIMES = (
    "", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", ", %H:%M", ", %H:%M:%S", "T%H:%M:%S", " %I:%M %p",
    " %I:%M:%S %p",
)  # fmt: skip
_OFFSET = r"(?:\s*(?:Z|UTC|[+-]\d\d:?\d\d|[+-]\d\d))?"
_ISO = re.compile(
    rf"\d{{4}}-{_MONTH}-{_DAY}(?:[ T]\d{{1,2}}:\d\d(?::\d\d(?:\.\d+)?)?{_OFFSET})?", re.IGNORECASE
)

# Days since the end of 1899, of 1954 to 2119; the time of day is its fraction.
_DAY_NUMBER = re.compile(r"[2-7]\d{4}(?:\.\d+)?")

# What a format of times is called where values need none.
ISO = ""


@dataclass
class TimeVotes:
    """What the values of one column say of the format of its times."""

    # Formats that fit the same values -> how many values.
    fitting: Counter[tuple[str, ...]] = field(default_factory=Counter)
    # Values such as a workbook counts days by, where nothing else fits.
    day_numbers: int = 0

    def add(self, value: str) -> None:
        """Count what one value says; one that fits no format says nothing."""
        if formats := _formats_of(value.strip()):
            self.fitting[formats] += 1
        elif _DAY_NUMBER.fullmatch(value.strip()):
            self.day_numbers += 1

    @property
    def are_day_numbers(self) -> bool:
        """Return whether most values are the numbers by which a workbook counts days."""
        return self.day_numbers > self.fitting.total()

    @property
    def is_open(self) -> bool:
        """Return whether more than one format fits the most values."""
        return len(self._best()) > 1

    def decide(self, *, known: str | None) -> str:
        """Return the format of most values, for strptime; `ISO` where they need none.

        It is the `known` one where no value says anything.

        Raises
        ------
        Undecided
            Two formats fit, such as day or month first, and neither is `known`.
        """
        best = self._best()
        if not best:  # an empty column is no reason to forget what was known
            return known or ISO
        if len(best) > 1:
            if known in best:
                return known
            raise Undecided([], f"its values fit {_listed(best)}, and no value tells")
        self._refuse_mixture(best[0])
        return best[0]

    def _best(self) -> list[str]:
        fits: Counter[str] = Counter()
        for formats, count in self.fitting.items():
            fits.update(dict.fromkeys(formats, count))
        most = max(fits.values(), default=0)
        return [name for name, count in fits.items() if count == most]

    def _refuse_mixture(self, winner: str) -> None:
        """Raise where a rival fits what the winner does not, while both fit the rest."""
        rivals = {name for formats in self.fitting if winner in formats for name in formats}
        for rival in sorted(rivals - {winner}):
            alone, against = (
                sum(
                    n
                    for formats, n in self.fitting.items()
                    if one in formats and two not in formats
                )
                for one, two in ((winner, rival), (rival, winner))
            )
            if against > LARGEST_SHARE_AGAINST * (alone + against):
                raise Undecided([], f"some of its values are {winner} and others {rival}")

    def _count(self, name: str, *, without: str) -> int:
        return sum(
            count
            for formats, count in self.fitting.items()
            if name in formats and without not in formats
        )


@lru_cache(maxsize=100_000)
def _formats_of(value: str) -> tuple[str, ...]:
    if _ISO.fullmatch(value):
        return (ISO,)
    shape = re.sub(r"\d", "0", value)
    return tuple(name for name in _formats_of_shape(shape) if _PATTERNS[name].fullmatch(value))


@lru_cache(maxsize=1000)
def _formats_of_shape(shape: str) -> tuple[str, ...]:
    """Return what fits but for the digits: of hundreds of formats a file has few shapes."""
    return tuple(name for name, pattern in _SHAPES.items() if pattern.fullmatch(shape))


def _patterns(tokens: dict[str, str]) -> dict[str, re.Pattern[str]]:
    names = [date + time for date in _DATES for time in _TIMES] + ["%Y%m%d%H%M%S"]
    return {
        name: re.compile(
            "".join(tokens.get(part, re.escape(part)) for part in re.split(r"(%\w)", name))
        )
        for name in names
    }


_PATTERNS = _patterns(_TOKENS)
_SHAPES = _patterns(
    {"%Y": "0{4}", "%y": "00", "%b": _TOKENS["%b"], "%p": _TOKENS["%p"], "%f": "0{1,6}"}
    | dict.fromkeys(("%d", "%m", "%H", "%I", "%M", "%S"), "0{1,2}")
)


def _listed(formats: list[str]) -> str:
    return " and ".join(sorted(name or "ISO 8601" for name in formats))
