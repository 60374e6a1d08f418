"""Judges single cells by the kind of their column; `cell_faults` has what the codes tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from segments.checking.damage import has_lost_umlauts, has_lost_zero, is_mojibake, is_scientific
from segments.vendors.cells import is_computed, is_misread, is_number
from segments.vendors.identifiers import Unusable, is_e164, read_country, read_email
from segments.vendors.labels import is_neutral
from segments.vendors.matching import sha256_hex
from segments.vendors.target import Column, Kind, Target

_HASH = re.compile("[0-9a-f]{64}")
_OTHER_HASH = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=")
_GERMAN_DATE = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.([0-9]{4}|[0-9]{2})")
_AMERICAN_DATE = re.compile(r"(0[1-9]|1[0-2])/[0-9]{2}/[0-9]{4}")
_NOTHING_HASHED = sha256_hex("")


def text_faults(cell: str, column: Column | None, target: Target) -> Iterator[str]:
    """Yield what is wrong with a text that is not empty, in any column, also of another header."""
    if not cell.isascii():
        if any("\udc80" <= each <= "\udcff" for each in cell):
            yield "encoding"
        if is_mojibake(cell):
            yield "mojibake"
    if is_scientific(cell):
        yield "scientific"
    if target.is_spreadsheet:
        if is_computed(cell) and not is_number(cell, target.form.decimal_mark):
            yield "formula"
        if target.keeps_digits and is_misread(cell) and not _counts(column):
            yield "digits"
    elif _GERMAN_DATE.fullmatch(cell):
        yield "german_date"


def kind_faults(cell: str, column: Column, target: Target, *, country: str) -> Iterator[str]:
    """Yield what is wrong with a cell that is not empty, of a column that the tool knows."""
    most = target.limits.most_cell_bytes
    size = len(cell.encode(errors="surrogateescape"))
    if most is not None and column.kind is not Kind.ADDRESS and size > most:
        yield "too_long"
    if column.is_hashed:
        yield from _hash_faults(cell, column)
        return
    if column.choices and not set(cell.split(";")) <= set(column.choices):
        yield "choice"
    if target.form.empty and cell == target.form.empty:
        return
    yield from _OF_KIND[column.kind](_Plain(cell, column, target, country))


def _counts(column: Column | None) -> bool:
    return column is not None and column.kind is Kind.NUMBER


@dataclass(frozen=True)
class _Plain:
    """A cell that is not hashed, and what its kind is judged by."""

    cell: str
    column: Column
    target: Target
    country: str

    @property
    def unmarked(self) -> str:
        """The text without the mark that keeps spreadsheets from computing it."""
        return self.cell.removeprefix("'") if self.target.is_spreadsheet else self.cell


def _hash_faults(cell: str, column: Column) -> Iterator[str]:
    if cell == _NOTHING_HASHED:
        yield "hash_of_nothing"
    elif _HASH.fullmatch(cell) is None:
        yield "other_hash" if _OTHER_HASH.fullmatch(cell) else "not_hashed"
    elif column.kind in {Kind.NAME, Kind.TOWN} and has_lost_umlauts(cell):
        yield "umlauts"


def _email_faults(of: _Plain) -> Iterator[str]:
    cell = of.unmarked
    if _OTHER_HASH.fullmatch(cell):
        yield "hashed"
    elif isinstance(read_email(cell), Unusable) or cell != cell.strip():
        yield "email"
    elif of.target.ascii_before_at and not cell.rpartition("@")[0].isascii():
        yield "local_part"


def _phone_faults(of: _Plain) -> Iterator[str]:
    if not is_e164(of.unmarked):
        yield "hashed" if _OTHER_HASH.fullmatch(of.cell) else "phone"


def _name_faults(of: _Plain) -> Iterator[str]:
    if has_lost_umlauts(of.cell):
        yield "umlauts"


def _country_faults(of: _Plain) -> Iterator[str]:
    if read_country(of.cell) != of.cell.upper():
        yield "country"


def _postal_faults(of: _Plain) -> Iterator[str]:
    if _HASH.fullmatch(of.cell):
        yield "hashed"
    elif has_lost_zero(of.cell.strip(), of.country):
        yield "zero"


def _address_faults(of: _Plain) -> Iterator[str]:
    parts = of.cell.split("  ")
    if len(parts) < 4:
        yield "address"
        return
    if read_country(parts[-1]) != parts[-1]:
        yield "country"
    if has_lost_zero(parts[-2], parts[-1]):
        yield "zero"
    if has_lost_umlauts(of.cell):
        yield "umlauts"


def _label_faults(of: _Plain) -> Iterator[str]:
    if not is_neutral(of.cell):
        yield "label"


def _number_faults(of: _Plain) -> Iterator[str]:
    if not is_number(of.cell, of.target.form.decimal_mark):
        yield "number"


def _date_faults(of: _Plain) -> Iterator[str]:
    cell, form = of.cell, of.target.form
    if "." in form.date:
        if _GERMAN_DATE.fullmatch(cell.partition(" ")[0]) is None:
            yield "sheet_date"
        return
    is_day = _is_iso(cell, date) or (
        form.takes_american_dates and _AMERICAN_DATE.fullmatch(cell) is not None
    )
    if of.column.kind is Kind.MOMENT and is_day:
        yield "no_time"
    elif not is_day and not _is_iso(cell, datetime) and not _GERMAN_DATE.fullmatch(cell):
        yield "date"


def _text_of_any_kind(_: _Plain) -> Iterator[str]:
    return iter(())


def _is_iso(cell: str, kind: type[date] | type[datetime]) -> bool:
    try:
        kind.fromisoformat(cell)
    except ValueError:
        return False
    return True


_OF_KIND: dict[Kind, Callable[[_Plain], Iterator[str]]] = {
    Kind.EMAIL: _email_faults,
    Kind.PHONE: _phone_faults,
    Kind.NAME: _name_faults,
    Kind.TOWN: _name_faults,
    Kind.POSTAL: _postal_faults,
    Kind.COUNTRY: _country_faults,
    Kind.ADDRESS: _address_faults,
    Kind.TEXT: _text_of_any_kind,
    Kind.LABEL: _label_faults,
    Kind.NUMBER: _number_faults,
    Kind.DATE: _date_faults,
    Kind.MOMENT: _date_faults,
}
