"""Judges the first line: which column is which, and what is missing, renamed or twice.

Headers of others are named by their place, never by their text: a file without a header has the
first person there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segments.checking.findings import Fault
from segments.vendors.target import Column, Target

# Names of the same thing, in small letters and without anything else.
_ALIKE = (
    {"email", "mail", "emailaddress", "emailadresse", "mailadresse"},
    {"phone", "phonenumber", "telephone", "telefon", "telefonnummer", "mobile", "mobil", "handy",
     "sms"},
    {"firstname", "fn", "vorname", "givenname", "forename"},
    {"lastname", "ln", "nachname", "surname", "familyname", "name"},
    {"zip", "zipcode", "postalcode", "postcode", "plz", "postleitzahl"},
    {"city", "ct", "town", "ort", "stadt"},
    {"country", "countryregion", "land", "countrycode"},
    {"street", "streetaddress", "straße", "strasse", "address"},
    {"customerid", "kundennummer", "skcustomeridc", "extid"},
)  # fmt: skip
_VALUE = re.compile(r"\S+@\S+\.\S+|[-+]?[\d.,:/ -]*\d[\d.,:/ -]*")


def matched(headers: Sequence[str], target: Target) -> list[Column | None]:
    """Return for each header the column that it is, or is meant to be."""
    exact = {
        header: column
        for column in target.columns
        for header in (column.header, *column.also_headed)
    }
    found = [exact.get(header) for header in headers]
    taken = {column.header for column in found if column is not None}
    for place, header in enumerate(headers):
        if found[place] is None:
            free = [column for column in target.columns if column.header not in taken]
            meant = next((column for column in free if _alike(header, column.header)), None)
            found[place] = meant
            if meant is not None:
                taken.add(meant.header)
    return found


def header_faults(
    headers: Sequence[str], columns: Sequence[Column | None], target: Target
) -> Iterator[Fault]:
    """Yield what is wrong with a header."""
    if any(_VALUE.fullmatch(header) for header in headers) and not any(columns):
        yield Fault("the first line holds values, not headers", "Write the headers first.")
        return
    yield from _missing(columns, target)
    for place, (header, column) in enumerate(zip(headers, columns, strict=True), start=1):
        yield from _one(place, header, column, target)
    yield from _twice(headers, columns)
    most = target.limits.most_columns
    if most is not None and len(headers) > most:
        yield Fault(f"{len(headers):,} columns, of {most:,} at most", "Leave columns out.")


def _missing(columns: Sequence[Column | None], target: Target) -> Iterator[Fault]:
    there = {column.header for column in columns if column is not None}
    for column in target.columns:
        if column.is_required and column.header not in there:
            yield Fault(f"no column `{column.header}`", _why_required(column))
    named = " or ".join(f"`{header}`" for header in target.identifiers)
    if target.identifiers and not there.intersection(target.identifiers):
        yield Fault(f"no column {named}", "Add one: nothing else says who a row is about.")
    elif target.begins_with_identifier and (
        columns[0] is None or columns[0].header not in target.identifiers
    ):
        yield Fault(
            f"the first column is not {named}", "The tool looks for it there: put it first."
        )
    absent = [header for header in target.together if header not in there]
    if absent and there.intersection(target.together):
        named = ", ".join(f"`{header}`" for header in absent)
        yield Fault(
            f"an address without column {named}",
            f"Addresses match by all of {', '.join(target.together)}: add it, or leave all out.",
        )


def _one(place: int, header: str, column: Column | None, target: Target) -> Iterator[Fault]:
    if not header.strip():
        yield Fault(f"column {place} has no header", "Name it, or leave it out.")
    elif "\n" in header or "\r" in header:
        yield Fault(f"the header of column {place} has a line break", "Write it in one line.")
    elif column is not None and header not in {column.header, *column.also_headed}:
        is_refused = (
            column.is_required or column.header in target.identifiers
            or not target.takes_other_columns
        )  # fmt: skip
        yield Fault(
            f"column {place} should be headed `{column.header}`",
            "Write the header to the letter, in this case and language.",
            is_note=not is_refused,
        )
    elif column is None and not target.takes_other_columns:
        yield Fault(
            f"column {place} has a header that the tool does not know",
            f"Leave the column out; known are {', '.join(each.header for each in target.columns)}.",
        )
    elif column is None and (reason := target.header_fault(header)) is not None:
        yield Fault(f"the header of column {place} {reason}", "Head it by the name of a field.")


def _twice(headers: Sequence[str], columns: Sequence[Column | None]) -> Iterator[Fault]:
    for place, (header, column) in enumerate(zip(headers, columns, strict=True)):
        may_repeat = column is not None and column.may_repeat
        if header.strip() and header in headers[:place] and not may_repeat:
            yield Fault(f"the header of column {place + 1} stands twice", "Leave one of them out.")


def _why_required(column: Column) -> str:
    if column.empty_means:
        return f"Add it: an empty one {column.empty_means}."
    return "Add it, with this header to the letter."


def _alike(header: str, other: str) -> bool:
    one, two = (re.sub(r"[\W_]", "", each.casefold()) for each in (header, other))
    one = one.replace("ss", "ß") if one == "strasse" else one
    return one == two or any(one in names and two in names for names in _ALIKE)
