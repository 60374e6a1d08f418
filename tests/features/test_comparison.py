"""What is the same and what differs, value by value and row by row."""

from __future__ import annotations

from datetime import date
from math import inf, nan

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from features.comparison import count_differences


def features(*values: float | None, word: str | None = "a") -> ir.Table:
    rows = len(values)
    return ibis.memtable(
        pa.table(
            {
                "customer_id": [f"c{number}" for number in range(rows)],
                "snapshot_date": [date(2024, 7, 1)] * rows,
                "number": pa.array(values, pa.float64()),
                "word": pa.array([word] * rows, pa.string()),
            }
        )
    )


def counted(engine: Backend, found: ir.Table, expected: ir.Table) -> dict[str, int]:
    return dict(engine.to_pyarrow(count_differences(found, expected)).to_pylist()[0])


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (1.0, 1.0 + 1e-12, False), (1.0, 1.0 + 1e-8, True), (0.0, 1e-15, False),
        (-1.0, 1.0, True), (None, None, False), (None, 0.0, True), (nan, nan, False),
        (nan, None, True), (nan, 5.0, True), (inf, inf, False), (inf, -inf, True),
        (inf, 5.0, True), (inf, nan, True),
    ],
)  # fmt: skip
def test_a_value_differs_unless_it_is_equal_but_for_rounding(
    one: float | None, other: float | None, differs: bool, engine: Backend
) -> None:
    for pair in ((one, other), (other, one)):
        found = counted(engine, features(pair[0]), features(pair[1]))
        assert found == {
            "matched_rows": 1, "unmatched_rows": 0, "number": int(differs), "word": 0,
        }  # fmt: skip


@pytest.mark.parametrize(("word", "differing"), [("a", 0), ("b", 2), (None, 2)])
def test_texts_are_compared_too(word: str | None, differing: int, engine: Backend) -> None:
    found = counted(engine, features(1, 2), features(1, 2, word=word))
    assert found["word"] == differing
    assert found["number"] == 0


def test_a_row_that_only_one_has_is_unmatched_and_its_values_do_not_count(engine: Backend) -> None:
    for one, other in ((features(1, 2, 3), features(1)), (features(1), features(1, 2, 3))):
        found = counted(engine, one, other)
        assert found == {"matched_rows": 1, "unmatched_rows": 2, "number": 0, "word": 0}


def test_tables_without_rows_have_no_differences(engine: Backend) -> None:
    assert set(counted(engine, features(), features()).values()) == {0}
