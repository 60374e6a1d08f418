"""The tables as they were on a day: what a feature of that day may depend on, and nothing else.

This says "before the date" a second time, of tables and not of events, on purpose: an audit that
used the features' own filter would not see its faults.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.schema import TableSchema
from contracts.tables import TABLES
from features.catalogue import FAMILIES
from features.snapshots import features_at
from features.spine import spine


def tables_on(day: date, tables: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    """Return the canonical tables without what happened, or became known of a fact, since `day`.

    Attributes of customers have no date; they stay, as the lines of orders that stay do.
    """
    midnight = ibis.timestamp(day.isoformat())
    past = {name: _past(rows, TABLES[name], midnight) for name, rows in tables.items()}
    if "order_lines" in past and "orders" in past:
        past["order_lines"] = past["order_lines"].semi_join(past["orders"], "order_id")
    return past


def features_on(day: date, names: Collection[str], tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return the families of one stream as they could be known on a day, of all customers then.

    Who may be seen at all is decided by today's consents, for the past too.
    """
    past = tables_on(day, tables)
    seen = spine(past["customers"], past["orders"], [day], consents=tables.get("consents"))
    return features_at([FAMILIES[name] for name in names], seen, past, only_date=day)


def undated(names: Collection[str]) -> list[str]:
    """Return the families that read attributes without a date, so nobody knows since when."""
    return [
        name
        for name in names
        if any(TABLES[table].free_attributes for table in FAMILIES[name].stream.tables)
    ]


def _past(rows: ir.Table, schema: TableSchema, midnight: ir.TimestampScalar) -> ir.Table:
    if schema.occurred_at is None:
        return rows
    if schema.free_attributes:
        date_known = _[schema.occurred_at] < midnight
        return rows.mutate(
            **{schema.occurred_at: date_known.ifelse(_[schema.occurred_at], ibis.null())}
        )
    rows = rows.filter(_[schema.occurred_at] < midnight)
    for time, columns in schema.known_later.items():
        is_known = (rows[time] < midnight).fill_null(False)
        rows = rows.mutate(**{name: is_known.ifelse(rows[name], None) for name in (*columns, time)})
    return rows
