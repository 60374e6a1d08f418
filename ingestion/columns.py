"""How the columns of a source changed since its last delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from contracts.errors import ColumnMissing, ColumnRetyped

_KINDS = {
    "string": "text", "timestamp": "times", "date": "times", "boolean": "truth values",
    "int": "numbers", "uint": "numbers", "float": "numbers", "decimal": "numbers",
}  # fmt: skip


def added_columns(
    table: str,
    address: str,
    *,
    before: Mapping[str, str],
    now: Mapping[str, str],
    read: Collection[str],
) -> list[str]:
    """Return the columns that are new and that nobody reads. All are name -> type of the engine.

    `read` are the columns that the settings read where they are there.

    Raises
    ------
    ColumnMissing
        A column that was read from the last delivery is gone.
    ColumnRetyped
        A column that is read holds another kind of values.
    """
    if not before:
        return []
    missing = sorted(name for name in before if name in read and name not in now)
    if missing:
        raise ColumnMissing(table, missing, found=list(now), path=address)
    for name, type_ in now.items():
        if name in read and name in before and _kind(before[name]) != _kind(type_):
            raise ColumnRetyped(table, name, before=_kind(before[name]), now=_kind(type_))
    return sorted(name for name in now if name not in before and name not in read)


def _kind(type_: str) -> str:
    plain = type_.partition("(")[0].rstrip("0123456789")
    return _KINDS.get(plain, plain)
