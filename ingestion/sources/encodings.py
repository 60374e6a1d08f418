"""Text files: unpacked, in which encoding, and checked to the last byte before they are read.

The engine reads a packed file that is cut off without a word, and takes no encoding but UTF-8.
So each text is gone through once here, in bounded memory.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from contracts.errors import AmbiguousFormat, UnreadableFile
from ingestion.sources.deliveries import Delivery, open_bytes

# The longest line the engine takes: its `max_line_size` and `maximum_object_size`.
MAX_CSV_LINE_BYTES = 2_000_000
MAX_JSON_LINE_BYTES = 16_000_000

_CHUNK_BYTES = 1 << 20
# Rows pack 5 to 50 times; only made-up content packs better than this when there is much of it.
_SUSPICIOUS_RATIO = 250
_SUSPICIOUS_BYTES = 1 << 30

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
# Umlauts of the DOS code page 850, read as Windows-1252: quotes and signs inside a word.
_SIGNS_INSIDE_WORDS = re.compile(r"[^\W\d_][„”™‡†‰][^\W\d_]")


class _OtherEncoding(Exception):
    """A byte does not fit; `mixed` says that characters before it were right for sure."""

    def __init__(self, *, line: int, mixed: bool, at_end: bool) -> None:
        self.line, self.mixed, self.at_end = line, mixed, at_end
        super().__init__()


def find_encoding(
    delivery: Delivery, *, stated: str | None, known: str | None, max_line_bytes: int, table: str
) -> str:
    """Return the encoding of a text, every byte of which fits it.

    A byte order mark decides, then UTF-8, then `known`, then Windows-1252.

    Raises
    ------
    UnreadableFile
        It is in no such encoding or not in the one `stated`, is cut off, holds NUL bytes or a line
        too long, or unpacks to an absurd size.
    AmbiguousFormat
        It is not UTF-8, and Windows-1252 makes odd words of it.
    """
    candidates = _candidates(delivery, stated=stated, known=known, table=table)
    for encoding in candidates:
        try:
            _go_through(delivery, encoding, max_line_bytes=max_line_bytes, table=table)
        except _OtherEncoding as other:
            if encoding in {"utf-8", "utf-8-sig"} and stated is None:
                _refuse_broken_utf8(delivery, other, table=table)
            continue
        if encoding == "cp1252" and stated is None and known != "cp1252":
            _refuse_odd_words(delivery, table=table)
        return encoding
    if stated is not None:
        reason = f"it is not {stated}; correct `encoding`"
    elif len(candidates) == 1:
        reason = f"it begins as {candidates[0]} and does not go on so"
    else:
        reason = "it is neither UTF-8 nor Windows-1252; set `encoding`"
    raise UnreadableFile(table, delivery.name, reason=reason)


@contextmanager
def open_text(delivery: Delivery, encoding: str) -> Iterator[IO[str]]:
    """Open a text, unpacked, with its line ends as they are."""
    with open_bytes(delivery) as content:
        yield io.TextIOWrapper(content, encoding=encoding, newline="")


def _candidates(
    delivery: Delivery, *, stated: str | None, known: str | None, table: str
) -> list[str]:
    try:
        with open_bytes(delivery) as content:
            head = content.read(4)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnreadableFile(table, delivery.name, reason="it is no whole gzip file") from None
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if stated is not None:
        return ["utf-8-sig" if stated == "utf-8" and marked == "utf-8-sig" else stated]
    if marked is not None:
        return [marked]
    return list(dict.fromkeys(name for name in ("utf-8", known, "cp1252") if name is not None))


def _go_through(delivery: Delivery, encoding: str, *, max_line_bytes: int, table: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    may_hold_nul = encoding.replace("_", "-").startswith(("utf-16", "utf-32"))
    lines = unpacked = line_bytes = 0
    beyond_ascii = False
    try:
        with open_bytes(delivery) as content:
            while chunk := content.read(_CHUNK_BYTES):
                if not may_hold_nul and b"\0" in chunk:
                    line = lines + 1 + chunk[: chunk.index(b"\0")].count(b"\n")
                    reason = (
                        f"line {line:,} holds a NUL byte, which no text does; if it is UTF-16, set "
                        "`encoding`"
                    )
                    raise UnreadableFile(table, delivery.name, reason=reason)
                beyond_ascii |= _decode(decoder, chunk, lines=lines, beyond_ascii=beyond_ascii)
                line_bytes = _longest_open_line(chunk, line_bytes)
                lines += chunk.count(b"\n")
                unpacked += len(chunk)
                absurd = _absurd_size(
                    unpacked, line_bytes, packed=delivery.size, max_line_bytes=max_line_bytes
                )
                if absurd is not None:
                    reason = f"near line {lines + 1:,}: {absurd}"
                    raise UnreadableFile(table, delivery.name, reason=reason)
            try:
                decoder.decode(b"", final=True)
            except UnicodeError:
                raise _OtherEncoding(line=lines + 1, mixed=beyond_ascii, at_end=True) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnreadableFile(table, delivery.name, reason="it is no whole gzip file") from None


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, *, lines: int, beyond_ascii: bool
) -> bool:
    """Return whether there are characters beyond ASCII in the chunk."""
    try:
        return not decoder.decode(chunk).isascii()
    except UnicodeDecodeError as error:
        # The error itself would quote the bytes around the fault.
        before = error.object[: error.start]
        line, mixed = lines + 1 + before.count(b"\n"), beyond_ascii or not before.isascii()
    except UnicodeError:  # UTF-16 without a byte order mark
        line, mixed = lines + 1, False
    raise _OtherEncoding(line=line, mixed=mixed, at_end=False)


def _longest_open_line(chunk: bytes, open_bytes: int) -> int:
    """Return how long the line is that is open at the end; a chunk is shorter than any limit."""
    last_end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    return open_bytes + len(chunk) if last_end < 0 else len(chunk) - last_end - 1


def _absurd_size(unpacked: int, line_bytes: int, *, packed: int, max_line_bytes: int) -> str | None:
    """Return what is too large in the bytes gone through so far, if anything is."""
    if line_bytes > max_line_bytes:
        return f"a line is longer than {max_line_bytes / 1e6:.0f} MB"
    if unpacked > max(_SUSPICIOUS_BYTES, _SUSPICIOUS_RATIO * packed):
        return f"it unpacks to more than {_SUSPICIOUS_RATIO} times its size"
    return None


def _refuse_broken_utf8(delivery: Delivery, other: _OtherEncoding, *, table: str) -> None:
    """Refuse what is UTF-8 but for one place; by another encoding all umlauts would be wrong."""
    if other.at_end:
        reason = "it ends in the middle of a character: it is cut off, or set `encoding`"
        raise UnreadableFile(table, delivery.name, reason=reason)
    if other.mixed:
        reason = f"line {other.line:,} is not UTF-8, though lines before it are"
        raise UnreadableFile(table, delivery.name, reason=reason)


def _refuse_odd_words(delivery: Delivery, *, table: str) -> None:
    with open_text(delivery, "cp1252") as text:
        if _SIGNS_INSIDE_WORDS.search(text.read(_CHUNK_BYTES)):
            raise AmbiguousFormat(
                table, delivery.name, columns=[], setting="encoding",
                reason="it is not UTF-8, and Windows-1252 makes signs of letters, as with cp850",
            )  # fmt: skip
