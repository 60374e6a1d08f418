"""Every error a person can meet, in one tree.

    StammkundeError
    |- UsageError              wrong use or settings: exit code 2
    |  |- SettingsError        the settings file cannot be used
    |  |- SourceMissing        a path of the settings matches no file
    |  |- ColumnMissing        a source lacks a mapped column
    |  |- DatabaseRefused      a database is there, and what we ask for is not granted
    |  |- RelationMissing      a database has no such table or view
    |  |- CursorUnusable       the cursor of a source is missing, or neither number nor time
    |  |- QueryFailed          a database cannot answer the query of a source
    |  |- AsOfOutsideData      the date lies before or long after the data
    |  `- ModelMissing         nothing has been trained yet, or it no longer fits
    `- GateStopped             a gate stopped the run: exit code 1
       |- EmptyTable           a source has no rows
       |- UnreadableFile       a file is damaged, or not in the form the settings say
       |- UnreadableValues     values that are not what their column holds
       |- ValidationFailed     an expectation with severity "stop" was not met
       `- NotEnoughData        too few customers, churners or days to learn from

    Transient                  the world, not the data: a retry can help
    `- DatabaseUnreachable     a database does not answer, or stopped answering

A message names the thing, what was found and what to do; the facts are attributes too.
Nothing below StammkundeError goes away by trying again, so no flow retries it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import ClassVar


class StammkundeError(Exception):
    """Root of the tree. `exit_code` is what the command line returns."""

    exit_code: ClassVar[int] = 1


class UsageError(StammkundeError):
    """The command or the settings must change."""

    exit_code: ClassVar[int] = 2


class SettingsError(UsageError):
    """The settings file cannot be used as it stands."""


class SourceMissing(UsageError):
    """A path of the settings matches no file."""

    def __init__(self, table: str, path: str) -> None:
        self.table, self.path = table, path
        super().__init__(
            f"No file matches `{path}`, the source of table `{table}`. "
            f"Deliver the file, or change `path` under [sources.{table}]."
        )


class ColumnMissing(UsageError):
    """A source lacks columns that the settings map."""

    def __init__(self, table: str, missing: list[str], *, found: list[str], path: str) -> None:
        self.table, self.missing, self.found = table, missing, found
        named = ", ".join(f"`{name}`" for name in missing)
        super().__init__(
            f"Table `{table}`: `{path}` lacks column {named}. It has: {', '.join(found)}. "
            f"Correct `columns` under [sources.{table}], or the file."
        )


class DatabaseRefused(UsageError):
    """A database answers, and does not grant what is asked. `place` names it without secrets."""

    def __init__(self, place: str, *, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} cannot be read: {reason}. Correct its URL under [databases], or its grants."
        )


class RelationMissing(UsageError):
    """A database has no such table or view, or hides it from the role that reads."""

    def __init__(self, table: str, relation: str, *, place: str, found: list[str]) -> None:
        self.table, self.relation, self.found = table, relation, found
        nearest = get_close_matches(relation, found, n=5, cutoff=0.3) or sorted(found)[:5]
        seen = f"The nearest are {', '.join(nearest)}" if nearest else "Its user can read none"
        super().__init__(
            f"Table `{table}`: {place} has no such relation: `{relation}`. {seen}. "
            f"Correct `relation` under [sources.{table}], or grant SELECT on it."
        )


class CursorUnusable(UsageError):
    """The column that says what is new is not there, or does not grow as numbers and times do."""

    def __init__(self, table: str, cursor: str, *, problem: str) -> None:
        self.table, self.cursor = table, cursor
        super().__init__(
            f"Table `{table}`: the cursor `{cursor}` {problem}. "
            f"Correct `cursor` under [sources.{table}]; without one all rows are read."
        )


class QueryFailed(UsageError):
    """A database cannot answer. `problem` is its name for that, never its words: they quote."""

    def __init__(self, table: str, place: str, *, problem: str) -> None:
        self.table, self.place, self.problem = table, place, problem
        super().__init__(
            f"Table `{table}`: {place} cannot answer: {problem}. "
            f"Correct `query` or `relation` under [sources.{table}]; run it in the database to "
            "read its whole message."
        )


class AsOfOutsideData(UsageError):
    """The run's date lies where the data say nothing."""


class ModelMissing(UsageError):
    """No registered model can score what is asked for."""


class GateStopped(StammkundeError):
    """A gate stopped the run before anything was published."""


class EmptyTable(GateStopped):
    """A source was read and has no rows."""

    def __init__(self, table: str, path: str) -> None:
        self.table, self.path = table, path
        super().__init__(
            f"Table `{table}`: `{path}` has no rows. "
            "Deliver it again; the last publish stays as it is."
        )


class UnreadableFile(GateStopped):
    """A delivered file is damaged, or not in the form that the settings say."""

    def __init__(self, table: str, path: str, *, reason: str) -> None:
        self.table, self.path, self.reason = table, path, reason
        super().__init__(
            f"Table `{table}`: `{path}` cannot be read: {reason}. Deliver the file again, or "
            f"correct [sources.{table}]; the last publish stays as it is."
        )


class UnreadableValues(GateStopped):
    """Values of a source column cannot be read as what the canonical column holds."""

    def __init__(  # noqa: PLR0913 - each is a fact that the message needs
        self, table: str, column: str, *, source_column: str, kind: str, count: int, first_row: int
    ) -> None:
        self.table, self.column, self.count, self.first_row = table, column, count, first_row
        super().__init__(
            f"Table `{table}`, column `{column}`: {count:,} values of `{source_column}` are not "
            f"{kind}, the first in data row {first_row:,}. Correct the file, or map another column "
            f"or a `timestamp_format` under [sources.{table}]."
        )


class ValidationFailed(GateStopped):
    """At least one expectation with severity "stop" was not met."""


class NotEnoughData(GateStopped):
    """There is too little to learn from; the message says what is needed and what is there."""


class Transient(Exception):
    """Something outside failed in a way that may be gone in a moment, such as a locked database."""


class DatabaseUnreachable(Transient):
    """A database does not answer, or stopped answering. `place` names it without secrets."""

    def __init__(self, place: str, *, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"{place} does not answer: {reason}. Nothing of it was taken over; run again once it "
            "answers."
        )
