"""Stages one table: reads what is new of its source into rows that do not count yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ingestion.presets import apply_preset, fill_format
from ingestion.sources.formats import FileFormat, detect, read_file

from contracts.failpoints import reach
from contracts.names import fingerprint
from contracts.rules import Facts
from contracts.schema import MONEY, NUMBER, TIME, WHOLE
from contracts.tables import TABLES
from flows.names import Ingestion
from flows.project import Project
from flows.staged import Staged
from ingestion.columns import added_columns
from ingestion.conversion import TextForm
from ingestion.mapping import POSITION, REJECTED, Target, key_of, source_names, wanted_names
from ingestion.repeats import COLLAPSED, find_repeats, has_repeats
from ingestion.settings import SourceSettings
from ingestion.sources.files import Delivery
from ingestion.staging import Delivered, as_refunds, stage, without_returns
from warehouse.batches import Batch
from warehouse.lake import Lake
from warehouse.staging import read_rows, write_rows

# Raise it when mapping changes what the same file means, so that files are read again.
_MAPPING_VERSION = 1

_NUMBERS = (MONEY, NUMBER, WHOLE)


@dataclass(frozen=True)
class Reading:
    """One source about to be staged: the rows of its files or query, and the record of them."""

    table: str
    source: SourceSettings
    delivered: list[Delivered]
    deliveries: list[dict[str, Any]]
    source_bytes: int
    columns_before: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None


def settings_key(project: Project, source: SourceSettings) -> str:
    """Return what stands for how a source is read; rows read another way are not comparable."""
    meaning = source.model_dump(
        mode="json", exclude={"path", "overlap_hours", "max_rejected_share", "trailer"}
    )
    home = project.settings.project
    return fingerprint(_MAPPING_VERSION, meaning, home.currency, home.exchange_rates)


def read_files(  # noqa: PLR0913 - what is read, how, and by what
    lake: Lake,
    table: str,
    deliveries: Sequence[Delivery],
    *,
    source: SourceSettings,
    last: Batch | None,
    workspace: Path,
) -> Reading:
    """Return the rows of files, each read in the format that is set or found in it.

    The format of the `last` accepted delivery decides how a doubtful one is read.
    """
    source = fill_format(table, source)
    known = last.deliveries[-1].get("format") if last and last.deliveries else None
    expected = None if known is None else FileFormat.from_json(known)
    delivered: list[Delivered] = []
    records: list[dict[str, Any]] = []
    for delivery in deliveries:
        if source.preset is not None:
            plain = detect(delivery.path, source, table=table, numbers=(), times=(), known=expected)
            header = read_file(
                lake.engine, delivery.path, plain, table=table, workspace=workspace
            ).columns
            source = apply_preset(table, source, [name for name in header if name not in POSITION])
        found = detect(
            delivery.path, source, table=table, numbers=_columns(table, source, _NUMBERS),
            times=_columns(table, source, (TIME,)), known=expected,
        )  # fmt: skip
        rows = read_file(lake.engine, delivery.path, found, table=table, workspace=workspace)
        delivered.append(Delivered(delivery.name, rows, _form(found, source)))
        records.append(
            {"name": delivery.name, "digest": delivery.digest, "format": found.to_json()}
        )
        expected = found
    size = sum(delivery.size for delivery in deliveries)
    before = {} if last is None else last.source_columns
    return Reading(table, source, delivered, records, size, before)


def stage_reading(
    lake: Lake, project: Project, reading: Reading, *, ingestion: Ingestion, is_complete: bool
) -> list[Staged]:
    """Write the staged rows of one source; return their records, two where it holds refunds too.

    The rows of a source are read once. Nothing counts before it is committed.
    """
    home = project.settings.project
    facts = Facts(ingestion.ingested_at, home.currency)
    target = Target(TABLES[reading.table], reading.source, facts, rates=home.exchange_rates)
    settings = settings_key(project, project.settings.sources[reading.table])
    contents = [each["digest"] for each in reading.deliveries]
    batch_id = fingerprint(reading.table, ingestion.number, settings, contents)
    columns = _source_columns(reading.delivered)
    added = added_columns(
        reading.table,
        reading.source.address,
        before=reading.columns_before,
        now=columns,
        read=wanted_names(target).values(),
    )
    key = project.pseudonym_key() if reading.source.pseudonymous_ids else None
    rows = stage(reading.delivered, target, batch_id=batch_id, pseudonym_key=key)
    parts = {reading.table: rows}
    if reading.source.negative_amounts == "refunds":
        parts = {reading.table: without_returns(rows), "refunds": as_refunds(rows)}
    names = source_names(reading.delivered[0].rows, target)
    staged = [
        Staged(
            table=table, reads=reading.table, batch_id=batch_id,
            folder=project.fresh_staging("rows", table),
            ingested_at=ingestion.ingested_at,
            source=reading.source.address, settings=settings,
            key=key_of(TABLES[table], names if table == reading.table else TABLES[table].key),
            columns={name: str(type_) for name, type_ in part.schema().items()},
            is_complete=is_complete, counts={}, source_bytes=reading.source_bytes,
            deliveries=reading.deliveries, cursor=reading.cursor,
            source_columns=columns, added_columns=added,
        )
        for table, part in parts.items()
    ]  # fmt: skip
    return [_written(lake, each, parts[each.table], reading) for each in staged]


def good_rows(lake: Lake, staged: Staged) -> ir.Table:
    """Return the staged rows that are to count: neither rejected nor told again."""
    rows = read_rows(lake.engine, staged.rows)
    rows = rows.filter(~rows[REJECTED])
    if staged.repeats.exists():
        rows = rows.anti_join(lake.engine.read_parquet(str(staged.repeats)), POSITION)
    return rows


def _columns(table: str, source: SourceSettings, types: Iterable[str]) -> list[str]:
    """Return the source columns that are read as one of these types."""
    wanted = set(types)
    return [
        source.columns.get(column.name, column.name)
        for column in TABLES[table].columns
        if column.type in wanted
    ]


def _form(found: FileFormat, source: SourceSettings) -> TextForm:
    return TextForm(
        decimal=found.decimal, thousands=found.thousands,
        timestamp_formats=found.timestamp_formats, timestamp_suffix=source.timestamp_suffix,
        time_zone=source.time_zone,
    )  # fmt: skip


def _source_columns(delivered: Sequence[Delivered]) -> dict[str, str]:
    return {
        name: str(type_)
        for name, type_ in delivered[-1].rows.schema().items()
        if name not in POSITION
    }


def _written(lake: Lake, staged: Staged, rows: ir.Table, reading: Reading) -> Staged:
    schema = TABLES[staged.table]
    reach("before_staging")
    by = "customer_id" if "customer_id" in rows.columns else schema.key[0]
    write_rows(lake.engine, rows, staged.rows, by=by, source_bytes=reading.source_bytes)
    written = read_rows(lake.engine, staged.rows)
    total = written.aggregate(staged=written.count(), rejected=written[REJECTED].sum().fill_null(0))
    counts = total.to_pyarrow().to_pylist()[0]
    repeated = _write_repeats(lake, staged, written, shares_key=schema.shares_key)
    complete = Staged(**{**vars(staged), "counts": {**counts, **repeated}})
    complete.save()
    reach("after_staging")
    return complete


def _write_repeats(
    lake: Lake, staged: Staged, written: ir.Table, *, shares_key: bool
) -> dict[str, int]:
    """Write which good rows another one replaces, if there are any; return how many by fate."""
    good = written.filter(~written[REJECTED])
    if not has_repeats(good, staged.key, shares_key=shares_key):
        return {"repeated": 0, "collapsed": 0}
    content = tuple(column.name for column in TABLES[staged.table].columns)
    repeats = find_repeats(good, staged.key, content=content, shares_key=shares_key)
    lake.engine.to_parquet(repeats, staged.repeats)
    found = lake.engine.read_parquet(str(staged.repeats))
    is_collapsed = found.fate == COLLAPSED
    return dict(
        found.aggregate(
            collapsed=is_collapsed.sum().fill_null(0), repeated=(~is_collapsed).sum().fill_null(0)
        ).to_pyarrow().to_pylist()[0]
    )  # fmt: skip
