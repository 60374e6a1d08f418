"""Every error a person can meet, in one tree.

    StammkundeError
    |- UsageError              wrong use or settings: exit code 2
    |  |- SettingsError        the settings file cannot be used
    |  |- SourceMissing        a path of the settings matches no file
    |  |- DriverMissing        what reads addresses of a kind is not installed
    |  |- AmbiguousFormat      a file can be read in two ways, with different values
    |  |- ColumnMissing        a source lacks a mapped column
    |  |- SourceChanged        a source is read another way than its accepted batches were
    |  |- PresetUnfit          a preset that is none, or is for another table
    |  |- DatabaseRefused      a database is there, and what we ask for is not granted
    |  |- RelationMissing      a database has no such table or view
    |  |- CursorUnusable       the cursor of a source is missing, or neither number nor time
    |  |- QueryFailed          a database cannot answer the query of a source
    |  |- AsOfOutsideData      the date lies before or long after the data
    |  `- ModelMissing         nothing has been trained yet, or it no longer fits
    |- IngestLocked            another ingest is under way: exit code 1
    |- DamagedStore            accepted batches are not what was written: exit code 1
    `- GateStopped             a gate stopped the run: exit code 1
       |- EmptyTable           a source has no rows
       |- ColumnRetyped        a source column holds another kind of values than before
       |- UnreadableFile       a file is damaged, or not in the form the settings say
       |- ValidationFailed     an expectation with severity "stop" was not met
       `- NotEnoughData        too few customers, churners or days to learn from

    Transient                  the world, not the data: a retry can help
    `- DatabaseUnreachable     a database does not answer, or stopped answering

A message names the thing, what was found and what to do; the facts are attributes too.
Nothing below StammkundeError goes away by trying again, so no flow retries it.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
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


class DriverMissing(UsageError):
    """A source has an address whose driver is not installed."""

    def __init__(self, table: str, scheme: str, *, package: str) -> None:
        self.table, self.scheme, self.package = table, scheme, package
        super().__init__(
            f"Table `{table}`: nothing that is installed reads `{scheme}://` addresses. Install it "
            f"by `pip install '{package}'`, or change `path` under [sources.{table}]."
        )


class AmbiguousFormat(UsageError):
    """A file can be read in more than one way, and the ways differ in what they make of it."""

    def __init__(
        self, table: str, path: str, *, columns: list[str], reason: str, setting: str
    ) -> None:
        self.table, self.path, self.columns, self.setting = table, path, columns, setting
        named = ", ".join(f"`{name}`" for name in columns)
        place = f"column {named} of `{path}`" if columns else f"`{path}`"
        super().__init__(
            f"Table `{table}`: {place} is not guessed: {reason}. "
            f"Set `{setting}` under [sources.{table}]."
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


class SourceChanged(UsageError):
    """The settings of a source differ from those its accepted batches were read with."""

    def __init__(self, table: str, *, missing: list[str]) -> None:
        self.table, self.missing = table, missing
        named = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        super().__init__(
            f"Table `{table}` is read another way than before, so all its deliveries must be read "
            f"again; {len(missing):,} of them are no longer there ({named}). Deliver them again, "
            f"or give up what only they held: stammkunde ingest --full {table}."
        )


class PresetUnfit(UsageError):
    """The preset of a source does not exist, or fills another table."""

    def __init__(
        self, table: str, preset: str, *, nearest: str | None = None, belongs_to: str | None = None
    ) -> None:
        self.table, self.preset, self.nearest, self.belongs_to = table, preset, nearest, belongs_to
        if belongs_to is not None:
            found = f"it is for table `{belongs_to}`. Move it to [sources.{belongs_to}]"
        else:
            meant = f"; did you mean `{nearest}`?" if nearest else "."
            found = f"there is no such preset{meant} `stammkunde presets` lists them"
        super().__init__(f"Preset `{preset}` under [sources.{table}]: {found}.")


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


class IngestLocked(StammkundeError):
    """Another process is writing accepted batches."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(
            f"Another ingest of this project is under way ({holder}). Wait until it has ended; a "
            "killed one holds nothing."
        )


class DamagedStore(StammkundeError):
    """What was accepted earlier is missing or was changed; nothing is built on it."""

    def __init__(self, path: Path, fault: str) -> None:
        self.path, self.fault = path, fault
        super().__init__(
            f"{path} is damaged: {fault}. Restore it from a backup of data/store. Without one, "
            "move data/store aside and ingest again: what only earlier deliveries held is lost."
        )


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


class ColumnRetyped(GateStopped):
    """A source column holds another kind of values than in the last accepted delivery."""

    def __init__(self, table: str, column: str, *, before: str, now: str) -> None:
        self.table, self.column, self.before, self.now = table, column, before, now
        super().__init__(
            f"Table `{table}`: column `{column}` of the source held {before} and now holds {now}. "
            f"Correct the source, or read all of it anew: stammkunde ingest --full {table}."
        )


class UnreadableFile(GateStopped):
    """A delivered file is damaged, or not in the form that the settings say."""

    def __init__(self, table: str, path: str, *, reason: str) -> None:
        self.table, self.path, self.reason = table, path, reason
        super().__init__(
            f"Table `{table}`: `{path}` cannot be read: {reason}. Deliver the file again, or "
            f"correct [sources.{table}]; the last publish stays as it is."
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
