"""Compares two tables of features in the engine: how many values differ, and of which feature."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from contracts.schema import SNAPSHOT_KEY

# Sums of floats differ in their last digits by the order in which an engine adds them.
RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-12

# Columns of a comparison beside the features.
ROWS = "matched_rows"
UNMATCHED = "unmatched_rows"


def count_differences(found: ir.Table, expected: ir.Table) -> ir.Table:
    """Return one row that says where two tables of the same features differ.

    Columns: `matched_rows` (both tables have the customer and date), `unmatched_rows` (only one of
    them has), and every feature of `expected` with how many of the matched rows differ in it.
    """
    features = [name for name in expected.columns if name not in SNAPSHOT_KEY]
    renamed = {f"expected_{name}": name for name in expected.columns}
    ours = found.mutate(is_found=True)
    theirs = expected.select(**renamed, is_expected=True)
    same_key = [ours[name] == theirs[f"expected_{name}"] for name in SNAPSHOT_KEY]
    paired = ours.outer_join(theirs, same_key)
    is_matched = (paired.is_found & paired.is_expected).fill_null(False)
    differing = {
        name: is_matched & _differs(paired[name], paired[f"expected_{name}"]) for name in features
    }
    counted = {ROWS: is_matched, UNMATCHED: ~is_matched, **differing}
    return paired.agg(**{name: rows.sum().fill_null(0) for name, rows in counted.items()})


def _differs(one: ir.Value, other: ir.Value) -> ir.BooleanValue:
    same = one.identical_to(other)
    if isinstance(one, ir.FloatingValue):
        same |= _is_close(one, other)
    return ~same


def _is_close(one: ir.FloatingValue, other: ir.FloatingValue) -> ir.BooleanValue:
    """Say whether two finite numbers are equal but for rounding; infinities and NaN never are."""
    greatest = ibis.greatest(one.abs(), other.abs())
    tolerance = ibis.greatest(greatest * RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE)
    is_finite = ~(one.isinf() | other.isinf() | one.isnan() | other.isnan())
    return (is_finite & ((one - other).abs() <= tolerance)).fill_null(False)
