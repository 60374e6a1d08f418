"""What `stammkunde profile` and `stammkunde presets` show: plain tables, no values of a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from flows.onboarding import FileLook, known_presets

if TYPE_CHECKING:
    from flows.onboarding import ColumnProfile

_FILE_HEAD = ("column", "type", "missing", "distinct", "range", "canonical column")
_PRESET_HEAD = ("preset", "table", "what it is")


def file_report(look: FileLook) -> list[str]:
    """Return the lines that tell what a file holds, column by column."""
    rows = max((column.rows for column in look.columns), default=0)
    lines = [
        f"{look.file}: {look.format.describe()}; {rows:,} rows, {len(look.columns):,} columns",
        look.verdict,
    ]
    presets = [suggestion.preset for suggestion in look.suggestions if suggestion.preset]
    if presets:
        lines.append(f"presets that fit: {', '.join(presets)}")
    cells = [_cells(look, column) for column in look.columns]
    return [*lines, "", *aligned([_FILE_HEAD, *cells], right={2, 3})]


def preset_report() -> list[str]:
    """Return a line per preset."""
    cells = [(preset.name, preset.table, preset.summary) for preset in known_presets()]
    return [
        *aligned([_PRESET_HEAD, *cells]),
        "",
        'Under [sources.<table>]: preset = "<preset>"; `columns` adds to it and overrides it.',
    ]


def _cells(look: FileLook, column: ColumnProfile) -> tuple[str, ...]:
    canonical = [
        f"{suggestion.table}.{name}"
        for suggestion in look.suggestions
        for name, source in suggestion.columns.items()
        if source == column.name
    ]
    return (
        column.name,
        column.kind if column.looks_like is None else f"{column.kind}, {column.looks_like}",
        f"{column.missing_share:.0%}",
        f"{column.distinct:,}",
        _range(column),
        ", ".join(canonical),
    )


def _range(column: ColumnProfile) -> str:
    if column.dates is not None:
        return _from_to(*(f"{moment:%Y-%m-%d}" for moment in column.dates))
    if column.numbers is not None:
        # Adding 0 makes 0 of the -0 that some programs write.
        shape = ",.0f" if column.kind == "whole number" else ",.6g"
        return _from_to(*(f"{number + 0.0:{shape}}" for number in column.numbers))
    if column.lengths is not None:
        return f"{_from_to(*(str(length) for length in column.lengths))} characters"
    return ""


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def aligned(rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> list[str]:
    """Return the rows of a table as lines, their cells below each other."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
