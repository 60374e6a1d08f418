"""Writes cells and lines: numbers and dates as the tool reads them, quotes by RFC 4180."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from segments.vendors.target import Cell, Column, Kind, Target

# What a spreadsheet computes instead of showing; CWE-1236 and its full-width forms. Control
# characters lead there as well, for spreadsheets skip them.
_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Space at an end too: some importers take it away unless it is quoted.
_NEEDS_QUOTES = re.compile(r'^\s|\s\Z|["\r\n]')
# What a spreadsheet reads as a number, and shows without its first zero or its last digits.
_MISREAD_DIGITS = re.compile(r"0[0-9]+|[0-9]{16,}|[0-9]+[eE][0-9]+")

_NUMBERS = {
    ".": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    ",": re.compile(r"-?[0-9]+(,[0-9]+)?"),
}


def is_computed(text: str) -> bool:
    """Say whether a spreadsheet would compute a cell of this text."""
    return text.startswith(_COMPUTED)


def is_misread(text: str) -> bool:
    """Say whether a spreadsheet would show digits of a text otherwise than they are."""
    return _MISREAD_DIGITS.fullmatch(text) is not None


def written(cell: Cell, column: Column, target: Target) -> str:
    """Return a cell as the file shows it, before quotes. What is unusable is empty."""
    form = target.form
    match cell:
        case str():
            return _text(cell, column, target) or form.empty
        case datetime():
            return cell.astimezone(UTC).strftime(form.moment)
        case date():
            return cell.strftime(form.date)
        case Decimal():
            return f"{cell:f}".replace(".", form.decimal_mark)
        case _:
            return form.empty


def line(texts: Iterable[str], target: Target) -> bytes:
    """Return one line of a file, with its end."""
    delimiter = target.form.delimiters[0]
    quoted = (_quoted(text, delimiter) for text in texts)
    return f"{delimiter.join(quoted)}{target.form.line_end}".encode()


def key_of(texts: Sequence[str], positions: Sequence[int]) -> int:
    """Return what a row is known by: its first filled cell of those, else all of it."""
    filled = next((texts[place] for place in positions if texts[place]), "\n".join(texts))
    # E-mail addresses are one in any case, ids need not be. A digest, for files of millions.
    filled = filled.casefold() if "@" in filled else filled
    digest = hashlib.blake2b(filled.encode(errors="surrogateescape"), digest_size=16)
    return int.from_bytes(digest.digest())


def is_number(text: str, decimal_mark: str) -> bool:
    """Say whether a text is a number without thousands separators."""
    return _NUMBERS[decimal_mark].fullmatch(text) is not None


def _text(text: str, column: Column, target: Target) -> str:
    most = target.limits.most_cell_bytes
    kept = text if most is None or column.kind is Kind.ADDRESS else clipped(text, most)
    if target.is_spreadsheet and is_computed(kept):
        return f"'{kept}"
    if target.keeps_digits and is_misread(kept):
        return f"'{kept}"
    return kept


def clipped(text: str, most_bytes: int) -> str:
    """Return as much of the front of a text as the bytes hold; no character is cut in two."""
    return text.encode()[:most_bytes].decode(errors="ignore")


def _quoted(text: str, delimiter: str) -> str:
    if _NEEDS_QUOTES.search(text) is None and delimiter not in text:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
