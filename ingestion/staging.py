"""The rows of one delivery as a canonical table, before anybody has decided that they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.errors import ColumnMissing
from contracts.schema import TIME
from contracts.tables import TABLES
from ingestion.conversion import TextForm
from ingestion.derive import derive_order_ids
from ingestion.mapping import (
    FAULTS,
    POSITION,
    REJECTED,
    UNREADABLE,
    Target,
    map_rows,
    source_names,
)
from ingestion.pseudonyms import pseudonymise

# What stands beside the canonical columns of a staged row.
STAGED = (*POSITION, FAULTS, UNREADABLE, REJECTED, "ingested_at", "batch_id")


@dataclass(frozen=True)
class Delivered:
    """The rows of one file or query, with `_row`, and how their texts are written."""

    name: str
    rows: ir.Table
    form: TextForm


def stage(
    delivered: Sequence[Delivered],
    target: Target,
    *,
    batch_id: str,
    pseudonym_key: bytes | None = None,
) -> ir.Table:
    """Return all rows as the canonical table, with the columns of `STAGED`; nothing is read yet.

    Rows that the settings pass over are left out. With `negative_amounts = "refunds"`, orders
    below zero are left out too: `as_refunds` has them.

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
    rows = ibis.union(*mapped) if len(mapped) > 1 else mapped[0]
    if target.schema.name == "orders":
        rows = derive_order_ids(rows)
    if target.source.pseudonymous_ids and pseudonym_key is not None:
        ids = [name for name in ("customer_id", "merged_into") if name in rows.columns]
        rows = pseudonymise(rows, tuple(ids), key=pseudonym_key)
    moment = ibis.literal(_naive(target.facts.ingested_at)).cast(TIME)
    rows = rows.mutate(ingested_at=moment, batch_id=ibis.literal(batch_id))
    return rows.select(*target.columns, *STAGED)


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
        **{FAULTS: returns[REJECTED].ifelse(returns[FAULTS], ibis.null("string"))},
    )
    return named.select(*(column.name for column in TABLES["refunds"].columns), *STAGED)


def _check_same_columns(delivered: Sequence[Delivered], target: Target) -> None:
    read = [set(source_names(each.rows, target).values()) for each in delivered]
    every = set().union(*read)
    for each, names in zip(delivered, read, strict=True):
        if missing := sorted(every - names):
            found = [name for name in each.rows.columns if name not in POSITION]
            raise ColumnMissing(target.schema.name, missing, found=found, path=each.name)


def _without_passed_over(rows: ir.Table, target: Target) -> ir.Table:
    """Return the rows that are records: not those to skip, nor those that continue another."""
    for column, values in target.source.skip.items():
        if column not in rows.columns:
            found = [name for name in rows.columns if name not in POSITION]
            raise ColumnMissing(
                target.schema.name, [column], found=found, path=target.source.address
            )
        said = rows[column].cast("string").strip().fill_null("")
        rows = rows.filter(said.notin(values))
    if not target.source.continuation_rows:
        return rows
    names = source_names(rows, target)
    key, time = names[target.schema.key[0]], names[target.schema.occurred_at or ""]
    above = rows[key].lag().over(order_by="_row")
    blank = rows[time].cast("string").strip().nullif("").isnull()
    continues = (blank & (rows[key] == above)).fill_null(False)
    return rows.mutate(_continues=continues).filter(~_._continues).drop("_continues")


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
