"""One narrow column for all that is wrong with a staged row: NULL for nearly every row.

Writing a column of text that is nearly always NULL costs next to nothing; five columns would cost
more than the rows themselves. Packed is

    !amount:unreadable,customer_id:missing <tab> 0 <tab> 17 <tab> amount=12x

`!` where the row is rejected, the codes of the broken rules, the number of the file, the row in it,
and what the source holds in place of values that cannot be read.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from contracts.schema import TEXT
from contracts.staged import FAULTS, FILE, PACKED, REJECTED, ROW, UNREADABLE

_TAB = "\t"


def pack(
    rows: ir.Table,
    *,
    is_broken: ir.BooleanValue,
    is_costly: ir.BooleanValue,
    codes: list[ir.StringValue],
    unreadable: list[ir.StringValue],
) -> ir.StringValue:
    """Return the packed column for rows with POSITION; `codes` and `unreadable` may be NULL.

    `is_costly` says whether what is broken costs the row.
    """
    held = joined(unreadable, "; ").fill_null("").re_replace(r"\s", " ")
    parts = [
        is_costly.ifelse("!", "") + joined(codes, ",").fill_null(""),
        rows._file.cast(TEXT),
        rows._row.cast(TEXT),
        held,
    ]
    return is_broken.ifelse(ibis.literal(_TAB).join(parts), ibis.null(TEXT))


def unpack(rows: ir.Table) -> ir.Table:
    """Return `rows` with FAULTS, UNREADABLE, REJECTED, and POSITION of rows that have a fault."""
    parts = rows[PACKED].split(_TAB)
    found: dict[str, ir.Value] = {
        FAULTS: parts[0].re_replace("^!", ""),
        UNREADABLE: parts[3].nullif(""),
        REJECTED: is_rejected(rows),
    }
    if ROW not in rows.columns:
        found |= {FILE: parts[1].cast("int32"), ROW: parts[2].cast("int64")}
    return rows.mutate(**found).drop(PACKED)


def is_rejected(rows: ir.Table) -> ir.BooleanValue:
    """Return whether a broken rule keeps a row with the packed column out; never NULL."""
    return rows[PACKED].notnull() & rows[PACKED].startswith("!")


def joined(texts: list[ir.StringValue], sign: str) -> ir.StringValue:
    """Return the texts that are not NULL, joined; NULL where all are."""
    return ibis.literal(sign).join(texts).nullif("") if texts else ibis.null(TEXT)
