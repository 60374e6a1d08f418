"""Reads a file of any size: first its bytes, then its records with the lines they begin on."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
# A workbook of Excel is a zip archive; the older ones begin otherwise.
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Bytes:
    """What the bytes of a file say before anybody reads it."""

    size: int
    has_bom: bool
    is_archive: bool
    is_utf16: bool
    is_utf8: bool
    has_nul: bool


@dataclass(frozen=True)
class Record:
    """One record: the line it begins on, how its last line ends, and its cells; none if blank."""

    line: int
    end: str
    cells: list[str]


class Unreadable(Exception):
    """The rest of a file cannot be read as CSV; `line` is where that shows."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(reason)


def look_at_bytes(path: Path) -> Bytes:
    """Return what the bytes of a file say, reading all of them once."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, first, is_utf8, has_nul = 0, b"", True, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            first = first or chunk[:4]
            size += len(chunk)
            has_nul = has_nul or b"\0" in chunk
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
    if is_utf8:
        is_utf8 = _decodes(decoder, b"", final=True)
    return Bytes(
        size=size,
        has_bom=first.startswith(codecs.BOM_UTF8),
        is_archive=first.startswith(_ARCHIVES),
        is_utf16=first.startswith(_UTF16),
        is_utf8=is_utf8,
        has_nul=has_nul,
    )


def first_line(path: Path, encoding: str) -> str:
    """Return the first line, without its end; what is no text stays as surrogates."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        return file.readline(_LONGEST_LINE).rstrip("\r\n")


def records(path: Path, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """Yield the records of a file, the header too; bytes that are no text stay as surrogates.

    Raises
    ------
    Unreadable
        A quote is never closed, or a line or a cell is longer than any tool reads.
    """
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        lines = _Lines(iter(lambda: file.readline(_LONGEST_LINE), ""))
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            begins = lines.count + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                reason = "a cell is too long" if "field limit" in str(error) else "quotes"
                raise Unreadable(begins, reason) from error
            yield Record(begins, lines.end, cells)


@dataclass
class _Lines:
    """Counts lines as they are read, and remembers how the last one ended."""

    source: Iterator[str]
    count: int = 0
    end: str = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        text = next(self.source)
        self.count += 1
        if len(text) >= _LONGEST_LINE:
            raise Unreadable(self.count, "a line is too long")
        self.end = text[len(text.rstrip("\r\n")) :]
        # Of a line that ends in several breaks, only the last is its own.
        self.end = "\r\n" if self.end.endswith("\r\n") else self.end[-1:]
        return text


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
