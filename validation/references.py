"""What values may refer to, and which of them refer to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
from ibis import _

from contracts.staged import REJECTED

# Table name -> tables whose rows, together, are what a rule may refer to under that name.
References = Mapping[str, Sequence[ir.Table]]


def referable(staged: Mapping[str, ir.Table], known: Mapping[str, ir.Table]) -> References:
    """Return what may be referred to: rows known before, and those about to be accepted."""
    good = {
        name: table.filter(~table[REJECTED]) if REJECTED in table.columns else table
        for name, table in staged.items()
    }
    return {
        name: [rows[name] for rows in (good, known) if name in rows] for name in {**good, **known}
    }


def unknown_values(
    table: ir.Table, referring: str, targets: Sequence[ir.Table], *, column: str
) -> ir.Table:
    """Return the values of `referring`, NULL aside, that stand in `column` of no target.

    Each once, as text: `value`, and `size`, the number of its rows. Values are grouped first: they
    are far fewer than rows, and cheaper to group than to look up.
    """
    rows = table.select(value=referring).filter(_.value.notnull())
    groups = rows.group_by("value").aggregate(size=_.count())
    groups = groups.mutate(value=_.value.cast("string"))
    for target in targets:
        known = target.select(known=target[column].cast("string"))
        groups = groups.anti_join(known, [("value", "known")])
    return groups
