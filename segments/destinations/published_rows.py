"""Reads the rows of a published folder as the tables of the write back have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from contracts.scores import SCORE_COLUMNS
from segments.destinations.layout import CONTACTS, MANIFEST

CONTACT_COLUMNS = ("campaign_id", "customer_id", "contacted_at", "channel", "arm")
_MEMBERS = pa.schema([
    ("customer_id", pa.string()), ("segment", pa.string()), ("label", pa.string()),
    ("since", pa.date32()),
])  # fmt: skip
_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class PublishedFolder:
    """A folder as the outbox has it, whole."""

    path: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says."""
        found: dict[str, Any] = json.loads((self.path / MANIFEST).read_bytes())
        return found

    @property
    def run_id(self) -> str:
        """The run that published it."""
        return str(self.manifest["run_id"])

    @property
    def project(self) -> str:
        """Whose customers they are."""
        return str(self.manifest["project"])

    @property
    def as_of(self) -> date:
        """The date of the scores."""
        return date.fromisoformat(self.manifest["as_of"])

    @cached_property
    def members(self) -> pa.Table:
        """Who is in the file of which segment: customer_id, segment, label, since (the date)."""
        parts = [
            _with(
                _texts(self.path / "segments" / f"{name}.csv", "customer_id"),
                segment=name, label=rule["label"], since=self.as_of,
            )
            for name, rule in self.manifest["segments"].items()
        ]  # fmt: skip
        return pa.concat_tables([_MEMBERS.empty_table(), *parts])

    @property
    def contacts(self) -> pa.Table:
        """The treatment log, as text."""
        return _texts(self.path / CONTACTS, *CONTACT_COLUMNS)

    def scores(self) -> Iterator[pa.RecordBatch]:
        """Yield the scores with `segment`, NULL of whoever is in no file."""
        path, members = self.path / "scores.parquet", self.members.combine_chunks()
        ids = pq.read_table(path, columns=["customer_id"])["customer_id"].combine_chunks()
        segments = (
            members["segment"]
            .combine_chunks()
            .take(pc.index_in(ids, value_set=members["customer_id"].combine_chunks()))
        )
        done = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(SCORE_COLUMNS)):
                of_batch = segments.slice(done, len(batch))
                done += len(batch)
                yield batch.select(list(SCORE_COLUMNS)).append_column("segment", of_batch)


def _with(rows: pa.Table, *, segment: str, label: str, since: date) -> pa.Table:
    values = {
        "segment": pa.scalar(segment, pa.string()), "label": pa.scalar(label, pa.string()),
        "since": pa.scalar(since, pa.date32()),
    }  # fmt: skip
    for name, value in values.items():
        rows = rows.append_column(name, pa.repeat(value, len(rows)))
    return rows


def _texts(path: Path, *columns: str) -> pa.Table:
    """Return columns of a CSV as text: what is quoted is no NULL, and no id becomes a number."""
    return pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=list(columns), column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
