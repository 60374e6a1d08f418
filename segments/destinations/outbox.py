"""Publishes files in one step: a folder that appears whole, then a link that is switched.

    <outbox>/<as_of>/<run_id>/scores.parquet
                             /segments/<segment>.csv
                             /contacts.csv, arms.parquet, members.parquet, changes.csv
                             /targets/<target>-<label>-001.csv
                             /manifest.json
    <outbox>/current -> <as_of>/<run_id>
    <outbox>/history.jsonl   every switch of `current`

A list of its own, as that of alerts, lies beside in `<outbox>/<name>/`, with its own `current`.

Only their owner can read the files. Whoever follows `current` sees a complete publish, always.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from contracts.folders import appearing_whole
from contracts.names import file_digest
from segments.destinations.layout import (
    ARMS,
    CHANGES,
    CONTACTS,
    CURRENT,
    MANIFEST,
    MEMBERS,
    SCORES,
    TARGETS,
)
from segments.destinations.publishes import note_switch

# Writes more files into a folder that exists; returns what the manifest says of them.
WriteMore = Callable[[Path], Mapping[str, Any]]


@dataclass(frozen=True)
class Publish:
    """What one publish consists of. `segments` has an entry for every segment, empty ones too.

    `contacts` is the treatment log, whom its campaigns reach or leave alone; `arms` has who was
    drawn for either for the first time. `write_more` writes the files of marketing tools, into
    `targets/`. `members` says where every scored customer stands, `changes` who stood elsewhere at
    the publish before; without them there are no such files.
    """

    as_of: date
    run_id: str
    scores: pa.Table
    segments: Mapping[str, pa.Table]
    contacts: pa.Table
    arms: pa.Table
    members: pa.Table | None = None
    changes: pa.Table | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    write_more: WriteMore = lambda _folder: {}


def publish(
    outbox: Path, content: Publish, *, before_current: Callable[[Path], object] = lambda _folder: 0
) -> Path:
    """Write the files, then let `current` point to them; return their folder.

    `before_current` is done with the folder in between: where it fails, `current` stays.
    """
    folder = write(outbox, content)
    before_current(folder)
    make_current(outbox, folder)
    return folder


def write(outbox: Path, content: Publish) -> Path:
    """Write the files of a publish that does not count yet; return their folder.

    The same run written again changes nothing: its folder is kept as it is.
    """
    folder = outbox / content.as_of.isoformat() / content.run_id
    if not (folder / MANIFEST).exists():
        with appearing_whole(folder, proof=MANIFEST) as partial:
            _write(partial, content)
    return folder


def make_current(outbox: Path, folder: Path) -> None:
    """Let `current` point to a complete publish."""
    target = folder.relative_to(outbox)
    link = outbox / CURRENT
    if not (link.is_symlink() and link.readlink() == target):
        note_switch(outbox, target)
        _switch(link, target)


@dataclass(frozen=True)
class ListPublish:
    """One list of customers, `<name>.csv`, published for itself."""

    name: str
    as_of: date
    run_id: str
    rows: pa.Table
    facts: Mapping[str, Any] = field(default_factory=dict)


def publish_list(outbox: Path, content: ListPublish) -> Path:
    """Write the list, then let its `current` point to it; return its folder."""
    root = outbox / content.name
    folder = root / content.as_of.isoformat() / content.run_id
    if not (folder / MANIFEST).exists():
        with appearing_whole(folder, proof=MANIFEST) as partial:
            file = f"{content.name}.csv"
            _write_csv(partial / file, content.rows)
            _write_manifest(partial, content, {file: content.rows.num_rows})
    _switch(root / CURRENT, folder.relative_to(root))
    return folder


def _write(folder: Path, content: Publish) -> None:
    (folder / "segments").mkdir()
    tables = {
        SCORES: content.scores, ARMS: content.arms, MEMBERS: content.members,
        CONTACTS: content.contacts, CHANGES: content.changes,
        **{f"segments/{name}.csv": members for name, members in content.segments.items()},
    }  # fmt: skip
    written = {name: table for name, table in tables.items() if table is not None}
    for name, table in written.items():
        (_write_csv if name.endswith(".csv") else _write_parquet)(folder / name, table)
    (folder / TARGETS).mkdir(mode=0o700)
    more = content.write_more(folder / TARGETS)
    if not more:
        (folder / TARGETS).rmdir()
    rows = {name: table.num_rows for name, table in written.items()}
    _write_manifest(folder, replace(content, facts={**content.facts, **more}), rows)


def _write_parquet(path: Path, rows: pa.Table) -> None:
    with _create(path) as file:
        pyarrow.parquet.write_table(rows, file, compression="zstd")


def _write_csv(path: Path, rows: pa.Table) -> None:
    with _create(path) as file:
        options = pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="needed")
        pyarrow.csv.write_csv(rows, file, options)


def _write_manifest(folder: Path, content: Publish | ListPublish, rows: dict[str, int]) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "run_id": content.run_id,
        "as_of": content.as_of.isoformat(),
        **content.facts,
        "rows": rows,
        "sha256": {str(path.relative_to(folder)): file_digest(path) for path in files},
    }
    with _create(folder / MANIFEST) as file:
        file.write(json.dumps(manifest, indent=2, sort_keys=True).encode())


def _create(path: Path) -> IO[bytes]:
    """Open a new file that only its owner can read."""
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


def _switch(link: Path, target: Path) -> None:
    """Point `link` to `target` in one step; there is never a moment without it."""
    fresh = link.with_name(f".{link.name}.{uuid.uuid4().hex}")
    fresh.symlink_to(target)
    fresh.replace(link)
