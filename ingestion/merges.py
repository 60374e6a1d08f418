"""Several accounts of one person: which account each of them now belongs to."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa


def resolve_merges(pointers: ir.Table) -> ir.Table:
    """Return one row per merged account: `customer_id`, and `merged_into`, the one that stays.

    Chains are followed to their end. Of accounts that point to each other in a ring, the smallest
    id stays. `pointers` has the same columns, one row per account that points to another.
    """
    read = pointers.to_pyarrow()
    pairs = zip(read["customer_id"].to_pylist(), read["merged_into"].to_pylist(), strict=True)
    into = {account: other for account, other in pairs if account != other}
    found = {account: _end_of(account, into) for account in into}
    merged = {account: end for account, end in sorted(found.items()) if account != end}
    columns = {"customer_id": list(merged), "merged_into": list(merged.values())}
    schema = pa.schema({"customer_id": pa.string(), "merged_into": pa.string()})
    return ibis.memtable(pa.table(columns, schema=schema))


def _end_of(account: str, into: dict[str, str]) -> str:
    path = [account]
    while (following := into.get(path[-1])) is not None:
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]
