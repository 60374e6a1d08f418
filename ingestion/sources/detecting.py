"""Tells the format of one file: settings first, then evidence, then the last accepted delivery."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ibis.backends.duckdb import Backend

from contracts.errors import AmbiguousFormat, ColumnTwice, EmptyTable, SettingsError, UnreadableFile
from contracts.tables import TABLES
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery
from ingestion.sources.dialects import Dialect, find_dialect, places_of
from ingestion.sources.encodings import (
    MAX_CSV_LINE_BYTES,
    MAX_JSON_LINE_BYTES,
    find_encoding,
    open_text,
)
from ingestion.sources.evidence import Evidence
from ingestion.sources.excel import as_csv
from ingestion.sources.formats import FileFormat, find_kind
from ingestion.sources.guessing import Signs, Undecided
from ingestion.sources.reading import read_file
from ingestion.sources.samples import (
    BATCH_ROWS,
    Batch,
    csv_batches,
    json_batches,
    table_batches,
)
from ingestion.sources.time_formats import ISO, TimeVotes

# What a header is looked for in.
_HEAD_LINES = 1000
_HEAD_CHARACTERS = 4_000_000
# Thousands are rare in small amounts; whole files are read for what is still open only.
_ROWS_SEARCHED_FOR_THOUSANDS = 1_000_000


def detect(  # noqa: PLR0913 - what is asked, what is known, and where to work
    engine: Backend,
    delivery: Delivery,
    source: SourceSettings,
    *,
    table: str,
    numbers: Collection[str],
    times: Collection[str],
    known: FileFormat | None,
    workspace: Path,
) -> FileFormat:
    """Return the format of a file, whose columns `numbers` and `times` will be read as such.

    Settings win. `known`, the format of the last accepted delivery of the table, settles what no
    value of the file does. A workbook is written as text below `workspace`.

    Raises
    ------
    EmptyTable
        There is nothing in the file, not even a header.
    UnreadableFile
        It is damaged, or not what the settings say.
    AmbiguousFormat
        It can be read in two ways.
    ColumnTwice
        A column that is read stands twice in its header.
    SettingsError
        The settings do not go together with this kind of file.
    """
    kind = find_kind(delivery, stated=source.format, table=table)
    trailer = _trailer(source, kind, table=table)
    asked = _Asked(delivery, source, table, set(numbers), set(times), known)
    if kind == "parquet":
        return asked.of_parquet(engine, workspace)
    if kind == "jsonl":
        return replace(asked.of_json_lines(), trailer=trailer)
    if kind == "excel":
        text = as_csv(delivery, sheet=source.sheet, workspace=workspace, table=table)
        of_text = asked.of_csv(text, encoding="utf-8", delimiter=",")
        return replace(of_text, kind="excel", sheet=source.sheet)
    encoding = find_encoding(
        delivery, stated=source.encoding, known=known.encoding if known else None,
        max_line_bytes=MAX_CSV_LINE_BYTES, table=table,
    )  # fmt: skip
    of_csv = asked.of_csv(delivery, encoding=encoding, delimiter=source.delimiter)
    return replace(of_csv, trailer=trailer)


@dataclass(frozen=True)
class _Asked:
    """One question, as it is handed on from step to step."""

    delivery: Delivery
    source: SourceSettings
    table: str
    numbers: set[str]
    times: set[str]
    known: FileFormat | None

    def of_csv(self, text: Delivery, *, encoding: str, delimiter: str | None) -> FileFormat:
        dialect = self._dialect(text, encoding, delimiter)
        present = [name for name in dialect.names if name in self.numbers | self.times]
        batches = csv_batches(text, encoding, dialect, columns=present)
        found = FileFormat(
            "csv", encoding=encoding, delimiter=dialect.delimiter, skip_lines=dialect.skip_lines
        )
        return self._with_values(found, batches, columns=present)

    def of_json_lines(self) -> FileFormat:
        encoding = find_encoding(
            self.delivery, stated=self.source.encoding,
            known=self.known.encoding if self.known else None, max_line_bytes=MAX_JSON_LINE_BYTES,
            table=self.table,
        )  # fmt: skip
        columns = sorted(self.numbers | self.times)
        batches = json_batches(self.delivery, encoding, columns=columns, table=self.table)
        return self._with_values(FileFormat("jsonl", encoding=encoding), batches, columns=columns)

    def of_parquet(self, engine: Backend, workspace: Path) -> FileFormat:
        found = FileFormat("parquet")
        rows = read_file(engine, self.delivery, found, table=self.table, workspace=workspace)
        columns = [
            name
            for name, type_ in rows.schema().items()
            if (type_.is_string() and name in self.numbers | self.times)
            or (type_.is_integer() and name in self.times)
        ]
        batches = table_batches(engine, rows, columns=columns) if columns else iter(())
        return self._with_values(found, batches, columns=columns)

    def _dialect(self, text: Delivery, encoding: str, delimiter: str | None) -> Dialect:
        with open_text(text, encoding) as opened:
            lines, is_whole = _head(opened)
        dialect = find_dialect(
            lines,
            wanted={*self.source.named_columns, *self.numbers, *self.times},
            delimiter=delimiter,
            skip_lines=self.source.skip_lines,
            is_whole=is_whole,
        )
        if dialect is None:
            raise EmptyTable(self.table, self.delivery.name)
        self._check_each_once(dialect.header)
        return dialect

    def _check_each_once(self, header: Sequence[str]) -> None:
        """Refuse a header in which a column that is read stands twice."""
        source = self.source
        # A file that is only looked at is of no table yet.
        canonical = TABLES[self.table].columns if self.table in TABLES else ()
        read = [source.column_of(column.name) for column in canonical]
        names = [name for name in read if name is not None]
        for name in dict.fromkeys([*names, *source.named_columns, *source.skip]):
            if len(places := places_of(name, header)) > 1:
                raise ColumnTwice(self.table, name, places=places, path=self.delivery.name)

    def _with_values(
        self, found: FileFormat, batches: Iterable[Batch], *, columns: Collection[str]
    ) -> FileFormat:
        """Return the format with what the values of columns say of signs and times."""
        evidence = self._gather(batches, columns)
        before = self.known if self.known and self.known.shows_decimal else None
        known = Signs(before.decimal, before.thousands) if before else None
        stated = self.source
        try:
            signs = evidence.numbers.decide(
                decimal=stated.decimal, thousands=stated.thousands, known=known
            )
        except Undecided as undecided:
            raise self._ambiguous(
                undecided, undecided.columns or sorted(self.numbers & set(columns)), "decimal"
            ) from None
        formats = {name: self._time_format(name, evidence) for name in evidence.times}
        if stated.timestamp_format is not None:
            formats = {name: stated.timestamp_format for name in columns if name in self.times}
        return replace(
            found,
            decimal=signs.decimal,
            thousands=signs.thousands,
            shows_decimal=bool(evidence.numbers.decisive) or before is not None,
            timestamp_formats={name: said for name, said in formats.items() if said != ISO},
        )

    def _gather(self, batches: Iterable[Batch], columns: Collection[str]) -> Evidence:
        """Return what the first rows say, and further ones for as long as anything is open."""
        guessed = self.times if self.source.timestamp_format is None else set()
        evidence = Evidence(
            suffix=self.source.timestamp_suffix or "",
            times={name: TimeVotes() for name in columns if name in guessed},
        )
        for position, batch in enumerate(batches):
            for name in self.numbers & batch.keys():
                evidence.add_numbers(name, batch[name])
            for name, votes in evidence.times.items():
                if position == 0 or votes.is_open:
                    evidence.add_times(name, batch[name])
            if self._is_enough(evidence, rows=(position + 1) * BATCH_ROWS, columns=columns):
                break
        return evidence

    def _is_enough(self, evidence: Evidence, *, rows: int, columns: Collection[str]) -> bool:
        if any(votes.is_open for votes in evidence.times.values()):
            return False
        if not self.numbers & set(columns):
            return True
        decided = self.source.decimal is not None or bool(evidence.numbers.decisive)
        parted = self.source.thousands is not None or evidence.numbers.sees_thousands
        return decided and (parted or rows >= _ROWS_SEARCHED_FOR_THOUSANDS)

    def _time_format(self, name: str, evidence: Evidence) -> str:
        if evidence.times[name].are_day_numbers:
            reason = (
                f"column `{name}` holds bare numbers, by which a workbook counts days; format it "
                "as a date there and save it again"
            )
            raise UnreadableFile(self.table, self.delivery.name, reason=reason)
        known = self.known.timestamp_formats.get(name, ISO) if self.known else None
        try:
            return evidence.times[name].decide(known=known)
        except Undecided as undecided:
            raise self._ambiguous(undecided, [name], "timestamp_format") from None

    def _ambiguous(self, undecided: Undecided, columns: list[str], setting: str) -> AmbiguousFormat:
        return AmbiguousFormat(
            self.table, self.delivery.name, columns=columns, reason=undecided.reason,
            setting=setting,
        )  # fmt: skip


def _head(opened: IO[str]) -> tuple[list[str], bool]:
    """Return the first lines, and whether they are all."""
    lines: list[str] = []
    characters = 0
    for line in opened:
        if len(lines) == _HEAD_LINES or characters > _HEAD_CHARACTERS:
            return lines, False
        lines.append(line)
        characters += len(line)
    return lines, True


def _trailer(source: SourceSettings, kind: str, *, table: str) -> str | None:
    if source.trailer is None:
        return None
    if kind in {"parquet", "excel"}:
        raise SettingsError(
            f"[sources.{table}] `trailer` belongs to text files, and `{source.path}` is {kind}. "
            "Take it out."
        )
    try:
        re.compile(source.trailer)
    except re.error:
        raise SettingsError(
            f"[sources.{table}] `trailer` is no regular expression. Correct it."
        ) from None
    return source.trailer
