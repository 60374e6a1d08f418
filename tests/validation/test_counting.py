"""Counts by themselves, on tables small enough to count by eye."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from validation.counting import ROW_COUNT, RULES, Question, count_rows

PARAMETERS: dict[str, dict[str, object]] = {
    "column_values.between": {"min_value": 1},
    "column_values.in_set": {"value_set": [1]},
    "column_values.match_regex": {"regex": "^1$"},
    "column_values.refer_to": {"referred_table": "nodes", "referred_column": "node"},
}


@pytest.fixture
def nodes(engine: Backend) -> ir.Table:
    """A tree: one root, a leaf, and two nodes below parents that are not there."""
    rows = pa.table(
        {"node": [1, 2, 3, 3], "parent": [None, 1, 7, 8], "faults": [None, "node:unreadable"] * 2}
    )
    return engine.create_table("nodes", rows)


def test_counts_come_in_the_order_of_the_questions(nodes: ir.Table) -> None:
    questions = [
        Question("column_values.unique", "node"),
        Question("column_values.nonnull", "parent"),
        Question("column_values.refer_to", "parent", PARAMETERS["column_values.refer_to"]),
        Question(ROW_COUNT),
        Question("column_values.unique", "parent"),
    ]

    assert count_rows(questions, table=nodes, references={"nodes": [nodes]}) == [2, 1, 2, 4, 0]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_table_without_rows_breaks_no_rule(nodes: ir.Table, rule: str) -> None:
    question = Question(rule, "parent", PARAMETERS.get(rule, {}))

    assert count_rows([question], table=nodes.limit(0), references={"nodes": [nodes]}) == [0]


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamp('UTC')"])
def test_bound_compares_with_every_kind_of_time(engine: Backend, kind: str) -> None:
    days = pa.table({"day": ["2019-12-31", "2020-01-01", "2020-01-02", None]})
    table = engine.create_table("days", days).cast({"day": kind})
    since = {"min_value": datetime.fromisoformat("2020-01-01")}

    engine.raw_sql("SET timezone = 'UTC'")
    assert count_rows(
        [Question("column_values.between", "day", since)], table=table, references={}
    ) == [1]


def test_misspelt_parameter_is_refused(nodes: ir.Table) -> None:
    with pytest.raises(TypeError, match="minimum"):
        count_rows(
            [Question("column_values.between", "node", {"minimum": 1})], table=nodes, references={}
        )
