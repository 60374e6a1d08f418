"""Every error a person can meet, in one tree.

    StammkundeError
    |- UsageError              wrong use or settings: exit code 2
    |  |- SettingsError        the settings file cannot be used
    |  |- SourceMissing        a path of the settings matches no file
    |  |- DriverMissing        what reads addresses of a kind is not installed
    |  |- AmbiguousFormat      a file can be read in two ways, with different values
    |  |- ColumnMissing        a source lacks a mapped column
    |  |- PresetUnfit          a preset that is none, or is for another table
    |  |- AsOfOutsideData      the date lies before or long after the data
    |  `- ModelMissing         nothing has been trained yet, or it no longer fits
    `- GateStopped             a gate stopped the run: exit code 1
       |- EmptyTable           a source has no rows
       |- UnreadableFile       a file is damaged, or not in the form the settings say
       |- UnreadableValues     values that are not what their column holds
       |- ValidationFailed     an expectation with severity "stop" was not met
       `- NotEnoughData        too few customers, churners or days to learn from

    Transient                  the world, not the data: a retry can help

A message names the thing, what was found and what to do; the facts are attributes too.
Nothing below StammkundeError goes away by trying again, so no flow retries it.
"""

from __future__ import annotations

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
