"""Reads one file by its format, lazily: text files as text, Parquet with its types."""

from __future__ import annotations

import re
from glob import escape
from itertools import islice
from pathlib import Path, PurePath

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from contracts.errors import EmptyTable, UnreadableFile
from contracts.staged import ROW
from ingestion.sources.deliveries import Delivery, is_packed
from ingestion.sources.dialects import records, unique_names
from ingestion.sources.encodings import open_text
from ingestion.sources.excel import as_csv
from ingestion.sources.formats import FileFormat

_PARQUET_ROW = "file_row_number"


def read_file(
    engine: Backend, delivery: Delivery, file_format: FileFormat, *, table: str, workspace: Path
) -> ir.Table:
    """Return the rows of a file, with `_row`, the number of the data row (1 is the first).

    All columns of CSV, Excel and JSON Lines are text, numbers as they are written there, objects
    and lists as JSON; Parquet has its types. Names have no blanks around them. What the engine
    cannot read as it stands is written anew below `workspace`, which must last until the rows have
    been read.

    Raises
    ------
    EmptyTable
        The file has not even a header.
    UnreadableFile
        The trailer is missing, or counts other rows.
    """
    if file_format.kind == "parquet":
        return _read_parquet(engine, delivery)
    if file_format.kind == "excel":
        delivery = as_csv(delivery, sheet=file_format.sheet, workspace=workspace, table=table)
    text, stated_rows = _as_engine_reads(delivery, file_format, table=table, workspace=workspace)
    if file_format.kind == "jsonl":
        rows = _read_json_lines(engine, text)
    else:
        rows = _read_csv(engine, text, file_format, table=table)
    rows = rows.mutate(**{ROW: ibis.row_number() + 1})
    if stated_rows is not None:
        _check_trailer(engine, rows, stated_rows, delivery=delivery, table=table)
    return rows


def _read_parquet(engine: Backend, delivery: Delivery) -> ir.Table:
    path = escape(str(delivery.path))
    rows = engine.read_parquet(path)
    written = rows.columns
    if _PARQUET_ROW in {name.casefold() for name in written}:
        row = ibis.row_number()
    else:  # the engine counts without looking at the rows
        rows = engine.read_parquet(path, file_row_number=True)
        row = rows[_PARQUET_ROW]
    named = {name: rows[old] for name, old in zip(unique_names(written), written, strict=True)}
    return rows.select(**named, **{ROW: row + 1})


def _read_json_lines(engine: Backend, text: Delivery) -> ir.Table:
    # Names are those of all lines. Types would be guessed: text such as 01/02/2024 became a date.
    path = escape(str(text.path))
    options = {"format": "newline_delimited", "compression": _compression(text)}
    names = engine.read_json(path, sample_size=-1, maximum_depth=1, **options).columns
    rows = engine.read_json(path, columns=dict.fromkeys(names, "VARCHAR"), **options)
    return rows.rename(dict(zip(unique_names(names), names, strict=True)))


def _read_csv(engine: Backend, text: Delivery, file_format: FileFormat, *, table: str) -> ir.Table:
    with open_text(text, "utf-8-sig") as opened:
        below = islice(opened, file_format.skip_lines, None)
        header = next(records(below, file_format.delimiter), None)
    if header is None:
        raise EmptyTable(table, text.name)
    # Nothing is left to the engine's own guesses: it would take rows for comments, leave out lines
    # that are longer than others, and read on.
    return engine.read_csv(
        escape(str(text.path)), columns=dict.fromkeys(unique_names(header[1]), "VARCHAR"),
        auto_detect=False, header=True, delim=file_format.delimiter, quote='"', escape='"',
        comment="", nullstr="", strict_mode=True, skip=file_format.skip_lines,
        compression=_compression(text),
    )  # fmt: skip


def _compression(text: Delivery) -> str:
    return "gzip" if is_packed(text) else "uncompressed"


def _as_engine_reads(
    delivery: Delivery, file_format: FileFormat, *, table: str, workspace: Path
) -> tuple[Delivery, int | None]:
    """Return the text in UTF-8 up to its last row, and the rows its trailer states.

    Lines before the header are blank in it: the engine, which skips records, would take two lines
    with an open quote for one.
    """
    plain = {"utf-8", "ascii"} | ({"utf-8-sig"} if file_format.kind == "csv" else set())
    if (file_format.encoding in plain or file_format.kind == "excel") and not (
        file_format.skip_lines or file_format.trailer
    ):
        return delivery, None
    rows, stated_rows = None, None
    if file_format.trailer is not None:
        above, stated_rows = _find_trailer(delivery, file_format, table=table)
        rows = max(above - file_format.skip_lines, 0)
    written = workspace / delivery.digest / PurePath(delivery.name).name
    written.parent.mkdir(exist_ok=True)
    with (
        open_text(delivery, _encoding(file_format)) as source,
        written.open("w", encoding="utf-8", newline="") as made,
    ):
        for line in islice(source, file_format.skip_lines):
            made.write(line[len(line.rstrip("\r\n")) :])
        made.writelines(islice(source, rows))
    text = Delivery(written, delivery.name, delivery.digest, written.stat().st_size)
    return text, stated_rows


def _find_trailer(
    delivery: Delivery, file_format: FileFormat, *, table: str
) -> tuple[int, int | None]:
    """Return how many lines stand above the trailer, and how many rows it states."""
    above, last = 0, ""
    with open_text(delivery, _encoding(file_format)) as source:
        for number, line in enumerate(source):
            if line.strip():
                above, last = number, line
    found = re.fullmatch(file_format.trailer or "", last.rstrip("\r\n"))
    if found is None:
        reason = "its last line is not the trailer; it is cut off"
        raise UnreadableFile(table, delivery.name, reason=reason)
    stated = found.groupdict().get("rows")
    if stated is None:
        return above, None
    if not stated.isdecimal():
        reason = "its trailer states no whole number of rows; correct `trailer`"
        raise UnreadableFile(table, delivery.name, reason=reason)
    return above, int(stated)


def _encoding(file_format: FileFormat) -> str:
    return "utf-8" if file_format.kind == "excel" else file_format.encoding


def _check_trailer(
    engine: Backend, rows: ir.Table, stated_rows: int, *, delivery: Delivery, table: str
) -> None:
    [found] = engine.to_pyarrow(rows.aggregate(rows=rows.count())).column("rows").to_pylist()
    if found != stated_rows:
        reason = f"its trailer states {stated_rows:,} rows, and it has {found:,}"
        raise UnreadableFile(table, delivery.name, reason=reason)
