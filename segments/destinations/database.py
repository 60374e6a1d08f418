"""Writes a published folder to PostgreSQL, in one transaction, and each publish once.

Whoever reads the tables sees the publish before or this one, never a part. Nothing outside the
schema is touched, and of its tables only the rows that differ.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from contracts.postgres import connect
from contracts.scores import SCORE_COLUMNS
from segments.destinations.merging import Schema, Target, listed
from segments.destinations.migrating import newest_version, version_of
from segments.destinations.published_rows import CONTACT_COLUMNS, PublishedFolder
from segments.destinations.refusals import driver_url, explained, not_migrated, other_project

SCORES = Target(
    "customer_scores", (*SCORE_COLUMNS, "segment"), ("customer_id",), ("as_of", "run_id")
)
MEMBERS = Target(
    "segment_membership", ("customer_id", "segment", "label", "since"), ("customer_id",), ("since",)
)
CONTACTS = Target("contacts", CONTACT_COLUMNS, ("campaign_id", "customer_id", "contacted_at"))

# What of a score is worth a row of history.
_HISTORY = "score_history"
_WATCHED = ("churn_probability", "churn_percentile", "clv", "lifecycle_stage", "segment")
_OF_HISTORY = ("customer_id", "as_of", "run_id", *_WATCHED)

# What a role or a database may set otherwise. Another publish that is under way is waited for. With
# the memory that servers give by default, a million customers are compared on disk.
_SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "statement_timeout": "1h",
    "lock_timeout": "1min",
    "idle_in_transaction_session_timeout": "10min",
    "work_mem": "128MB",
}


@dataclass(frozen=True)
class Written:
    """Rows that a publish changed, by table; `is_repeated` where all of it was there already."""

    is_repeated: bool
    rows: dict[str, int] = field(default_factory=dict)


def write_publish(url: str, folder: Path, *, schema: str) -> Written:
    """Bring the tables to what the folder says, and record its run in the same transaction.

    Where the newest record is of this run nothing is written: an attempt whose commit went through
    and whose answer was lost is found done. An older run that is published again counts again, as
    in the outbox.

    Raises
    ------
    WriteBackUnreachable
        It does not answer, or stopped answering: all of it is there or nothing. A retry can help.
    WriteBackRefused
        Tables, grants or settings must change.
    """
    content, address = PublishedFolder(folder), driver_url(url)
    connection = explained(lambda: connect(address), url, schema, connecting=True)
    with closing(connection):
        return explained(lambda: _write_once(connection, url, schema, content), url, schema)


def _write_once(
    connection: psycopg.Connection, url: str, schema: str, content: PublishedFolder
) -> Written:
    _begin(connection, schema)
    found, needed = version_of(connection, schema), newest_version()
    if found != needed:
        raise not_migrated(url, schema, found=found, needed=needed)
    project, newest = _newest_record(connection, schema)
    if project not in {None, content.project}:
        raise other_project(url, schema, project=project or "")
    if newest == content.run_id:
        return Written(is_repeated=True)
    rows = _write(Schema(connection, schema), content)
    _record(connection, schema, content, rows)
    connection.commit()
    return Written(is_repeated=False, rows=rows)


def _begin(connection: psycopg.Connection, schema: str) -> None:
    """Begin the transaction, and wait till no other publish to the schema is under way."""
    for name, value in _SESSION.items():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
    digest = hashlib.sha256(f"stammkunde write back {schema}".encode()).digest()
    lock = int.from_bytes(digest[:8], signed=True)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def _newest_record(
    connection: psycopg.Connection, schema: str
) -> tuple[str, str] | tuple[None, None]:
    """Return project and run of what the tables hold."""
    newest = sql.SQL("SELECT project, run_id FROM {} ORDER BY published_at DESC LIMIT 1")
    row = connection.execute(newest.format(sql.Identifier(schema, "publishes"))).fetchone()
    return (None, None) if row is None else (str(row[0]), str(row[1]))


def _write(schema: Schema, content: PublishedFolder) -> dict[str, int]:
    """Write all tables but the record; return the rows that were written, and deleted."""
    schema.stage(SCORES, content.scores())
    gone = schema.drop_gone(SCORES)
    schema.keep_changed(SCORES)
    history = _write_history(schema)
    scores = schema.upsert(SCORES)
    schema.stage(MEMBERS, content.members.to_batches())
    left = schema.drop_gone(MEMBERS)
    schema.keep_changed(MEMBERS)
    schema.run(
        "UPDATE {staged} AS new SET since = old.since FROM {table} AS old "
        "WHERE {same_key} AND old.segment = new.segment", MEMBERS,
    )  # fmt: skip
    members = schema.upsert(MEMBERS)
    schema.stage(CONTACTS, content.contacts.to_batches())
    schema.keep_changed(CONTACTS)
    return {
        SCORES.name: scores, f"{SCORES.name} deleted": gone, _HISTORY: history,
        MEMBERS.name: members, f"{MEMBERS.name} deleted": left,
        CONTACTS.name: schema.upsert(CONTACTS),
    }  # fmt: skip


def _write_history(schema: Schema) -> int:
    """Keep what differs from the scores of before; return how many rows that is."""
    statement = sql.SQL(
        "INSERT INTO {history} ({columns}) SELECT {chosen} FROM {staged} AS new "
        "LEFT JOIN {table} AS old USING (customer_id) "
        "WHERE old.customer_id IS NULL OR ({before}) IS DISTINCT FROM ({after}) "
        "ON CONFLICT DO NOTHING"
    ).format(
        history=schema.table(_HISTORY), columns=listed(_OF_HISTORY),
        chosen=listed(_OF_HISTORY, of="new"), staged=SCORES.staged,
        table=schema.table(SCORES.name), before=listed(_WATCHED, of="old"),
        after=listed(_WATCHED, of="new"),
    )  # fmt: skip
    return schema.connection.execute(statement).rowcount


def _record(
    connection: psycopg.Connection, schema: str, content: PublishedFolder, rows: dict[str, int]
) -> None:
    statement = sql.SQL(
        "INSERT INTO {} VALUES (%s, %s, %s, clock_timestamp(), %s, %s) ON CONFLICT (run_id) "
        "DO UPDATE SET published_at = excluded.published_at, rows = excluded.rows"
    ).format(sql.Identifier(schema, "publishes"))
    values = [content.run_id, content.project, content.as_of, Jsonb(rows), Jsonb(content.manifest)]
    connection.execute(statement, values)
