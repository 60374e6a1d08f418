"""What `stammkunde validate --explain` says: by key and place, and never by another value."""

from __future__ import annotations

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.rules import Severity
from contracts.tables import TABLES
from validation.explain import Fault, count_faults, explain
from validation.verdict import Finding, Verdict

FILES = {0: "crm/orders.csv", 1: "crm/orders-2.csv"}
CANARY = "canary@example.com"


def finding(column: str, code: str, rule: str, severity: Severity) -> Finding:
    return Finding(
        table="orders", column=column, code=code, rule=rule, severity=severity, rows=100,
        failed_rows=4, remedy="Correct it.",
    )  # fmt: skip


def rows_of_orders() -> pa.Table:
    return pa.table(
        {
            "order_id": ["o9", "o1", "o2", None, "o4", "o5"],
            "customer_id": [CANARY] * 6,
            "amount": [None, None, None, None, 1.0, 2.0],
            "faults": ["amount:unreadable"] * 3
            + [
                "amount:unreadable,order_id:missing",
                "ordered_at:in_future",
                "ordered_at:in_future",
            ],
            "_file": [1, 0, 0, 0, 0, 1],
            "_row": [1, 17, 18, 1_204, 3, 2],
        }
    )


def test_every_fault_is_counted_with_its_first_three_rows(engine: Backend) -> None:
    quarantined = engine.create_table("quarantined", rows_of_orders())

    faults = count_faults(quarantined, TABLES["orders"], files=FILES)

    assert faults == {
        "amount:unreadable": Fault(
            4,
            (
                "order_id o1 (crm/orders.csv:17)",
                "order_id o2 (crm/orders.csv:18)",
                "a row without key (crm/orders.csv:1204)",
            ),
        ),
        "ordered_at:in_future": Fault(
            2, ("order_id o4 (crm/orders.csv:3)", "order_id o5 (crm/orders-2.csv:2)")
        ),
        "order_id:missing": Fault(1, ("a row without key (crm/orders.csv:1204)",)),
    }


def test_examples_stand_below_the_finding_they_are_of(engine: Backend) -> None:
    quarantined = engine.create_table("quarantined", rows_of_orders())
    verdict = Verdict(
        findings=(
            finding("amount", "out_of_range", "values are at least 0", Severity.WARN),
            finding("amount", "unreadable", "values can be read as amounts", Severity.REJECT),
            finding("order_id", "missing", "every row has a value", Severity.REJECT),
        ),
        rules_checked=12,
        rows={"orders": 100},
        rejected={"orders": 6},
    )

    lines = explain(verdict, {"orders": quarantined}, files={"orders": FILES})

    assert lines[1:] == (
        'Rejected: table `orders`, column `amount`: 4 of 100 rows break "values can be read as '
        'amounts". Correct it.',
        "  such as order_id o1 (crm/orders.csv:17); order_id o2 (crm/orders.csv:18); a row without "
        "key (crm/orders.csv:1204)",
        'Rejected: table `orders`, column `order_id`: 4 of 100 rows break "every row has a value". '
        "Correct it.",
        "  such as a row without key (crm/orders.csv:1204)",
        'Warning: table `orders`, column `amount`: 4 of 100 rows break "values are at least 0". '
        "Correct it.",
        "Rejected: table `orders`: 2 rows say `ordered_at:in_future`.",
        "  such as order_id o4 (crm/orders.csv:3); order_id o5 (crm/orders-2.csv:2)",
    )
    assert CANARY not in "".join(lines)


def test_warning_is_not_given_the_rows_of_a_stricter_rule_of_the_same_name(
    engine: Backend,
) -> None:
    quarantined = engine.create_table(
        "quarantined",
        pa.table(
            {"order_id": ["o1"], "faults": ["amount:out_of_range"], "_file": [0], "_row": [1]}
        ),
    )
    negative = finding("amount", "out_of_range", "values are at least 0", Severity.WARN)
    slipped = finding("amount", "out_of_range", "values lie in [-1, 1]", Severity.REJECT)
    verdict = Verdict(findings=(negative, slipped), rules_checked=2, rows={"orders": 100})

    lines = explain(verdict, {"orders": quarantined}, files={"orders": FILES})

    assert [line.startswith("  such as") for line in lines] == [False, False, True, False]
    assert "values lie in" in lines[1]


def test_examples_of_a_warning_are_those_found_while_it_was_staged(engine: Backend) -> None:
    quarantined = engine.create_table("quarantined", rows_of_orders())
    negative = finding("amount", "out_of_range", "values are at least 0", Severity.WARN)
    unread = finding("discount", "unreadable", "values can be read as amounts", Severity.WARN)
    verdict = Verdict(findings=(negative, unread), rules_checked=2, rows={"orders": 100})
    warned = {"orders": {"amount: values are at least 0": ["order_id o7 (crm/orders.csv:7)"]}}

    lines = explain(verdict, {"orders": quarantined}, files={"orders": FILES}, warned=warned)

    assert lines[2] == "  such as order_id o7 (crm/orders.csv:7)"
    assert lines[3] == unread.describe()
    assert not lines[4].startswith("  such as")


@pytest.mark.parametrize("table", ["identities", "contacts", "consents"])
def test_of_a_row_only_ids_are_shown(engine: Backend, table: str) -> None:
    schema = TABLES[table]
    columns = {
        column.name: [column.name if column.name.endswith("_id") else CANARY]
        for column in schema.columns
    }
    rows = pa.table({**columns, "faults": ["x:missing"], "_file": [7], "_row": [2]})
    quarantined = engine.create_table("quarantined", rows)

    faults = count_faults(quarantined, schema, files={})

    (example,) = faults["x:missing"].examples
    assert "customer_id customer_id" in example
    assert example.endswith("(file 7:2)")
    assert CANARY not in example


def test_key_is_shown_on_one_line_and_short(engine: Backend) -> None:
    keys = ["a\nb\x1b[31m", "k" * 41]
    quarantined = engine.create_table(
        "quarantined",
        pa.table({"order_id": keys, "faults": ["x:missing"] * 2, "_file": [0, 0], "_row": [1, 2]}),
    )

    faults = count_faults(quarantined, TABLES["orders"], files=FILES)

    assert faults["x:missing"].examples == (
        "order_id a?b?[31m (crm/orders.csv:1)",
        f"order_id {'k' * 40}... (crm/orders.csv:2)",
    )


def test_one_query_a_table_reads_the_examples(engine: Backend) -> None:
    quarantined = engine.create_table("quarantined", rows_of_orders())
    engine.raw_sql("CALL enable_logging('QueryLog')")

    count_faults(quarantined, TABLES["orders"], files=FILES)

    log = engine.raw_sql("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    assert len(log) == 1


def test_nothing_kept_out_leaves_the_findings_alone() -> None:
    verdict = Verdict(findings=(), rules_checked=3, rows={"orders": 10})

    assert explain(verdict, {}, files={}) == verdict.describe()
