"""Looks into files before anything is configured, for the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts.errors import EmptyTable, UnreadableFile, UsageError
from ingestion.looking import look_at
from ingestion.presets import PRESETS, Preset
from ingestion.profile import ColumnProfile, profile_columns
from ingestion.sources.formats import FileFormat
from ingestion.suggest import Suggestion, suggest
from ingestion.verdict import say_verdict
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

__all__ = [
    "ColumnProfile", "FileFormat", "FileLook", "Preset", "Suggestion", "known_presets", "look_into",
]  # fmt: skip

# What a name of a column never is: an e-mail address, a number, a date.
_VALUE = re.compile(r"\S+@\S+\.\S+|[-+]?[\d.,:/ -]*\d[\d.,:/ -]*")


@dataclass(frozen=True)
class FileLook:
    """What a file seems to be; it holds names of columns and aggregates, and no values."""

    file: Path
    format: FileFormat
    columns: Sequence[ColumnProfile]
    suggestions: Sequence[Suggestion]

    @property
    def verdict(self) -> str:
        """What the file holds, in a line."""
        return say_verdict(self.suggestions, self.columns)


def look_into(file: Path) -> FileLook:
    """Return what a file seems to be.

    Raises
    ------
    UsageError
        There is no such file, it cannot be read, or it has no names of columns.
    """
    if not file.is_file():
        raise UsageError(f"There is no file {file}. Name one that a source system exported.")
    with (
        TemporaryDirectory(prefix="stammkunde-") as folder,
        open_engine(EngineSettings(), spill=Path(folder) / "spill") as engine,
    ):
        try:
            written, rows = look_at(engine, file, workspace=Path(folder))
            _check_header(file, rows.columns)
            columns = profile_columns(rows)
        except EmptyTable as error:
            raise UsageError(f"{file} is empty. Export it again.") from error
        except UnreadableFile as error:
            raise UsageError(f"{file} cannot be read: {error.reason}.") from error
    return FileLook(file, written, columns, suggest(columns))


def known_presets() -> list[Preset]:
    """Return all presets, in the order in which they are shown."""
    return list(PRESETS.values())


def _check_header(file: Path, names: Sequence[str]) -> None:
    """Refuse a file whose names of columns would be values of its first record."""
    values = [name for name in names if _VALUE.fullmatch(name)]
    if any("@" in name for name in values) or len(values) > len(names) / 2:
        raise UsageError(
            f"{file}: the first line holds values, not names of columns. Export it with a header."
        )
