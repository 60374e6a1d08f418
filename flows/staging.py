"""Stages one table: reads what is new of its source into rows that do not count yet."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from glob import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from contracts.failpoints import reach
from contracts.names import fingerprint
from contracts.rules import Facts
from contracts.schema import BATCH_COLUMNS, TEXT
from contracts.staged import PACKED, POSITION, REJECTED
from contracts.tables import TABLES
from flows.names import Ingestion
from flows.plans import Plan
from flows.project import Project
from flows.staged import Staged
from ingestion.columns import added_columns
from ingestion.contents import read_contents
from ingestion.faults import is_rejected, unpack
from ingestion.mapping import Target, key_of, wanted_names
from ingestion.repeats import find_repeats, has_repeats
from ingestion.settings import SourceSettings
from ingestion.sources.formats import FileFormat
from ingestion.staging import Delivered, as_refunds, count_rest, stage, without_returns
from warehouse.batches import Batch
from warehouse.lake import Lake
from warehouse.staging import is_worth_buckets, read_rows, read_stored, write_rows

# Raise it when mapping changes what the same file means, so that files are read again.
_MAPPING_VERSION = 1


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
    if source.sentiment_from is None:
        # Who does not score texts need not read everything again because others can.
        del meaning["sentiment_from"]
    home = project.settings.project
    return fingerprint(_MAPPING_VERSION, meaning, home.currency, home.exchange_rates)


def read_files(  # noqa: PLR0913 - what is read, how, and by what
    lake: Lake,
    table: str,
    plan: Plan,
    *,
    source: SourceSettings,
    last: Batch | None,
    workspace: Path,
) -> Reading:
    """Return the rows of the files of a plan, each read in the format that is set or found in it.

    The format of the `last` accepted delivery decides how a doubtful one is read.
    """
    known = last.deliveries[-1].get("format") if last and last.deliveries else None
    contents = read_contents(
        lake.engine, table, source, deliveries=plan.deliveries,
        known=None if known is None else FileFormat.from_json(known), workspace=workspace,
    )  # fmt: skip
    records = [
        {"name": each.name, "digest": each.digest, "format": told.to_json()}
        for each, told in zip(plan.deliveries, contents.formats, strict=True)
    ]
    size = sum(each.size for each in plan.deliveries)
    before = {} if last is None else last.source_columns
    return Reading(table, contents.source, contents.delivered, records, size, before)


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
    columns = _source_columns(reading)
    added = added_columns(
        reading.table,
        reading.source.address,
        before=reading.columns_before,
        now=columns,
        read=wanted_names(target).values(),
    )
    key = project.pseudonym_key() if reading.source.pseudonymous_ids else None
    rows = stage(reading.delivered, target, pseudonym_key=key)
    parts = {reading.table: rows}
    if reading.source.negative_amounts == "refunds":
        parts = {reading.table: without_returns(rows), "refunds": as_refunds(rows)}
    staged = [
        _written(
            lake,
            Staged(
                table=table, reads=reading.table, batch_id=batch_id,
                folder=project.fresh_staging("rows", table), ingested_at=ingestion.ingested_at,
                source=reading.source.address, settings=settings,
                key=key_of(TABLES[table], part.columns), columns=_types(target, table),
                constants={} if "currency" in part.columns or table != "orders"
                else {"currency": home.currency},
                is_complete=is_complete, counts={}, source_bytes=reading.source_bytes,
                deliveries=reading.deliveries, cursor=reading.cursor, source_columns=columns,
                added_columns=added,
            ),
            part,
        )
        for table, part in parts.items()
    ]  # fmt: skip
    rest = count_rest(
        reading.delivered, target, staged=sum(each.counts["staged"] for each in staged)
    )
    return [replace(staged[0], counts={**staged[0].counts, **rest}), *staged[1:]]


def staged_rows(lake: Lake, staged: Staged, *, as_stored: bool = False) -> ir.Table:
    """Return all staged rows in canonical columns, with what is wrong with each.

    POSITION is known of rows with a fault, and of all where rows of the delivery repeat. With
    `as_stored`, whole numbers that are ids are not made text, which costs more than to count them.
    """
    position = dict.fromkeys(POSITION, "int64") if staged.has_positions else {}
    columns = dict(staged.columns)
    if as_stored:
        stored = read_stored(lake.engine, staged.rows).schema()
        columns |= {
            name: str(stored[name])
            for name, type_ in columns.items()
            if type_ == TEXT and name in stored and stored[name].is_integer()
        }
    rows = read_rows(
        lake.engine, staged.rows, columns={**columns, PACKED: TEXT, **position},
        constants=staged.all_constants,
    )  # fmt: skip
    return unpack(rows)


def good_rows(lake: Lake, staged: Staged) -> ir.Table:
    """Return the staged rows that are to count: neither rejected nor told again."""
    rows = staged_rows(lake, staged)
    rows = rows.filter(~rows[REJECTED])
    if staged.repeats.exists():
        rows = rows.anti_join(lake.engine.read_parquet(escape(str(staged.repeats))), POSITION)
    return rows.select(*staged.columns)


def bucket_column(staged: Staged, rows: ir.Table) -> str:
    """Return the column by which the rows of a table are spread over buckets."""
    return "customer_id" if "customer_id" in rows.columns else TABLES[staged.table].key[0]


def write_staged(
    lake: Lake, staged: Staged, rows: ir.Table, folder: Path, *, are_many: bool
) -> None:
    """Write rows of a staged table as those of a batch are written."""
    write_rows(
        lake.engine, rows, folder, by=bucket_column(staged, rows), are_many=are_many,
        constants=staged.all_constants,
    )  # fmt: skip


def _source_columns(reading: Reading) -> dict[str, str]:
    """Return the columns, with types, of the newest rows; those known where there is no row."""
    typed = [each for each in reading.delivered if each.has_types]
    if not typed and reading.columns_before:
        return reading.columns_before
    newest = (typed or reading.delivered)[-1]
    return {
        name: str(type_) for name, type_ in newest.rows.schema().items() if name not in POSITION
    }


def _types(target: Target, table: str) -> dict[str, str]:
    """Return the columns of an accepted row, with types."""
    columns = target.columns.values() if table == target.schema.name else TABLES[table].columns
    return {**{column.name: column.type for column in columns}, **BATCH_COLUMNS}


def _written(lake: Lake, staged: Staged, rows: ir.Table) -> Staged:
    shares_key = TABLES[staged.table].shares_key
    reach("before_staging")
    many = is_worth_buckets(staged.source_bytes)
    spans_files = shares_key and len(staged.deliveries) > 1
    staged = replace(staged, has_positions=spans_files or not many)
    slim = rows if staged.has_positions else rows.drop(*POSITION)
    write_staged(lake, staged, slim, staged.rows, are_many=many)
    counts = _count(lake, staged)
    repeats = _has_repeats(lake, staged, rejected=counts["rejected"])
    if repeats and not staged.has_positions:
        # Only positions tell which of two rows came last. They are rarely needed, and dear.
        shutil.rmtree(staged.rows)
        staged = replace(staged, has_positions=True)
        write_staged(lake, staged, rows, staged.rows, are_many=many)
    fates = _write_repeats(lake, staged) if repeats else {}
    counts = {"repeated": 0, "collapsed": 0, **counts, **fates}
    complete = replace(staged, counts=counts)
    complete.save()
    reach("after_staging")
    return complete


def _count(lake: Lake, staged: Staged) -> dict[str, int]:
    rows = read_stored(lake.engine, staged.rows)
    # Apart: the files say how many rows they have, and nearly all row groups have no fault.
    rejected = rows.filter(is_rejected(rows))
    return {
        name: int(found.count().to_pyarrow().as_py())
        for name, found in (("staged", rows), ("rejected", rejected))
    }


def _has_repeats(lake: Lake, staged: Staged, *, rejected: int) -> bool:
    rows = read_stored(lake.engine, staged.rows)
    if rejected:
        rows = rows.filter(~is_rejected(rows))
    shares_key = TABLES[staged.table].shares_key
    if shares_key and not staged.has_positions:
        return False
    # What the source lacks is equal in all rows.
    key = tuple(name for name in staged.key if name in rows.columns)
    return has_repeats(rows, key, shares_key=shares_key)


def _write_repeats(lake: Lake, staged: Staged) -> dict[str, int]:
    """Write which good rows another one replaces; return how many there are by fate."""
    rows = staged_rows(lake, staged)
    content = tuple(name for name in staged.columns if name not in BATCH_COLUMNS)
    repeats = find_repeats(
        rows.filter(~rows[REJECTED]), staged.key, content=content,
        shares_key=TABLES[staged.table].shares_key,
    )  # fmt: skip
    lake.engine.to_parquet(repeats, staged.repeats)
    counted = lake.engine.read_parquet(escape(str(staged.repeats))).fate.value_counts(name="rows")
    return {row["fate"]: row["rows"] for row in counted.to_pyarrow().to_pylist()}
