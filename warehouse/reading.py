"""Says in our words why the engine could not read a file, and never what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from contracts.errors import UnreadableFile

# What the engine says -> what a person is told. Its own text quotes lines of the file.
_REASONS = (
    (r"Invalid unicode|not utf-8 encoded", "it is not UTF-8; set `encoding`, such as cp1252"),
    (r"Expected Number of Columns: (\d+) Found: (\d+)", "it has {1} fields where {0} are expected"),
    (r"unterminated quote|Value with unterminated", "a quote is opened and never closed"),
    (r"Maximum line size", "a line is longer than can be read"),
    (r"not automatically detect|sniffing file", "its lines do not have the same fields, or it is "
     "cut off; if it is whole, set `delimiter`"),
    (r"[Pp]arquet|magic bytes", "it is no whole Parquet file"),
    (r"gzip|GZIP|zlib|decompress|inflate", "it is no whole gzip file"),
    (r"[Mm]alformed JSON|JSON", "it is no JSON, one object a line"),
)  # fmt: skip


@contextmanager
def readable(table: str, path: str) -> Iterator[None]:
    """Turn what the engine says of a file inside the block into an `UnreadableFile`.

    Raises
    ------
    UnreadableFile
        The engine cannot read the file. Its message, which may quote a customer, is dropped.
    """
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        raise UnreadableFile(table, path, reason=explain(str(error))) from None


def explain(message: str) -> str:
    """Return the reason in our words, with the line where the engine names one."""
    line = re.search(r"CSV Error on Line: (\d+)", message)
    place = f"line {int(line[1]):,}: " if line else ""
    for pattern, reason in _REASONS:
        if found := re.search(pattern, message):
            return place + reason.format(*found.groups())
    return f"{place}it is not what its name says"
