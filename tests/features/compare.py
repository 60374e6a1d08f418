"""Compares tables of features."""

from __future__ import annotations

import pyarrow as pa
import pytest

from features.comparison import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE


def assert_same(found: pa.Table, expected: pa.Table) -> None:
    """Compare rows in their order, cell by cell, by the tolerance of the audit of time travel.

    The audit counts in the engine; here Python compares, so that neither hides the other's faults.
    """
    assert found.schema == expected.schema
    for name in expected.column_names:
        for one, other in zip(found[name].to_pylist(), expected[name].to_pylist(), strict=True):
            is_number = isinstance(one, float) and isinstance(other, float)
            assert one == (_about(other) if is_number else other), name


def _about(number: float) -> object:
    return pytest.approx(number, rel=RELATIVE_TOLERANCE, abs=ABSOLUTE_TOLERANCE)
