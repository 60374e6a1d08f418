"""What a tool takes, as data: columns with where they come from, and the form of the file.

Files are written from these declarations, and files of others are checked against them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from segments.vendors.identifiers import Unusable
from segments.vendors.recipients import Recipient

Cell = str | Decimal | date | datetime | Unusable | None


class Kind(Enum):
    """What stands in a column; it says what can be wrong there."""

    EMAIL = "e-mail"
    PHONE = "telephone number"
    NAME = "name"
    TOWN = "town"
    POSTAL = "postal code"
    COUNTRY = "country"
    ADDRESS = "address in one cell"
    TEXT = "text"
    LABEL = "segment"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "date and time"


@dataclass(frozen=True)
class Column:
    """One column: its header to the letter, and what a recipient has there.

    `is_required`: a file without it is refused, or misread. `choices` are the only values.
    `empty_means` says what a tool makes of an empty cell, where that is a trap; with `beside` it is
    one only where the column of that header is filled. `may_repeat`: several may stand in a file.
    `also_headed`: headers that the tool takes for the same.
    """

    header: str
    kind: Kind
    value: Callable[[Recipient], Cell]
    is_required: bool = False
    is_hashed: bool = False
    choices: tuple[str, ...] = ()
    empty_means: str = ""
    beside: str = ""
    may_repeat: bool = False
    also_headed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """How a file is written. `delimiters` and `encodings` are what the tool takes, ours first."""

    delimiters: str = ","
    line_end: str = "\r\n"
    encodings: tuple[str, ...] = ("utf-8",)
    has_bom: bool = False
    decimal_mark: str = "."
    date: str = "%Y-%m-%d"
    moment: str = "%Y-%m-%d %H:%M:%S+00:00"
    empty: str = ""
    takes_american_dates: bool = False


@dataclass(frozen=True)
class Limits:
    """What one file may hold, and where we begin the next one; None where no limit is stated.

    We begin one earlier where plans of a tool, or those who write of it, differ.
    """

    most_bytes: int | None = None
    most_rows: int | None = None
    split_bytes: int = 100_000_000
    split_rows: int = 1_000_000
    most_cell_bytes: int | None = None
    most_columns: int | None = None


@dataclass(frozen=True)
class Target:
    """One kind of file for one tool.

    Attributes
    ----------
    name
        What it is called on the command line and in names of files.
    rules
        The month in which the rules of the tool were read.
    withheld
        Why a recipient is in no file; None for one who is.
    identifiers
        Headers of which every row must fill one; where `begins_with_identifier`, one comes first.
    key
        Headers by whose first that is filled the tool knows a row, and merges those of the same.
        Where it names none, only equal rows are the same.
    together
        Headers that the tool uses all or none of.
    header_fault
        Why a tool cannot have a header that is none of ours; None for one that it can.
    takes_other_columns
        Headers that are none of ours become fields of their own.
    is_spreadsheet
        A person opens it: cells that a spreadsheet would compute are neutralised.
    keeps_digits
        A spreadsheet would take a zero from the front of a number, so texts of digits are marked.
    is_ad_platform
        It reads what names of segments suggest of people.
    ascii_before_at
        It takes no other letters in front of the @ of an e-mail address.
    fewest_rows
        Fewer are useless to the tool.
    """

    name: str
    title: str
    rules: str
    columns: tuple[Column, ...]
    withheld: Callable[[Recipient], str | None]
    form: Form = Form()
    limits: Limits = Limits()
    identifiers: tuple[str, ...] = ()
    begins_with_identifier: bool = False
    key: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    header_fault: Callable[[str], str | None] = lambda _: None
    takes_other_columns: bool = True
    is_spreadsheet: bool = False
    keeps_digits: bool = False
    is_ad_platform: bool = False
    ascii_before_at: bool = False
    fewest_rows: int = 0

    def __post_init__(self) -> None:
        """Refuse a declaration that names a header twice."""
        if len({column.header for column in self.columns}) != len(self.columns):
            raise ValueError(f"`{self.name}` has a header twice")


def first_reason(*read: str | Unusable) -> str | None:
    """Return None where one of the identifiers can be used; else why the first one given cannot."""
    unusable = [each for each in read if isinstance(each, Unusable)]
    if len(unusable) < len(read):
        return None
    given = [each for each in unusable if not each.is_absent] or unusable[:1]
    return given[0].reason


def headers_of(columns: Sequence[Column]) -> list[str]:
    """Return the headers of columns, in order."""
    return [column.header for column in columns]
