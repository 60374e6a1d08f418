"""Fills the settings of a source by its preset; what a person has set stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from contracts.errors import ColumnMissing, PresetUnfit
from ingestion.presets.catalogue import PRESETS
from ingestion.presets.preset import Preset
from ingestion.settings import SourceSettings


def apply_preset(table: str, source: SourceSettings, header: Sequence[str]) -> SourceSettings:
    """Return `source` with what its preset says of a file with these columns.

    Settings that were set stay; of `columns`, `values` and `skip` each entry that was set. Columns
    that the file has not are left unmapped where the canonical table can do without them. Without
    a preset, `source` comes back as it is.

    Raises
    ------
    PresetUnfit
        There is no such preset, or it is for another table.
    ColumnMissing
        The file lacks a column that the table requires.
    """
    if source.preset is None:
        return source
    preset = _preset(table, source.preset)
    missing = preset.missing_from(header, mapped=source.columns)
    if missing:
        raise ColumnMissing(table, missing, found=list(header), path=source.address)
    merged = {
        "columns": preset.found_in(header) | source.columns,
        "values": {name: dict(words) for name, words in preset.values.items()} | source.values,
        "skip": preset.skipped_in(header) | source.skip,
    }
    flags = _unset(
        source,
        {
            "continuation_rows": preset.continuation_rows,
            "pseudonymous_ids": preset.pseudonymous_ids,
        },
    )
    return fill_format(table, source).model_copy(update=merged | flags)


def fill_format(table: str, source: SourceSettings) -> SourceSettings:
    """Return `source` with what is needed to find the header of a file of its preset.

    Raises
    ------
    PresetUnfit
        There is no such preset, or it is for another table.
    """
    if source.preset is None:
        return source
    preset = _preset(table, source.preset)
    known = {"delimiter": preset.delimiter, "skip_lines": preset.skip_lines}
    said = {name: value for name, value in known.items() if value is not None}
    return source.model_copy(update=_unset(source, said))


def fitting_presets(header: Sequence[str]) -> list[Preset]:
    """Return the presets of the export whose columns these are; none for an unknown one."""
    return [preset for preset in PRESETS.values() if preset.fits(header)]


def _preset(table: str, name: str) -> Preset:
    preset = PRESETS.get(name)
    if preset is None:
        close = get_close_matches(name, PRESETS, n=1)
        raise PresetUnfit(table, name, nearest=close[0] if close else None)
    if preset.table != table:
        raise PresetUnfit(table, name, belongs_to=preset.table)
    return preset


def _unset(source: SourceSettings, values: Mapping[str, object]) -> dict[str, object]:
    """Return those of `values` that nobody has set."""
    return {name: value for name, value in values.items() if name not in source.model_fields_set}
