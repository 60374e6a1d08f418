"""Files of tables, written chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

Format = Literal["csv", "parquet"]


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


_OPENERS: dict[Format, Callable[[Path, pa.Schema], _Writer]] = {
    "csv": pa_csv.CSVWriter,
    "parquet": pq.ParquetWriter,
}


class TableFiles:
    """One file per table in a folder, of one format; tables may come in parts.

    `rows` counts what was written, by table.
    """

    def __init__(self, folder: Path, format_: Format) -> None:
        self.folder, self.format = folder, format_
        self.rows: dict[str, int] = {}
        self._writers: dict[str, _Writer] = {}

    def __enter__(self) -> TableFiles:
        return self

    def __exit__(self, *error: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, name: str, table: pa.Table, *, format_: Format | None = None) -> None:
        """Add the rows of a part to the file of a table."""
        if name not in self._writers:
            kind = format_ or self.format
            path = self.folder / f"{name}.{kind}"
            self._writers[name] = _OPENERS[kind](path, table.schema)
            self.rows[name] = 0
        self._writers[name].write_table(table)
        self.rows[name] += table.num_rows
