"""What a delivery changes of what is known: new, changed, unchanged and deleted keys."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from ingestion.repeats import engine_hash

SUPERSEDED, DELETED = "superseded", "deleted"


@dataclass(frozen=True)
class Changes:
    """What becomes of rows.

    Attributes
    ----------
    accepted
        Rows of the delivery that are new or say something new.
    removed
        Keys of earlier rows that no longer count: the key, the `batch_id` they stand in, `rows`
        (how many) and `reason` (SUPERSEDED or DELETED).
    """

    accepted: ir.Table
    removed: ir.Table


def compare(
    rows: ir.Table, known: ir.Table, key: tuple[str, ...], *, content: tuple[str, ...]
) -> Changes:
    """Return what good rows of a delivery change of the `known` rows, both with `key`.

    A key whose rows all say the same as before is unchanged: its rows are not accepted again, and
    keep the time at which they were first known.
    """
    touched = _same_key(known, rows.select(*key).distinct(), key, how="semi").cache()
    before = _summary(touched, key, content)
    after = _summary(_same_key(rows, before, key, how="semi"), key, content)
    equal = [(before[name] == after[name]) for name in ("rows", "least", "most", "total")]
    same = [before[name].identical_to(after[name]) for name in key]
    unchanged = before.semi_join(after, [*same, *equal]).select(*key).cache()
    changed = _same_key(touched, unchanged, key, how="anti")
    return Changes(
        accepted=_same_key(rows, unchanged, key, how="anti"),
        removed=_removed(changed, key, SUPERSEDED),
    )


def missing_keys(rows: ir.Table, known: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """Return the keys of `known` rows that a complete delivery lacks, as `Changes.removed`.

    `rows` are all rows of the delivery, those with faults too: a faulty row is not a deleted one.
    """
    return _removed(_same_key(known, rows.select(*key), key, how="anti"), key, DELETED)


def _summary(rows: ir.Table, key: tuple[str, ...], content: tuple[str, ...]) -> ir.Table:
    """Return one row per key that stands for the content of its rows, in whatever order."""
    hashed = rows.select(*key, said=engine_hash({name: rows[name] for name in content}))
    return hashed.group_by(key).agg(
        rows=_.count(),
        least=_.said.min(),
        most=_.said.max(),
        total=_.said.cast("decimal(38, 0)").sum(),
    )


def _removed(rows: ir.Table, key: tuple[str, ...], reason: str) -> ir.Table:
    keys = rows.group_by(*key, "batch_id").agg(rows=_.count())
    return keys.mutate(reason=ibis.literal(reason))


def _same_key(rows: ir.Table, keys: ir.Table, key: tuple[str, ...], *, how: str) -> ir.Table:
    """Return the rows whose key stands in `keys` (or does not, for "anti"); NULL equals NULL."""
    same = [rows[name].identical_to(keys[name]) for name in key]
    return rows.semi_join(keys, same) if how == "semi" else rows.anti_join(keys, same)
