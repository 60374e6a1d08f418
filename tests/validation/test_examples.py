"""Rows that are accepted with a warning: named by ids and place, never by another value."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.rules import Facts
from validation.checkpoint import validate
from validation.examples import Examples, find_examples

FACTS = Facts(datetime(2025, 6, 1, 3, tzinfo=UTC), currency="EUR")
FILES = {"orders": {0: "crm/orders.csv"}}
DAY = datetime.fromisoformat("2025-01-01")
CANARY = "canary@example.com"


@pytest.fixture
def customers(engine: Backend) -> ir.Table:
    """One that breaks no rule, and one whose country does."""
    rows = pa.table({"customer_id": ["c1", "c2"], "country": ["DE", CANARY]})
    return engine.create_table("customers", rows)


def orders(engine: Backend, **more: object) -> ir.Table:
    """Orders below zero, or of customers that nobody knows, or with a discount of no meaning."""
    columns: dict[str, object] = {
        "order_id": [17, 5, 6, 7, 8, 9],
        "customer_id": ["c1", "c9", "c1", "c1", "c1", "c8"],
        "ordered_at": [DAY] * 6,
        "amount": [1, 1, -77125, -77125, -77125, -77125],
        "discount": pa.array([None] * 6, pa.float64()),
        "channel": [CANARY] * 6,
        "faults": ["discount:unreadable", None, None, None, None, None],
        "is_rejected": [False] * 6,
        "_file": [0] * 6,
        "_row": [6, 5, 4, 3, 2, 1],
    }
    return engine.create_table("orders", pa.table({**columns, **more}))


def found(tables: dict[str, ir.Table], docs: Path) -> Examples:
    verdict = validate(tables, docs=docs, facts=FACTS)
    return find_examples(verdict.findings, tables, facts=FACTS, known={}, files=FILES)


def test_each_warning_about_rows_has_its_first_three(
    engine: Backend, customers: ir.Table, tmp_path: Path
) -> None:
    examples = found({"customers": customers, "orders": orders(engine)}, tmp_path)

    assert examples == {
        "customers": {
            "country: values look like two capital letters, as in DE": ["customer_id c2"]
        },
        "orders": {
            "customer_id: values stand in customers.customer_id": [
                "order_id 9 customer_id c8 (crm/orders.csv:1)",
                "order_id 5 customer_id c9 (crm/orders.csv:5)",
            ],
            "amount: values are at least 0": [
                "order_id 9 (crm/orders.csv:1)",
                "order_id 8 (crm/orders.csv:2)",
                "order_id 7 (crm/orders.csv:3)",
            ],
            "discount: values can be read as amounts": ["order_id 17 (crm/orders.csv:6)"],
        },
    }
    assert CANARY not in repr(examples)
    assert "77125" not in repr(examples)


def test_row_without_a_known_place_is_named_by_its_ids(engine: Backend, tmp_path: Path) -> None:
    nowhere = pa.array([None] * 6, pa.int64())
    below_zero = orders(
        engine, faults=pa.array([None] * 6, pa.string()), _file=nowhere, _row=nowhere
    )

    examples = found({"orders": below_zero}, tmp_path)

    assert examples["orders"]["amount: values are at least 0"] == [
        "order_id 6", "order_id 7", "order_id 8"
    ]  # fmt: skip


def test_rows_that_are_kept_out_are_left_to_the_quarantine(engine: Backend, tmp_path: Path) -> None:
    rows = pa.table({"order_id": ["o1", "o1"], "currency": ["EUR", "USD"], "amount": [1, 1]})

    assert found({"orders": engine.create_table("orders", rows)}, tmp_path) == {}


def test_one_query_a_table_finds_all_examples(engine: Backend, tmp_path: Path) -> None:
    tables = {"orders": orders(engine)}
    verdict = validate(tables, docs=tmp_path, facts=FACTS)
    assert len(verdict.warnings) > 1 or verdict.stops
    engine.raw_sql("CALL enable_logging('QueryLog')")

    find_examples(verdict.findings, tables, facts=FACTS, known={}, files=FILES)

    log = engine.raw_sql("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    assert len(log) == 1
