"""Compares tables of features."""

from __future__ import annotations

import pyarrow as pa
import pytest


def assert_same(found: pa.Table, expected: pa.Table) -> None:
    """Compare cell by cell; sums of floats may differ in their last digits by the order of rows."""
    assert found.schema == expected.schema
    for name in expected.column_names:
        for one, other in zip(found[name].to_pylist(), expected[name].to_pylist(), strict=True):
            is_number = isinstance(one, float) and isinstance(other, float)
            assert one == (pytest.approx(other, rel=1e-9) if is_number else other), name
