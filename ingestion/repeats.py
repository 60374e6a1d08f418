"""Which rows of one delivery are the same record told twice: the last one counts.

A later file is newer than an earlier one, and in a file a later row than an earlier one.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _

from contracts.staged import POSITION

# What became of a row that does not count: it says what another says too, or contradicts it.
COLLAPSED, REPEATED = "collapsed", "repeated"

# Hashes that are held at once: 8 bytes each, and as much again to sort them.
_HASHES_AT_ONCE = 40_000_000


def has_repeats(rows: ir.Table, key: tuple[str, ...], *, shares_key: bool) -> bool:
    """Return whether a key may occur twice in `rows` (in two files, where rows share a key).

    Looks at hashes only: where it says no, there is none; where it says yes, `find_repeats` finds
    them. Sorting the hashes costs a third of what counting distinct keys does in the engine.
    """
    hashed = rows.select(key=_hash_of(rows, key))
    if shares_key:
        hashed = rows.select("_file", key=_hash_of(rows, key)).distinct().drop("_file")
    total = int(hashed.count().to_pyarrow().as_py())
    parts = total // _HASHES_AT_ONCE + 1
    return any(
        _any_twice(hashed if parts == 1 else hashed.filter(_.key % parts == part))
        for part in range(parts)
    )


def find_repeats(
    rows: ir.Table, key: tuple[str, ...], *, content: tuple[str, ...], shares_key: bool
) -> ir.Table:
    """Return the rows that do not count: POSITION, and `fate` (COLLAPSED or REPEATED).

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


def engine_hash(values: dict[str, ir.Value]) -> ir.IntegerValue:
    """Return the engine's own hash of several values, unsigned 64 bits: equal values, equal hash.

    NULL counts as a value.
    """
    struct = ibis.struct(values)
    hashing = ibis.udf.scalar.builtin(
        _declared, name="hash", signature=((struct.type(),), "uint64")
    )
    hashed: ir.IntegerValue = hashing(struct)
    return hashed


def _declared(values: object) -> int:  # type: ignore[empty-body]
    """Stand for the engine's function."""


def _hash_of(rows: ir.Table, columns: tuple[str, ...]) -> ir.IntegerValue:
    return engine_hash({name: rows[name] for name in columns})


def _any_twice(hashed: ir.Table) -> bool:
    hashes: npt.NDArray[np.uint64] = hashed.to_pyarrow()["key"].to_numpy()
    hashes = np.sort(hashes)
    return bool((hashes[1:] == hashes[:-1]).any())
