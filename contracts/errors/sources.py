"""Errors about files and columns that a source delivers."""

from __future__ import annotations

from contracts.errors.roots import GateStopped, Transient, UsageError


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


class WordListsMissing(UsageError):
    """Texts are to be scored, and the word lists for it are not installed."""

    def __init__(self, table: str, *, package: str) -> None:
        self.table, self.package = table, package
        super().__init__(
            f"Table `{table}`: `sentiment_from` needs the word list of `{package}`, and it is not "
            "installed. Install it by `pip install 'stammkunde[sentiment]'`, or take "
            f"`sentiment_from` out of [sources.{table}]."
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


class ColumnTwice(UsageError):
    """A column that is read stands twice in a header. `places` are counted from 1."""

    def __init__(self, table: str, column: str, *, places: list[int], path: str) -> None:
        self.table, self.column, self.places = table, column, places
        named = " and ".join(str(place) for place in places)
        numbered = " or ".join(f"`{column}_{number}`" for number in range(len(places)))
        super().__init__(
            f"Table `{table}`: `{path}` has several columns `{column}`: columns {named}, counted "
            f"from 1. Say which is meant by {numbered} in `columns` under [sources.{table}]."
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


class FileChanged(Transient):
    """A file was written to, replaced or moved away while it was read."""

    def __init__(self, table: str, path: str) -> None:
        self.table, self.path = table, path
        super().__init__(
            f"Table `{table}`: `{path}` changed or vanished while it was read, and nothing of it "
            "was accepted. Run again once it is whole; deliver files under another name and "
            "rename them when they are."
        )


class UnreadableFile(GateStopped):
    """A delivered file is damaged, or not in the form that the settings say."""

    def __init__(self, table: str, path: str, *, reason: str) -> None:
        self.table, self.path, self.reason = table, path, reason
        super().__init__(
            f"Table `{table}`: `{path}` cannot be read: {reason}. Deliver the file again, or "
            f"correct [sources.{table}]; the last publish stays as it is."
        )
