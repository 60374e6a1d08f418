"""Says in our words why the engine could not read a file, and never what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

import duckdb

from contracts.errors import UnreadableFile
from warehouse.room import is_full

# What the engine says -> what a person is told. Its own text quotes lines of the file.
_REASONS = (
    (r"Invalid unicode|not utf-8 encoded", "it is not UTF-8; set `encoding`, such as cp1252"),
    (r"Expected Number of Columns: (\d+) Found: (\d+)", "it has {1} fields where {0} are expected"),
    (r"unterminated quote|Value with unterminated", "a quote is opened and never closed"),
    (r"Maximum line size|maximum_object_size", "a line is longer than can be read"),
    (r"reached an invalid state", "its line ends differ, or text follows a closing quote"),
    (r"not automatically detect|sniffing file", "its lines do not have the same fields, or it is "
     "cut off; if it is whole, set `delimiter`"),
    (r"[Pp]arquet|magic bytes", "it is no whole Parquet file"),
    (r"gzip|GZIP|zlib|decompress|inflate", "it is no whole gzip file"),
    (r"[Mm]alformed JSON|JSON", "it is no JSON, one object a line"),
)  # fmt: skip

_OF_A_FILE = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
)


@contextmanager
def readable(table: str, path: str) -> Iterator[None]:
    """Turn what the engine says of a file inside the block into an `UnreadableFile`.

    Raises
    ------
    UnreadableFile
        The engine cannot read the file. Its message, which may quote a customer, is dropped. That
        the disk is full is no fault of the file: what says so is passed on.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if is_full(error):
            raise
        reason = "reading it takes more memory than `memory_gb` under [engine] allows"
        raise UnreadableFile(table, path, reason=reason) from None
    except _OF_A_FILE as error:
        if is_full(error):
            raise
        raise UnreadableFile(table, path, reason=explain(str(error), path=path)) from None


def explain(message: str, *, path: str) -> str:
    """Return the reason in our words, with the line and the file where the engine names them.

    `path` is what is being read; the file is not named again where it is that one.
    """
    place = _place(message, path)
    for pattern, reason in _REASONS:
        if found := re.search(pattern, message):
            return place + reason.format(*found.groups())
    return f"{place}it is not what its name says"


def _place(message: str, path: str) -> str:
    """Return where the fault is, with a file's name but not its folder, which may be our own."""
    line = re.search(r"CSV Error on Line: (\d+)|in line (\d+)", message)
    # The last mention: lines of the file, which are quoted before it, may look like one.
    files = re.findall(r"^  file = (.+)$|in file \"(.+?)\"", message, re.MULTILINE)
    name = PurePath("".join(files[-1])).name if files else ""
    parts = [f"line {int(line[1] or line[2]):,}"] if line else []
    if name and name != PurePath(path).name:
        parts.append(name)
    return f"{' of '.join(parts)}: " if parts else ""
