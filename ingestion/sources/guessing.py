"""Signs of numbers, told from values: which is the decimal sign, which parts thousands.

A value is decisive where one reading alone fits it: `1.234,56` has a decimal comma, `1,234` may
have one. Values that fit nothing decide nothing: the reader rejects their rows. Where more than one
in a hundred decisive values speak against the others, a file is a mixture, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

LARGEST_SHARE_AGAINST = 0.01

_AROUND_NUMBERS = re.compile(
    r"[\s\u00a0\u2009\u202f€$£¥]+|^[+-]|[+-]$|EUR|USD|GBP|CHF", re.IGNORECASE
)
_GROUPED = re.compile(r"\d{1,3}(?:([.,'\u2019])\d{3})(?:\1\d{3})*")
_MARKS = {".", ",", "'", "\u2019"}


class Undecided(Exception):
    """Values fit more than one reading; `reason` says which, without a value."""

    def __init__(self, columns: list[str], reason: str) -> None:
        self.columns, self.reason = columns, reason
        super().__init__()


@dataclass(frozen=True)
class Signs:
    """The decimal sign and the sign between thousands, if it is not a blank."""

    decimal: str
    thousands: str | None


@dataclass
class NumberVotes:
    """What the numbers of a file say of its signs; they are one for all its columns."""

    decisive: Counter[Signs] = field(default_factory=Counter)
    # Column -> sign in numbers such as 1,234.
    open: dict[str, str] = field(default_factory=dict)
    open_signs: set[str] = field(default_factory=set)

    def add(self, column: str, value: str) -> None:
        """Count what one value says."""
        vote = _vote(value)
        if isinstance(vote, Signs):
            self.decisive[vote] += 1
        elif vote is not None:
            self.open[column] = vote
            self.open_signs.add(vote)

    def add_number(self) -> None:
        """Count a number that is no text where it stands; it is written with a point."""
        self.decisive[Signs(".", None)] += 1

    def decide(self, *, decimal: str | None, thousands: str | None, known: Signs | None) -> Signs:
        """Return the signs; those stated are kept, and `known` settles what no value does.

        Raises
        ------
        Undecided
            Values fit two readings, or contradict each other.
        """
        sign = decimal or self._decimal(thousands, known)
        if thousands is not None:
            return Signs(sign, thousands)
        parting = Counter(
            {vote.thousands: n for vote, n in self.decisive.items() if vote.decimal == sign}
        )
        parting.update(self.open_signs - {sign})
        if len(seen := [name for name in parting if name is not None]) > 1:
            raise Undecided(sorted(self.open), "its thousands are parted in different ways")
        return Signs(sign, seen[0] if seen else None)

    @property
    def sees_thousands(self) -> bool:
        """Return whether a sign between thousands has been met."""
        return any(vote.thousands is not None for vote in self.decisive)

    def rarer_signs(self) -> re.Pattern[str]:
        """Return what finds every sign but the decimal sign of most numbers so far."""
        usual = max(self.decisive, key=lambda vote: self.decisive[vote]).decimal
        return re.compile(f"[{_other(usual)}'\u2019]")

    def _decimal(self, thousands: str | None, known: Signs | None) -> str:
        if thousands in {".", ","}:
            return _other(thousands)
        counts = Counter({".": 0, ",": 0})
        for vote, count in self.decisive.items():
            counts[vote.decimal] += count
        (winner, most), (_, against) = counts.most_common()
        if most:
            if against > LARGEST_SHARE_AGAINST * (most + against):
                reason = "some of its numbers have a decimal point and some a decimal comma"
                raise Undecided([], reason)
            return winner
        if known is not None:
            return known.decimal
        if self.open_signs:
            reason = (
                f'"{min(self.open_signs)}" may be their decimal sign or part their thousands, '
                "and no value tells"
            )
            raise Undecided(sorted(self.open), reason)
        return "."


@lru_cache(maxsize=100_000)
def _vote(value: str) -> Signs | str | None:
    """Return the signs a number proves, the sign that leaves it open, or None."""
    text = _AROUND_NUMBERS.sub("", value.strip())
    marks = [character for character in text if not character.isdigit()]
    if not marks or not set(marks) <= _MARKS or not text[-1].isdigit():
        return None
    if len(set(marks)) == 1:
        return _vote_of_one_sign(text, marks)
    whole, last, _ = text.rpartition(marks[-1])
    if last in whole or last not in {".", ","} or not _GROUPED.fullmatch(whole):
        return None
    return Signs(last, marks[0])


def _vote_of_one_sign(text: str, marks: list[str]) -> Signs | str | None:
    whole, sign, fraction = text.rpartition(marks[0])
    if sign not in {".", ","} or len(marks) > 1:
        decimal = "," if sign == "." else "."
        return Signs(decimal, sign) if _GROUPED.fullmatch(text) else None
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return sign
    return Signs(sign, None)


def _other(sign: str) -> str:
    return "," if sign == "." else "."
