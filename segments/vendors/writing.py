"""Writes the files of recipients: one pass over them, as many targets as wanted.

    <folder>/<target>-<label>-001.csv, -002.csv ...

Only their owner can read the files, from the first moment. They appear one after the other: the
caller writes into a folder that appears whole.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import pyarrow as pa

from segments.vendors.cells import key_of, line, written
from segments.vendors.identifiers import Unusable
from segments.vendors.labels import is_neutral
from segments.vendors.recipients import Recipient, recipients_of
from segments.vendors.target import Cell, Target, headers_of

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Written:
    """The files of one target. Rows in them and `withheld` add up to the recipients.

    `withheld` counts recipients who are in no file, by reason; of several whom the tool would take
    for one, the first by id is in. `left_out` counts cells that are
    empty though something was there, as `Phone: telephone number not valid`, and those that were
    shortened.
    """

    target: str
    rules: str
    files: tuple[Path, ...]
    rows: int
    withheld: dict[str, int]
    left_out: dict[str, int]


def write_files(
    folder: Path, recipients: pa.Table, *, label: str, targets: Sequence[Target]
) -> tuple[Written, ...]:
    """Write the files of a segment; `recipients` is a table of `RECIPIENTS`.

    A target without anybody gets a file with its header. The same recipients make the same bytes,
    in whatever order they come.

    Raises
    ------
    ValueError
        The label is no neutral code, or the table is not one of recipients.
    """
    if not is_neutral(label):
        raise ValueError("a file shows the neutral code of its segment, such as SK-07")
    writers = [_Writer(target, folder, label) for target in targets]
    with ExitStack() as opened:
        for writer in writers:
            opened.enter_context(writer)
        for one in recipients_of(recipients, label=label):
            for writer in writers:
                writer.add(one)
    return tuple(writer.result() for writer in writers)


@dataclass
class _Writer:
    """Writes one target, and begins the next file where one is full."""

    target: Target
    folder: Path
    label: str
    files: list[Path] = field(default_factory=list)
    rows: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    positions: tuple[int, ...] = ()
    _file: IO[bytes] | None = None
    _rows_here: int = 0
    _bytes_here: int = 0

    def __enter__(self) -> Self:
        headers = headers_of(self.target.columns)
        self.positions = tuple(headers.index(header) for header in self.target.key)
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, one: Recipient) -> None:
        """Write a recipient, or count why not."""
        reason = self.target.withheld(one)
        if reason is not None:
            self.withheld[reason] += 1
            return
        cells = [column.value(one) for column in self.target.columns]
        texts = [
            written(cell, column, self.target)
            for cell, column in zip(cells, self.target.columns, strict=True)
        ]
        known_by = key_of(texts, self.positions)
        if known_by in self.seen:
            self.withheld["same as a customer before, for this tool"] += 1
            return
        self.seen.add(known_by)
        self._count_left_out(cells, texts)
        row = line(texts, self.target)
        limits = self.target.limits
        is_full = self._bytes_here + len(row) > limits.split_bytes
        if (is_full or self._rows_here == limits.split_rows) and self._rows_here:
            self._begin()
        self._put(row)
        self._rows_here += 1
        self.rows += 1

    def result(self) -> Written:
        """Return what was written."""
        return Written(
            self.target.name, self.target.rules, tuple(self.files), self.rows,
            dict(sorted(self.withheld.items())), dict(sorted(self.left_out.items())),
        )  # fmt: skip

    def _count_left_out(self, cells: list[Cell], texts: list[str]) -> None:
        for cell, text, column in zip(cells, texts, self.target.columns, strict=True):
            if isinstance(cell, Unusable) and not cell.is_absent:
                self.left_out[f"{column.header}: {cell.reason}"] += 1
            elif isinstance(cell, str) and len(text) < len(cell):
                self.left_out[f"{column.header}: shortened"] += 1

    def _begin(self) -> None:
        if self._file is not None:
            self._file.close()
        name = f"{self.target.name}-{self.label}-{len(self.files) + 1:03}.csv"
        path = self.folder / name
        self._file = open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115
        self.files.append(path)
        self._rows_here = self._bytes_here = 0
        if self.target.form.has_bom:
            self._put(_BOM)
        self._put(line(headers_of(self.target.columns), self.target))

    def _put(self, some: bytes) -> None:
        if self._file is None:
            raise ValueError("no file is open")
        self._file.write(some)
        self._bytes_here += len(some)
