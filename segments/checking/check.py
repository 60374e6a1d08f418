"""Checks a file for a tool: its bytes, its header, then every cell and row, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from segments.checking.cell_faults import fault_of
from segments.checking.cell_rules import kind_faults, text_faults
from segments.checking.findings import Fault, Finding, Findings
from segments.checking.headers import header_faults, matched
from segments.checking.postal import CodesWithoutCountry
from segments.checking.reading import Bytes, Record, Unreadable, first_line, look_at_bytes, records
from segments.checking.row_rules import SUGGESTIVE, Rows
from segments.checking.suggestive import suggests_health_or_income
from segments.vendors.target import Column, Kind, Target

_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


@dataclass(frozen=True)
class Checked:
    """What a check found; `rows` are those that were read, without the header."""

    target: Target
    rows: int
    findings: tuple[Finding, ...]

    @property
    def is_fine(self) -> bool:
        """Whether the tool would take the file as it is meant."""
        return all(finding.fault.is_note for finding in self.findings)


def check(path: Path, target: Target) -> Checked:
    """Return what `target` would refuse or misread in a file."""
    findings = Findings()
    seen = look_at_bytes(path)
    for fault in _byte_faults(seen, path, target):
        findings.add(fault)
    rows = 0
    if seen.size and not (seen.is_utf16 or seen.is_archive):
        rows = _check_records(path, target, seen, findings)
    if not rows and seen.size:
        findings.add(Fault("no rows", "Nothing is imported of it.", is_note=True))
    for fault in _count_faults(rows, target):
        findings.add(fault)
    return Checked(target, rows, findings.told())


def _byte_faults(seen: Bytes, path: Path, target: Target) -> Iterator[Fault]:
    form, limits = target.form, target.limits
    if not seen.size:
        yield Fault("empty, without a header", "Write it again.")
    if seen.is_archive:
        yield Fault("a workbook or an archive, not CSV", "Export CSV, as UTF-8, from the source.")
        return
    if seen.is_utf16:
        yield Fault("UTF-16", "Save the file as UTF-8. Nothing else of it was checked.")
        return
    if seen.has_bom and not form.has_bom:
        yield Fault("a byte order mark before the first header, which becomes part of it",
                    "Save the file as UTF-8 without BOM.")  # fmt: skip
    if form.has_bom and not seen.has_bom and seen.size:
        yield Fault("no byte order mark: Excel breaks umlauts", "Save the file as UTF-8 with BOM.")
    if seen.has_nul:
        yield Fault("NUL characters", "Write the file again without them.")
    if limits.most_bytes is not None and seen.size > limits.most_bytes:
        yield Fault(
            f"{seen.size:,} bytes, of {limits.most_bytes:,} at most", "Split it into several files."
        )
    if target.is_ad_platform and suggests_health_or_income(path.stem):
        yield SUGGESTIVE


def _count_faults(rows: int, target: Target) -> Iterator[Fault]:
    most = target.limits.most_rows
    if most is not None and rows > most:
        yield Fault(f"{rows:,} rows, of {most:,} at most", "Split it into several files.")
    if 0 < rows < target.fewest_rows:
        yield Fault(
            f"fewer than {target.fewest_rows} people", "The platform shows no ads to so few.",
            is_note=True,
        )  # fmt: skip


def _check_records(path: Path, target: Target, seen: Bytes, findings: Findings) -> int:
    encoding = "utf-8-sig" if seen.has_bom else "utf-8"
    if not seen.is_utf8 and "cp1252" in target.form.encodings:
        encoding = "cp1252"
    top = first_line(path, encoding)
    if top.lower().startswith("sep="):
        findings.add(Fault("a line `sep=` before the header", "Take it out: it is read as the "
                           "header, and Excel forgets the BOM."), 1)  # fmt: skip
        return 0
    delimiter = _delimiter(top, target)
    if delimiter not in target.form.delimiters:
        named = " or ".join(_NAMES[each] for each in target.form.delimiters)
        findings.add(
            Fault(f"cells parted by {_NAMES[delimiter]}", f"Part them by {named}."), 1
        )  # fmt: skip
    body = _Body(target, findings)
    try:
        for record in records(path, encoding=encoding, delimiter=delimiter):
            body.take(record)
    except Unreadable as error:
        findings.add(
            Fault(f"not CSV from here on: {error.reason}",
                  'Quote cells with " and double it inside. The rest was not checked.'),
            error.line,
        )  # fmt: skip
    body.codes.tell(findings)
    return body.rows


def _delimiter(top: str, target: Target) -> str:
    """Return what parts the headers: of what stands there most often, what the tool takes."""
    counts = {each: top.count(each) for each in _NAMES}
    best = max(counts.values())
    if best == 0:
        return target.form.delimiters[0]
    likely = [each for each, count in counts.items() if count == best]
    return next((each for each in target.form.delimiters if each in likely), likely[0])


class _Body:
    """Takes the records of a file, the header first."""

    def __init__(self, target: Target, findings: Findings) -> None:
        self.target, self.findings = target, findings
        self.rows = 0
        self.columns: Sequence[Column | None] | None = None
        self.end = ""
        self.codes = CodesWithoutCountry()

    def take(self, record: Record) -> None:
        """Judge a record."""
        if self.columns is None:
            self._take_header(record)
            return
        if not any(record.cells):
            self.findings.add(Fault("an empty line", "Take it out."), record.line)
            return
        self.rows += 1
        if record.end and record.end != self.end:
            self.findings.add(Fault("lines that end in different ways",
                                    "Write the file again, all in one."), record.line)  # fmt: skip
        if len(record.cells) != len(self.columns):
            self.findings.add(
                Fault("more or fewer cells than headers", 'Quote cells that hold the delimiter: "'),
                record.line,
            )
            return
        self._judge(record)

    def _take_header(self, record: Record) -> None:
        self.end = record.end
        expected = self.target.form.line_end
        if record.end == "\r":
            self.findings.add(Fault("lines that end in CR", "Write LF or CRLF."), 1)
        elif record.end and record.end != expected and self.target.name == "salesforce":
            self.findings.add(Fault(
                f"lines that end in {_ENDS[record.end]}",
                f"Write {_ENDS[expected]}, or say `lineEnding` in the job.", is_note=True), 1,
            )  # fmt: skip
        headers = [header.removeprefix("\ufeff") for header in record.cells]
        self.columns = matched(headers, self.target)
        for fault in header_faults(headers, self.columns, self.target):
            self.findings.add(fault, record.line)
        if self.target.is_ad_platform and any(map(suggests_health_or_income, headers)):
            self.findings.add(SUGGESTIVE, record.line)
        self.judge_rows = Rows(self.target, headers, self.columns)
        self.country = next(
            (place for place, column in enumerate(self.columns)
             if column is not None and column.kind is Kind.COUNTRY and not column.is_hashed), None,
        )  # fmt: skip

    def _judge(self, record: Record) -> None:
        country = "" if self.country is None else record.cells[self.country]
        for place, (cell, column) in enumerate(
            zip(record.cells, self.columns or (), strict=True), start=1
        ):
            if not cell:
                continue
            codes = list(text_faults(cell, column, self.target))
            if self.country is None and column is not None and column.kind is Kind.POSTAL:
                self.codes.take(cell.strip(), record.line)
            if column is not None:
                codes += kind_faults(cell, column, self.target, country=country)
            for code in codes:
                self.findings.add(fault_of(code, column, place, self.target), record.line)
        for fault in self.judge_rows.faults(record.cells):
            self.findings.add(fault, record.line)
