"""A sample of customers to learn from: whole customers, the same at every date and everywhere."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
from ibis import _

from contracts.hashing import md5
from contracts.schema import TEXT

# The first hex digits of a hash, and how many values they have.
_DIGITS = 8
_VALUES = 16**_DIGITS


def sample_customers(spine: ir.Table, *, share: float, seed: int) -> ir.Table:
    """Return all rows of about `share` of the customers of a spine.

    Who is in depends on the id and the seed only, not on engine, order or who else is there. A
    greater share has the customers of a smaller one.
    """
    if share >= 1:
        return spine
    first = f"{int(share * _VALUES):0{_DIGITS}x}"
    salted = spine.customer_id.cast(TEXT).concat(f" {seed}")
    return spine.filter(md5(salted).substr(0, _DIGITS) < first)


def of_customers(tables: Mapping[str, ir.Table], spine: ir.Table) -> dict[str, ir.Table]:
    """Return the tables with the rows of the spine's customers, where rows name a customer."""
    who = spine.select("customer_id").distinct()
    return {
        name: table.semi_join(who, _.customer_id == who.customer_id)
        if "customer_id" in table.columns
        else table
        for name, table in tables.items()
    }
