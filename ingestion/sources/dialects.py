"""How a CSV is laid out: its delimiter, where its header is, and what its columns are called."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from contracts.staged import FILE, ROW
from ingestion.sources.encodings import MAX_CSV_LINE_BYTES

_DELIMITERS = (",", ";", "\t", "|")
# Title lines of exports are few; a header is not looked for below them.
_MAX_LINES_BEFORE_HEADER = 50
# Excel says the delimiter in a line of its own, above the header.
_STATED_IN_FILE = re.compile(r"sep=(.)\s*")

Record = list[str]


@dataclass(frozen=True)
class Dialect:
    """The delimiter, the number of lines before the header, and its names.

    `names` are unique, by `unique_names`; `header` has them as they are written.
    """

    delimiter: str
    skip_lines: int
    names: list[str]
    header: list[str]


@dataclass(frozen=True)
class _Reading:
    """One way to read the lines; the greatest is the most likely."""

    wanted: int
    even_share: float
    width: int
    dialect: Dialect

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.wanted, self.even_share, self.width


def find_dialect(
    lines: list[str],
    *,
    wanted: Collection[str],
    delimiter: str | None,
    skip_lines: int | None,
    is_whole: bool,
) -> Dialect | None:
    """Return the layout under which most `wanted` columns are found; None without a header.

    Of layouts that find the same columns, the one with the most even rows is taken, then the one
    with the most columns. `delimiter` and `skip_lines` are kept where they are given. `lines` is
    the beginning of the file; its last record counts only if `is_whole`.
    """
    if delimiter is None and skip_lines is None and lines:
        stated = _STATED_IN_FILE.fullmatch(lines[0].lstrip("\ufeff"))
        if stated is not None:
            delimiter, skip_lines = stated[1], 1
    readings = [
        reading
        for candidate in ([delimiter] if delimiter is not None else _DELIMITERS)
        if (
            reading := _read_by(
                lines, candidate, wanted=wanted, skip_lines=skip_lines, is_whole=is_whole
            )
        )
    ]
    if not readings:
        return None
    return max(readings, key=lambda reading: reading.rank).dialect


def records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Record]]:
    """Yield (lines before it, fields) of each record that is not blank; stop where quotes break."""
    # The default is shorter than what the engine reads.
    csv.field_size_limit(MAX_CSV_LINE_BYTES)
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    try:
        for fields in reader:
            if fields:
                yield before, fields
            before = reader.line_num
    except csv.Error:  # the engine names the line, when it reads the file
        return


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names of columns without blanks around them, each once whatever its case.

    A name that comes again gets a number, and the first one gets it too: `price_0`, `price_1`, so
    that none is taken for the only one. Of names that differ in case only the first is kept.
    A column without a name is called by its position, as in `column3`, counted from 0.
    """
    taken = {ROW, FILE}
    unique = []
    stems = [written.strip() or f"column{position}" for position, written in enumerate(names)]
    times = Counter(stems)
    for stem in stems:
        name, number = (f"{stem}_0" if times[stem] > 1 else stem), 0
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.casefold())
        unique.append(name)
    return unique


def places_of(name: str, written: Iterable[str]) -> list[int]:
    """Return where a name stands among those of a header, counted from 1."""
    return [place for place, each in enumerate(written, start=1) if each.strip() == name]


def _read_by(
    lines: list[str],
    delimiter: str,
    *,
    wanted: Collection[str],
    skip_lines: int | None,
    is_whole: bool,
) -> _Reading | None:
    found = list(records(lines[skip_lines or 0 :], delimiter))
    if not is_whole and len(found) > 1:
        del found[-1]
    if not found:
        return None
    position = 0 if skip_lines is not None else _header_position(found, wanted)
    (before, header), below = found[position], [fields for _, fields in found[position + 1 :]]
    even = sum(len(fields) == len(header) for fields in below)
    names = unique_names(header)
    return _Reading(
        wanted=len(set(names) & set(wanted)),
        even_share=even / len(below) if below else 1.0,
        width=len(header),
        dialect=Dialect(delimiter, (skip_lines or 0) + before, names, header),
    )


def _header_position(found: list[tuple[int, Record]], wanted: Collection[str]) -> int:
    """Return which record is the header: the one with most `wanted`, else the first wide one."""
    candidates = [fields for _, fields in found[:_MAX_LINES_BEFORE_HEADER]]
    counts = [len({name.strip() for name in fields} & set(wanted)) for fields in candidates]
    if max(counts):
        return counts.index(max(counts))
    [(usual_width, _)] = Counter(len(fields) for _, fields in found).most_common(1)
    return next(
        (position for position, fields in enumerate(candidates) if len(fields) == usual_width), 0
    )
