"""What must be true of a column, declared beside its schema.

The same declaration makes the expectation that is counted and the quarantine of the rows that
break it. NULL breaks `NotNull` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """What a broken rule does.

    `REJECT` keeps the row out and goes on, up to the limit of rejected rows; `STOP` stops the run
    before anything is accepted; `WARN` is told and changes nothing.
    """

    REJECT = "reject"
    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True)
class Facts:
    """What rules compare with that stands in no row: when the rows came, and the currency."""

    ingested_at: datetime
    currency: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of one column.

    Attributes
    ----------
    code
        What a quarantined row says of it, after the column: `amount:missing`.
    escalates
        A warning that stops the run once more than the limit of rejected rows break it.
    """

    code: ClassVar[str]
    severity: Severity = Severity.REJECT
    remedy: str = ""
    escalates: bool = False


@dataclass(frozen=True, kw_only=True)
class RowRule(Rule):
    """A rule that each row keeps or breaks by itself."""


@dataclass(frozen=True, kw_only=True)
class NotNull(RowRule):
    """Every row has a value."""

    code: ClassVar[str] = "missing"


@dataclass(frozen=True, kw_only=True)
class Readable(RowRule):
    """What the source holds can be read as the type of the column. Every typed column has it."""

    code: ClassVar[str] = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Between(RowRule):
    """Values lie in [minimum, maximum]; None leaves that side open."""

    code: ClassVar[str] = "out_of_range"
    minimum: float | str | None = None
    maximum: float | str | None = None


@dataclass(frozen=True, kw_only=True)
class OneOf(RowRule):
    """Values come from a fixed list."""

    code: ClassVar[str] = "not_accepted"
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Matches(RowRule):
    """Values have a form: `pattern` is a regular expression for the whole value."""

    code: ClassVar[str] = "bad_form"
    pattern: str
    form: str


@dataclass(frozen=True, kw_only=True)
class NotFuture(RowRule):
    """Values lie at most a day after the row was ingested; time zones differ by less."""

    code: ClassVar[str] = "in_future"


@dataclass(frozen=True, kw_only=True)
class InProjectCurrency(RowRule):
    """Money is in the project's currency, or was converted to it; sums would mix otherwise."""

    code: ClassVar[str] = "foreign_currency"


@dataclass(frozen=True, kw_only=True)
class SetRule(Rule):
    """A rule about many rows together."""


@dataclass(frozen=True, kw_only=True)
class Unique(SetRule):
    """No two rows of a delivery have the same value; of those that do, the last one counts."""

    code: ClassVar[str] = "repeated"


@dataclass(frozen=True, kw_only=True)
class RefersTo(SetRule):
    """Every value stands in `column` of `table`, where that table is present.

    Rows that break it stay: what they refer to may come later.
    """

    code: ClassVar[str] = "unknown"
    severity: Severity = Severity.WARN
    escalates: bool = True
    table: str
    column: str
