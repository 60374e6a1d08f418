"""The rows of delivered files, each read in the format that the settings say or that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ibis.backends.duckdb import Backend

from contracts.schema import MONEY, NUMBER, TIME, WHOLE
from contracts.staged import POSITION
from contracts.tables import TABLES
from ingestion.conversion import TextForm
from ingestion.presets import apply_preset, fill_format
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery
from ingestion.sources.detecting import detect
from ingestion.sources.formats import FileFormat
from ingestion.sources.reading import read_file
from ingestion.staging import Delivered


@dataclass(frozen=True)
class Contents:
    """What files hold, in the order of the deliveries; `source` has its preset filled in."""

    source: SourceSettings
    delivered: list[Delivered]
    formats: list[FileFormat]


def read_contents(  # noqa: PLR0913 - what is read, how, and by what
    engine: Backend,
    table: str,
    source: SourceSettings,
    *,
    deliveries: Sequence[Delivery],
    known: FileFormat | None,
    workspace: Path,
) -> Contents:
    """Return the rows of each file, as lazily as the engine reads them.

    `known` is the format of the last accepted delivery: it decides where a file can be read in
    two ways, and so does each file for the next one. `workspace` must last until the rows have
    been read.

    Raises
    ------
    EmptyTable, UnreadableFile, AmbiguousFormat
        A file cannot be read, or not in one way only.
    PresetUnfit, ColumnMissing
        The preset is not for this table or not for such a file.
    """
    filled = fill_format(table, source)
    delivered: list[Delivered] = []
    formats: list[FileFormat] = []
    for delivery in deliveries:
        if source.preset is not None:
            plain = detect(
                engine, delivery, filled, table=table, numbers=(), times=(), known=known,
                workspace=workspace,
            )  # fmt: skip
            header = read_file(engine, delivery, plain, table=table, workspace=workspace).columns
            filled = apply_preset(table, source, [name for name in header if name not in POSITION])
        found = detect(
            engine, delivery, filled, table=table,
            numbers=_read_as(table, filled, (MONEY, NUMBER, WHOLE)),
            times=_read_as(table, filled, (TIME,)), known=known, workspace=workspace,
        )  # fmt: skip
        rows = read_file(engine, delivery, found, table=table, workspace=workspace)
        # Columns without a value have whatever type their writer gave them.
        has_types = found.kind != "parquet" or engine.to_pyarrow(rows.count()).as_py() > 0
        delivered.append(Delivered(delivery.name, rows, _form(found, filled), has_types=has_types))
        formats.append(found)
        known = found
    return Contents(filled, delivered, formats)


def _read_as(table: str, source: SourceSettings, types: Iterable[str]) -> list[str]:
    """Return the source columns that are read as one of these types."""
    wanted = set(types)
    read = {source.column_of(column.name) for column in TABLES[table].columns
            if column.type in wanted}  # fmt: skip
    return sorted(name for name in read if name is not None and name != source.sentiment_from)


def _form(found: FileFormat, source: SourceSettings) -> TextForm:
    return TextForm(
        decimal=found.decimal, thousands=found.thousands,
        timestamp_formats=found.timestamp_formats, timestamp_suffix=source.timestamp_suffix,
        time_zone=source.time_zone, holds_json=found.kind == "jsonl",
    )  # fmt: skip
