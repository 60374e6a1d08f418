"""Turns staged rows into batches: what is new, what it replaces, what is kept out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from glob import escape
from pathlib import Path

import ibis
import ibis.expr.types as ir

from contracts.failpoints import reach
from contracts.folders import appearing_whole, flush
from contracts.names import file_digest
from contracts.schema import BATCH_COLUMNS
from contracts.staged import FAULTS, REJECTED, UNREADABLE
from contracts.tables import TABLES
from flows.names import Ingestion
from flows.project import Project
from flows.staged import Staged
from flows.staging import bucket_column, good_rows, staged_rows, write_staged
from ingestion.changes import DELETED, SUPERSEDED, compare, missing_keys
from ingestion.repeats import REPEATED
from warehouse.batches import RECORD, REMOVED, ROWS, Batch, describe_files, read_batch
from warehouse.buckets import bucketing
from warehouse.commits import Committed
from warehouse.history import View, live_rows
from warehouse.lake import Lake
from warehouse.staging import read_stored

# Of a large delivery that changes little, little is to be stored.
_MANY_ROWS = 500_000


def prepare(lake: Lake, project: Project, staged: Staged, history: list[Committed]) -> Batch:
    """Write the batch that a staged table becomes: rows that say something new, keys that go."""
    known = _known(lake, staged, history)
    folder = project.store.batch_folder(staged.table, staged.batch_id)
    folder.mkdir(parents=True, mode=0o700)
    removed = {SUPERSEDED: 0, DELETED: 0}
    if known is None:
        accepted = _write_all(lake, staged, folder)
    else:
        accepted, removed = _write_changes(lake, staged, known, folder)
    digests, sizes = describe_files(folder)
    batch = Batch(
        table=staged.table, batch_id=staged.batch_id, ingested_at=staged.ingested_at,
        source=staged.source, settings=staged.settings, key=staged.key,
        columns=staged.columns, constants=staged.constants,
        counts={
            **staged.counts, "accepted": accepted, "unchanged": staged.good_count - accepted,
            **removed,
        },
        deliveries=staged.deliveries, source_columns=staged.source_columns, cursor=staged.cursor,
        is_complete=staged.is_complete, bucketing=_bucketing(lake, staged), files=digests,
        sizes=sizes,
    )  # fmt: skip
    (folder / RECORD).write_text(batch.to_json())
    flush(folder)
    reach("after_batch")
    return batch


def prepared_batch(project: Project, staged: Staged) -> Batch:
    """Return the batch that `prepare` wrote for a staged table."""
    folder = project.store.batch_folder(staged.table, staged.batch_id)
    return read_batch(folder, digest=file_digest(folder / RECORD))


def prepared(project: Project, staged: list[Staged]) -> dict[str, Batch]:
    """Return the batches that are to count: those that bring a file, a cursor or a change.

    A query that brought nothing new leaves no batch.
    """
    found: dict[str, Batch] = {}
    for each in staged:
        batch = prepared_batch(project, each)
        reads_files = project.settings.sources[each.reads].path is not None
        if reads_files or not batch.changes_nothing:
            found[each.table] = batch
    return found


def quarantine(lake: Lake, project: Project, staged: Staged) -> Path | None:
    """Keep the rows that are kept out, with reasons and source position; None without any.

    `<table>/<batch_id>/rows.parquet` has the canonical columns, `faults` (codes of the broken
    rules), `unreadable` (what the source holds in place of a value), `file` and its number `_file`,
    and `_row`, the data row of that file (1 is the first).
    """
    if not staged.counts["rejected"] + staged.counts["repeated"]:
        return None
    folder = project.quarantine / staged.table / staged.batch_id
    if not folder.exists():
        with appearing_whole(folder, proof="rows.parquet") as partial:
            lake.engine.to_parquet(_kept_out(lake, staged), partial / "rows.parquet")
            described = {
                "source": staged.source, "ingested_at": staged.ingested_at.isoformat(),
                "deliveries": [each["name"] for each in staged.deliveries],
                "rejected": staged.counts["rejected"], "repeated": staged.counts["repeated"],
            }  # fmt: skip
            (partial / "quarantine.json").write_text(json.dumps(described, indent=1))
    reach("after_quarantine")
    return folder


def commit(project: Project, batches: Mapping[str, Batch], ingestion: Ingestion) -> None:
    """Let all prepared batches count, in one step."""
    reach("before_commit")
    project.store.commit(ingestion.number, batches, ingested_at=ingestion.ingested_at)
    reach("after_commit")


def _known(lake: Lake, staged: Staged, history: list[Committed]) -> ir.Table | None:
    view = View.over(history, staged.columns, key=staged.key)
    return live_rows(lake.engine, view) if view.parts else None


def _write_all(lake: Lake, staged: Staged, folder: Path) -> int:
    """Write the first rows of a table. Where all are good, they are already written."""
    if staged.good_count == staged.counts["staged"]:
        # The same files under a second name: nothing is copied, and validation still reads them.
        shutil.copytree(staged.rows, folder / ROWS, copy_function=os.link)
        return staged.counts["staged"]
    return _write(lake, good_rows(lake, staged), folder, staged)


def _write_changes(
    lake: Lake, staged: Staged, known: ir.Table, folder: Path
) -> tuple[int, dict[str, int]]:
    good = good_rows(lake, staged)
    content = tuple(name for name in staged.columns if name not in BATCH_COLUMNS)
    changes = compare(good, known, staged.key, content=content)
    removed = changes.removed
    if staged.is_complete:
        delivered = staged_rows(lake, staged)
        removed = removed.union(missing_keys(delivered, known, staged.key))
    accepted = _write(lake, changes.accepted, folder, staged)
    path = folder / REMOVED
    lake.engine.to_parquet(removed, path, compression="zstd")
    written = lake.engine.read_parquet(escape(str(path)))
    counts = {
        reason: int(
            written.filter(written.reason == reason).rows.sum().fill_null(0).to_pyarrow().as_py()
        )
        for reason in (SUPERSEDED, DELETED)
    }
    if not any(counts.values()):
        path.unlink()
    return accepted, counts


def _write(lake: Lake, rows: ir.Table, folder: Path, staged: Staged) -> int:
    constants = [name for name in (*BATCH_COLUMNS, *staged.constants) if name in rows.columns]
    number = int(rows.count().to_pyarrow().as_py())
    write_staged(lake, staged, rows.drop(*constants), folder / ROWS, are_many=number >= _MANY_ROWS)
    return number


def _bucketing(lake: Lake, staged: Staged) -> str:
    rows = read_stored(lake.engine, staged.rows)
    return bucketing(lake.engine, rows[bucket_column(staged, rows)])


def _kept_out(lake: Lake, staged: Staged) -> ir.Table:
    rows = staged_rows(lake, staged)
    reasons = rows[FAULTS]
    kept_out = rows[REJECTED]
    if staged.repeats.exists():
        repeats = lake.engine.read_parquet(escape(str(staged.repeats)))
        repeats = repeats.filter(repeats.fate == REPEATED).rename(_r_file="_file", _r_row="_row")
        rows = rows.left_join(repeats, [rows._file == repeats._r_file, rows._row == repeats._r_row])
        is_repeated = rows._r_row.notnull()
        reasons = is_repeated.ifelse(f"{staged.key[0]}:{REPEATED}", rows[FAULTS])
        kept_out = rows[REJECTED] | is_repeated
    return rows.filter(kept_out).select(
        *(column.name for column in TABLES[staged.table].columns),
        faults=reasons,
        unreadable=rows[UNREADABLE],
        file=rows._file.cases(*staged.file_names.items(), else_=ibis.null("string")),
        _file=rows._file,
        _row=rows._row,
    )
