"""What a preset is: a known export of another system, as settings of a source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.tables import TABLES

# Names of one column of the source -> values of rows to pass over.
Skip = Mapping[tuple[str, ...], Sequence[str]]


@dataclass(frozen=True)
class Preset:
    """The settings that fit one canonical table of one known export.

    Attributes
    ----------
    columns
        Canonical name -> names of the source, in the order in which they are looked for: an export
        names a column by its version, its language or the plug-in that wrote it.
    needs
        Source columns without which the canonical table would be wrong, though none is mapped.
    skip
        Names of one column of the source -> values of rows to pass over.
    telltale
        Names of source columns that only this export has; it is not suggested for a file without
        one of them.
    caveat
        What it leaves out or cannot know, as a sentence for whoever chooses it.
    """

    name: str
    table: str
    summary: str
    columns: Mapping[str, Sequence[str]]
    telltale: Sequence[str]
    needs: Sequence[str] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    skip: Skip = field(default_factory=dict)
    continuation_rows: bool = False
    pseudonymous_ids: bool = False
    delimiter: str | None = None
    skip_lines: int | None = None
    caveat: str = ""

    def found_in(self, header: Sequence[str]) -> dict[str, str]:
        """Return canonical name -> name in the source, of the columns that `header` has."""
        spelled = _spellings(header)
        found = {name: _first(names, spelled) for name, names in self.columns.items()}
        return {name: source for name, source in found.items() if source is not None}

    def missing_from(self, header: Sequence[str], *, mapped: Collection[str] = ()) -> list[str]:
        """Return the source columns that are required and not in `header`.

        A canonical column in `mapped` is taken from elsewhere and not missed.
        """
        spelled = _spellings(header)
        required = [column.name for column in TABLES[self.table].columns if column.required]
        sought = [self.columns[name] for name in required if name not in mapped]
        sought += [(name,) for name in self.needs]
        return [" or ".join(names) for names in sought if _first(names, spelled) is None]

    def skipped_in(self, header: Sequence[str]) -> dict[str, list[str]]:
        """Return column of the source -> values to pass over, of the columns `header` has."""
        spelled = _spellings(header)
        found = {_first(names, spelled): list(values) for names, values in self.skip.items()}
        return {name: values for name, values in found.items() if name is not None}

    def fits(self, header: Sequence[str]) -> bool:
        """Return whether `header` is of this export: a column only it has, and all it needs."""
        spelled = _spellings(header)
        return _first(self.telltale, spelled) is not None and not self.missing_from(header)


def _spellings(header: Sequence[str]) -> dict[str, str]:
    """Return how each column is spelled, by its name without case and surrounding blanks."""
    return {name.strip().casefold(): name.strip() for name in reversed(header)}


def _first(names: Sequence[str], spelled: Mapping[str, str]) -> str | None:
    return next((spelled[name.casefold()] for name in names if name.casefold() in spelled), None)
