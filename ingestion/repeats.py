"""Which rows of one delivery are the same record told twice: the last one counts.

A later file is newer than an earlier one, and in a file a later row than an earlier one.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from ingestion.mapping import POSITION

# What became of a row that does not count: it says what another says too, or contradicts it.
COLLAPSED, REPEATED = "collapsed", "repeated"


def has_repeats(rows: ir.Table, key: tuple[str, ...], *, shares_key: bool) -> bool:
    """Return whether a key occurs twice in `rows` (in two files, where rows share a key).

    Two scans of the key alone, which is far cheaper than to look for the rows.
    """
    hashed = rows.select(*key, *POSITION).mutate(_key=_hash_of(rows, key))
    if not shares_key:
        found = hashed.aggregate(rows=_.count(), keys=_._key.nunique())
    else:
        pairs = hashed.select("_key", "_file").distinct()
        found = pairs.aggregate(rows=_.count(), keys=_._key.nunique())
    counts = found.to_pyarrow().to_pylist()[0]
    return bool(counts["rows"] != counts["keys"])


def find_repeats(
    rows: ir.Table, key: tuple[str, ...], *, content: tuple[str, ...], shares_key: bool
) -> ir.Table:
    """Return the rows that do not count: position, and `fate` (COLLAPSED or REPEATED).

    A row is collapsed where the one that counts is equal in `content` or stands in a later file;
    a different row of the same key in the same file is a contradiction.
    """
    hashed = rows.select(
        *key, *POSITION, _key=_hash_of(rows, key), _content=_hash_of(rows, content)
    )
    if shares_key:
        newest = _._file.max().over(group_by=key)
        older = hashed.mutate(newest=newest).filter(_._file < _.newest)
        return older.select(*POSITION, fate=ibis.literal(COLLAPSED))
    # Hashes find the few candidates; the keys themselves decide.
    several = hashed.group_by("_key").agg(size=_.count()).filter(_.size > 1).select("_key")
    same = ibis.window(group_by=key, order_by=[ibis.desc("_file"), ibis.desc("_row")])
    ranked = hashed.semi_join(several, "_key").mutate(
        rank=ibis.row_number().over(same),
        last_file=_._file.first().over(same),
        last_content=_._content.first().over(same),
    )
    is_told_again = (_._content == _.last_content) | (_._file < _.last_file)
    return ranked.filter(_.rank > 0).select(
        *POSITION, fate=is_told_again.ifelse(COLLAPSED, REPEATED)
    )


def _hash_of(rows: ir.Table, columns: tuple[str, ...]) -> ir.Value:
    """Return 64 bits that stand for the columns; NULL counts as a value."""
    return engine_hash({name: rows[name] for name in columns})


def engine_hash(values: dict[str, ir.Value]) -> ir.IntegerValue:
    """Return the engine's own hash of several values: equal values, equal hash."""
    struct = ibis.struct(values)
    hashing = ibis.udf.scalar.builtin(
        _declared, name="hash", signature=((struct.type(),), "uint64")
    )
    hashed: ir.IntegerValue = hashing(struct)
    return hashed


def _declared(values: object) -> int:  # type: ignore[empty-body]
    """Stand for the engine's function."""
