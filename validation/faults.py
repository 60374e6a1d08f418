"""What the column `faults` of a staged row says: NULL of a good row, else codes and commas.

`amount:unreadable,ordered_at:in_future`: each is a column and the code of the rule it breaks.
"""

from __future__ import annotations

import ibis.expr.types as ir

from contracts.rules import Severity
from contracts.schema import TableSchema

FAULTS, FILE, ROW = "faults", "_file", "_row"


def says(faults: ir.StringValue, fault: str) -> ir.BooleanValue:
    """Return whether `fault` is among the faults of a row; NULL where it has none."""
    # The commas keep `order_id:missing` from being found in `parent_order_id:missing`.
    return ("," + faults + ",").contains(f",{fault},")


def without_rejected(table: ir.Table, schema: TableSchema) -> ir.Table:
    """Return the staged rows that will be accepted; a table without `faults` has no others.

    A fault of a warning, such as an optional value that cannot be read, costs no row.
    """
    costly = [
        f"{column.name}:{rule.code}"
        for column in schema.columns
        for rule in schema.rules_of(column)
        if rule.severity is not Severity.WARN
    ]
    if FAULTS not in table.columns or not costly:
        return table
    rejected = table[FAULTS].re_search(f"(^|,)({'|'.join(costly)})(,|$)")
    return table.filter(~rejected.fill_null(False))
