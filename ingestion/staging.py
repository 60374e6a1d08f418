"""The rows of one delivery as a canonical table, before anybody has decided that they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.errors import ColumnMissing
from contracts.staged import PACKED, POSITION
from contracts.tables import TABLES
from ingestion.conversion import TextForm
from ingestion.derive import derive_order_ids
from ingestion.faults import is_rejected
from ingestion.mapping import Target, map_rows, source_names
from ingestion.pseudonyms import pseudonymise


@dataclass(frozen=True)
class Delivered:
    """The rows of one file or query, with `_row`, and how their texts are written.

    `has_types` is False where there is no row, so that the types of columns say nothing.
    """

    name: str
    rows: ir.Table
    form: TextForm
    has_types: bool = True


def stage(
    delivered: Sequence[Delivered],
    target: Target,
    *,
    pseudonym_key: bytes | None = None,
) -> ir.Table:
    """Return all rows as the canonical table, with POSITION and PACKED; nothing is read yet.

    Columns that the source lacks are left out (see `ingestion.mapping.map_rows`), and so are rows
    that the settings pass over.

    Raises
    ------
    ColumnMissing
        A file lacks a column that is mapped, required, or read from another file.
    """
    _check_same_columns(delivered, target)
    mapped = [
        map_rows(
            _without_passed_over(each.rows, target).mutate(_file=ibis.literal(number, "int32")),
            target,
            form=each.form,
        )
        for number, each in enumerate(delivered)
    ]
    rows = _one_table(mapped, target)
    if target.schema.name == "orders":
        rows = derive_order_ids(rows)
    if target.source.pseudonymous_ids and pseudonym_key is not None:
        ids = [name for name in ("customer_id", "merged_into") if name in rows.columns]
        rows = pseudonymise(rows, tuple(ids), key=pseudonym_key)
    columns = [name for name in target.columns if name in rows.columns]
    return rows.select(*columns, *POSITION, PACKED)


def count_rest(delivered: Sequence[Delivered], target: Target, *, staged: int) -> dict[str, int]:
    """Return how many rows were read beside the `staged` ones: `passed_over` and `added_up`.

    The rows are counted once more only where the settings pass over rows, or where those of one
    customer and time become one order.
    """
    source = target.source
    passes_over = bool(source.skip or source.continuation_rows)
    adds_up = target.schema.name == "orders" and any(
        "order_id" not in source_names(each.rows, target) for each in delivered
    )
    if not passes_over and not adds_up:
        return {"passed_over": 0, "added_up": 0}
    read = sum(_count(each.rows) for each in delivered)
    if not adds_up:
        return {"passed_over": read - staged, "added_up": 0}
    kept = read
    if passes_over:
        kept = sum(_count(_without_passed_over(each.rows, target)) for each in delivered)
    return {"passed_over": read - kept, "added_up": kept - staged}


def without_returns(orders: ir.Table) -> ir.Table:
    """Return staged orders that are no returns: those not below zero."""
    return orders.filter(~(_.amount < 0).fill_null(False))


def as_refunds(orders: ir.Table) -> ir.Table:
    """Return staged orders below zero as staged `refunds`: the money is that paid back."""
    returns = orders.filter(_.amount < 0)
    named = returns.mutate(
        refund_id=_.order_id,
        refunded_at=_.ordered_at,
        amount=(-_.amount).cast(orders.schema()["amount"]),
        # That an order is below zero is no fault of a refund.
        **{PACKED: is_rejected(returns).ifelse(returns[PACKED], ibis.null("string"))},
    )
    return named.select(*(column.name for column in TABLES["refunds"].columns), *POSITION, PACKED)


def _count(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())


def _check_same_columns(delivered: Sequence[Delivered], target: Target) -> None:
    read = [set(source_names(each.rows, target, place=each.name).values()) for each in delivered]
    every = set().union(*read)
    for each, names in zip(delivered, read, strict=True):
        if missing := sorted(every - names):
            found = [name for name in each.rows.columns if name not in POSITION]
            raise ColumnMissing(target.schema.name, missing, found=found, path=each.name)


def _one_table(mapped: list[ir.Table], target: Target) -> ir.Table:
    """Return the rows of all files; a column whose type differs between files is as declared."""
    if len(mapped) == 1:
        return mapped[0]
    columns = target.columns
    differs = {
        name: columns[name].type
        for name in mapped[0].columns
        if name in columns and len({rows.schema()[name] for rows in mapped}) > 1
    }
    return ibis.union(*(rows.cast(differs) for rows in mapped))


def _without_passed_over(rows: ir.Table, target: Target) -> ir.Table:
    """Return the rows that are records: not those that continue another, nor those to skip."""
    if target.source.continuation_rows:
        names = source_names(rows, target)
        key, time = names[target.schema.key[0]], names[target.schema.occurred_at or ""]
        above = rows[key].lag().over(order_by="_row")
        blank = rows[time].cast("string").strip().nullif("").isnull()
        continues = (blank & (rows[key] == above)).fill_null(False)
        rows = rows.mutate(_continues=continues).filter(~_._continues).drop("_continues")
    for column, values in target.source.skip.items():
        if column not in rows.columns:
            found = [name for name in rows.columns if name not in POSITION]
            raise ColumnMissing(
                target.schema.name, [column], found=found, path=target.source.address
            )
        rows = rows.mutate(_said=_said(rows, column, target))
        rows = rows.filter(_._said.notin(values)).drop("_said")
    return rows


def _said(rows: ir.Table, column: str, target: Target) -> ir.StringValue:
    """Return what decides whether a row is skipped; for lines of one key, what the first says."""
    said = rows[column].cast("string").strip().fill_null("")
    if not target.schema.shares_key:
        return said
    key = source_names(rows, target)[target.schema.key[0]]
    return said.first(include_null=True).over(ibis.window(group_by=key, order_by="_row"))
