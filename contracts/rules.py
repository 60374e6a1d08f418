"""What must be true of a column, declared beside its schema and read by validation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a broken rule does to the run."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of one column. NULL breaks `NotNull` only."""

    severity: Severity = Severity.STOP
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class NotNull(Rule):
    """Every row has a value."""


@dataclass(frozen=True, kw_only=True)
class Unique(Rule):
    """No two rows have the same value."""


@dataclass(frozen=True, kw_only=True)
class Between(Rule):
    """Values lie in [minimum, maximum]; None leaves that side open."""

    minimum: float | str | None = None
    maximum: float | str | None = None


@dataclass(frozen=True, kw_only=True)
class OneOf(Rule):
    """Values come from a fixed list."""

    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RefersTo(Rule):
    """Every value stands in `column` of `table`, where that table is present."""

    table: str
    column: str
