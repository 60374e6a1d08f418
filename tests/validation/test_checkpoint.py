"""Each kind of rule, through the real checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from duckdb import CatalogException, ConversionException
from ibis import _
from ibis.backends.duckdb import Backend

from contracts.rules import Facts, Severity
from contracts.tables import TABLES
from validation.checkpoint import validate
from validation.settings import ValidationSettings
from validation.verdict import Finding

FACTS = Facts(datetime(2025, 6, 1, 3, tzinfo=UTC), currency="EUR")


def table(name: str, **columns: Sequence[str | None]) -> ir.Table:
    """A canonical table from columns of text, typed as its schema says; None is NULL."""
    texts = {column: pa.array(values, pa.string()) for column, values in columns.items()}
    types = {column: TABLES[name][column].type for column in columns}
    return ibis.memtable(pa.table(texts)).cast(types)


@pytest.fixture
def customers() -> ir.Table:
    """Two customers that break no rule."""
    return table("customers", customer_id=["c1", "c2"], created_at=["2024-01-01", None])


@pytest.fixture
def orders() -> ir.Table:
    """Three orders of theirs that break no rule."""
    return table(
        "orders",
        order_id=["o1", "o2", "o3"],
        customer_id=["c1", "c2", "c2"],
        ordered_at=["2025-01-01", "2025-02-01", "2025-03-01"],
        amount=["10.00", "0.00", "12.50"],
        discount=["1.00", None, "0.00"],
    )


def broken(finding: Finding) -> tuple[str, str | None, str, int, int]:
    """What a finding says, without what to do."""
    return (
        finding.table,
        finding.column,
        finding.rule,
        finding.failed_rows,
        finding.rows,
    )


def test_clean_tables_give_no_findings(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    verdict = validate(
        {"customers": customers, "orders": orders}, docs=tmp_path / "docs", facts=FACTS
    )

    assert verdict.findings == ()
    assert verdict.rows == {"customers": 2, "orders": 3}
    # Two table rules; customer_id 2, created_at 2; order_id 2, customer_id 2, ordered_at 3,
    # amount 3, discount 2.
    assert verdict.rules_checked == 18


def test_every_row_of_a_repeated_key_is_counted(tmp_path: Path) -> None:
    keys = ["c1", "c2", "c1", "c3", "c1", "c4", "c4"]

    verdict = validate(
        {"customers": table("customers", customer_id=keys)}, docs=tmp_path, facts=FACTS
    )

    (finding,) = verdict.rejects
    assert broken(finding) == ("customers", "customer_id", "no value occurs twice", 5, 7)
    assert finding.remedy.startswith("Deliver each key once")


def test_repeats_that_staging_has_counted_are_not_counted_again(tmp_path: Path) -> None:
    staged = {"customers": table("customers", customer_id=["c1", "c1", "c1"])}

    none = validate(staged, docs=tmp_path, facts=FACTS, repeated={"customers": {"customer_id": 0}})
    one = validate(staged, docs=tmp_path, facts=FACTS, repeated={"customers": {"customer_id": 1}})

    assert none.findings == ()
    assert [(f.code, f.failed_rows) for f in one.findings] == [("repeated", 1)]


def test_row_without_a_required_value_is_kept_out(tmp_path: Path) -> None:
    keys = ["c1", None, "c2", None]

    verdict = validate(
        {"customers": table("customers", customer_id=keys)}, docs=tmp_path, facts=FACTS
    )

    (finding,) = verdict.findings
    assert broken(finding) == ("customers", "customer_id", "every row has a value", 2, 4)
    assert (finding.severity, finding.code) == (Severity.REJECT, "missing")


def test_number_outside_its_range_is_counted_and_its_bounds_are_not(
    tmp_path: Path,
) -> None:
    customers = table(
        "customers",
        customer_id=list("abcdef"),
        birth_year=["1899", "1900", "1999", "2100", "2101", None],
    )

    verdict = validate({"customers": customers}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.warnings
    assert broken(finding) == ("customers", "birth_year", "values lie in [1900, 2100]", 2, 6)


def test_money_below_zero_is_a_warning(orders: ir.Table, tmp_path: Path) -> None:
    verdict = validate({"orders": orders.mutate(amount=_.amount - 10)}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.findings
    assert broken(finding) == ("orders", "amount", "values are at least 0", 1, 3)
    assert finding.severity is Severity.WARN


def test_time_before_its_bound_is_counted(tmp_path: Path) -> None:
    times = ["1969-12-31 23:59:59.999999", "1970-01-01 00:00:00", None]
    customers = table("customers", customer_id=["a", "b", "c"], created_at=times)

    verdict = validate({"customers": customers}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.rejects
    assert broken(finding) == ("customers", "created_at", "values are at least 1970-01-01", 1, 3)


def test_value_off_the_list_is_counted(tmp_path: Path) -> None:
    contacts = table(
        "contacts",
        campaign_id=["k1"] * 4,
        customer_id=["c1"] * 4,
        contacted_at=["2025-01-01"] * 4,
        arm=["treated", "holdout", "Holdout", None],
    )

    verdict = validate({"contacts": contacts}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.rejects
    assert broken(finding) == ("contacts", "arm", "values are one of treated, holdout", 1, 4)


def test_orders_of_unknown_customers_are_a_warning_until_they_are_too_many(
    orders: ir.Table, tmp_path: Path
) -> None:
    # A key that occurs twice must not count an order twice.
    tables = {"customers": table("customers", customer_id=["c1", "c1", None]), "orders": orders}
    at_limit, below = (ValidationSettings(max_rejected_share=share) for share in (0.67, 0.66))

    told = validate(tables, docs=tmp_path / "told", facts=FACTS, settings=at_limit)
    stopped = validate(tables, docs=tmp_path / "stopped", facts=FACTS, settings=below)

    (finding,) = told.warnings
    (escalated,) = stopped.stops
    assert escalated == replace(finding, escalated=True)
    assert broken(finding) == (
        "orders",
        "customer_id",
        "values stand in customers.customer_id",
        2,
        3,
    )


def test_reference_to_a_row_accepted_before_or_along_with_it_is_known(
    orders: ir.Table, tmp_path: Path
) -> None:
    staged = {"customers": table("customers", customer_id=["c2"]), "orders": orders}
    known = {"customers": table("customers", customer_id=["c1"])}

    assert validate(staged, docs=tmp_path / "both", facts=FACTS, known=known).findings == ()
    # An increment of orders alone: all customers were accepted before.
    known = {"customers": table("customers", customer_id=["c2"])}
    verdict = validate({"orders": orders}, docs=tmp_path / "one", facts=FACTS, known=known)
    assert [(f.column, f.failed_rows) for f in verdict.findings] == [("customer_id", 1)]
    assert verdict.rows == {"orders": 3}


def test_row_that_is_kept_out_is_nothing_to_refer_to(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    staged = customers.mutate(is_rejected=_.customer_id == "c1")

    verdict = validate({"customers": staged, "orders": orders}, docs=tmp_path, facts=FACTS)

    assert [(f.table, f.column, f.failed_rows) for f in verdict.findings] == [
        ("orders", "customer_id", 1)
    ]


def test_value_that_could_not_be_read_is_counted_from_the_faults(
    orders: ir.Table, tmp_path: Path
) -> None:
    unread = {"o1": "amount:unreadable", "o3": "amount:missing,discount:unreadable"}
    faults = orders.order_id.substitute(unread, else_=ibis.null("string"))
    # Not one value is left: a share of values that are there would be a share of nothing.
    gone = ibis.cases((_.order_id == "o2", _.amount), else_=ibis.null())
    staged = orders.mutate(faults=faults, amount=gone, discount=_.discount.nullif(_.discount))

    verdict = validate({"orders": staged}, docs=tmp_path, facts=FACTS)

    assert [(broken(f), f.code, f.severity, f.escalated) for f in verdict.findings] == [
        (
            ("orders", "amount", "values can be read as amounts", 1, 3),
            "unreadable", Severity.REJECT, False,
        ),
        # What is there and cannot be read is not absent as well.
        (("orders", "amount", "every row has a value", 1, 3), "missing", Severity.REJECT, False),
        (
            ("orders", "discount", "values can be read as amounts", 1, 3),
            "unreadable", Severity.WARN, True,
        ),
    ]  # fmt: skip


def test_time_a_day_after_the_delivery_is_not_in_the_future(
    orders: ir.Table, tmp_path: Path
) -> None:
    late = {"o1": "2025-06-02 03:00:00", "o2": "2025-06-02 03:00:00.000001"}
    staged = orders.mutate(
        ordered_at=_.order_id.substitute(late, else_="2025-01-01").cast("timestamp(6)")
    )

    verdict = validate({"orders": staged}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.rejects
    assert broken(finding) == ("orders", "ordered_at", "values are not in the future", 1, 3)


def test_foreign_currency_is_counted(orders: ir.Table, tmp_path: Path) -> None:
    staged = orders.mutate(currency=_.order_id.substitute({"o1": "EUR", "o2": "eur"}, else_="USD"))

    verdict = validate({"orders": staged}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.rejects
    said = "amounts are in the project's currency, EUR"
    assert broken(finding) == ("orders", "currency", said, 2, 3)


def test_form_is_that_of_the_whole_value(tmp_path: Path) -> None:
    countries = ["DE", "AT", "Germany", "de", "DEU", " DE", "", None]
    customers = table("customers", customer_id=list("abcdefgh"), country=countries)

    verdict = validate({"customers": customers}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.warnings
    said = "values look like two capital letters, as in DE"
    assert broken(finding) == ("customers", "country", said, 5, 8)


def test_consent_that_others_would_reject_stops_the_run(tmp_path: Path) -> None:
    consents = table(
        "consents",
        customer_id=["c1", "c2"],
        purpose=["marketing", "Werbung"],
        status=["granted", "objected"],
        changed_at=["2025-01-01", None],
    )

    verdict = validate({"consents": consents}, docs=tmp_path, facts=FACTS)

    assert [(f.column, f.code, f.failed_rows) for f in verdict.stops] == [
        ("purpose", "not_accepted", 1), ("changed_at", "missing", 1),
    ]  # fmt: skip


def test_more_rejected_rows_than_the_limit_stop_the_run(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    half = ValidationSettings(max_rejected_share=0.5)
    tables = {"customers": customers, "orders": orders}

    verdict = validate(
        tables, docs=tmp_path, facts=FACTS, rejected={"customers": 1, "orders": 2}, settings=half
    )

    (finding,) = verdict.stops
    assert (finding.table, finding.code) == ("orders", "too_many_rejected")
    assert verdict.rejected == {"customers": 1, "orders": 2}


def test_findings_of_other_gates_join_the_verdict_and_the_page(
    orders: ir.Table, tmp_path: Path
) -> None:
    shrunk = Finding(
        table="customers",
        column=None,
        code="shrunk",
        rule="the table keeps its size",
        severity=Severity.STOP,
        rows=0,
        failed_rows=0,
        found="1,000 rows before, 2 now",
        remedy="",
    )

    verdict = validate({"orders": orders}, docs=tmp_path, facts=FACTS, also=[shrunk])

    assert verdict.stops == (shrunk,)
    assert "1,000 rows before, 2 now" in (tmp_path / "index.html").read_text("utf-8")


def test_missing_reference_breaks_not_null_only(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    nameless = orders.mutate(customer_id=_.customer_id.nullif("c1"))

    verdict = validate({"customers": customers, "orders": nameless}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.findings
    assert broken(finding) == ("orders", "customer_id", "every row has a value", 1, 3)


def test_reference_to_a_table_that_is_not_there_is_not_checked(
    orders: ir.Table, tmp_path: Path
) -> None:
    assert validate({"orders": orders}, docs=tmp_path, facts=FACTS).findings == ()


def test_reference_to_a_column_that_is_not_there_is_not_checked(
    orders: ir.Table, tmp_path: Path
) -> None:
    customers = table("customers", country=["DE"])

    verdict = validate({"customers": customers, "orders": orders}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.findings
    assert broken(finding) == ("customers", "customer_id", "the column is there", 1, 1)


def test_absent_required_column_stops_the_run(orders: ir.Table, tmp_path: Path) -> None:
    verdict = validate(
        {"orders": orders.drop("ordered_at", "discount")}, docs=tmp_path, facts=FACTS
    )

    (finding,) = verdict.findings
    assert broken(finding) == ("orders", "ordered_at", "the column is there", 3, 3)
    assert finding.severity is Severity.STOP


def test_an_empty_delivery_is_told_and_stops_nothing(orders: ir.Table, tmp_path: Path) -> None:
    verdict = validate({"orders": orders.limit(0)}, docs=tmp_path, facts=FACTS)

    (finding,) = verdict.warnings
    assert verdict.stops == ()
    assert broken(finding) == ("orders", None, "the delivery has rows", 0, 0)
    assert finding.code == "empty"


def test_column_without_any_value_breaks_not_null_only(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    empty = orders.mutate(amount=_.amount.nullif(_.amount))

    verdict = validate({"orders": empty}, docs=tmp_path, facts=FACTS)

    assert [(finding.rule, finding.failed_rows) for finding in verdict.findings] == [
        ("every row has a value", 3)
    ]


def test_every_table_is_counted_by_itself(
    customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    refunds = table(
        "refunds",
        refund_id=["r1", "r1"],
        customer_id=["c1", "c9"],
        refunded_at=["2025-01-01"] * 2,
        amount=["1", "1"],
    )
    tables = {"refunds": refunds, "orders": orders, "customers": customers}

    verdict = validate(tables, docs=tmp_path, facts=FACTS)

    assert [(f.table, f.column, f.failed_rows, f.rows) for f in verdict.findings] == [
        ("refunds", "refund_id", 2, 2),
        ("refunds", "customer_id", 1, 2),
    ]


def test_table_takes_two_queries_whatever_its_number_of_rules(
    engine: Backend, customers: ir.Table, orders: ir.Table, tmp_path: Path
) -> None:
    tables = {
        "customers": engine.create_table("customers", customers),
        "orders": engine.create_table("orders", orders),
    }
    engine.raw_sql("CALL enable_logging('QueryLog')")

    verdict = validate(tables, docs=tmp_path, facts=FACTS)

    assert verdict.rules_checked == 18
    assert len(queries(engine)) == 2 * 2


def test_repeated_keys_take_a_third_query(engine: Backend, tmp_path: Path) -> None:
    repeated = table("customers", customer_id=["c1", "c1", "c2"])
    tables = {"customers": engine.create_table("customers", repeated)}
    engine.raw_sql("CALL enable_logging('QueryLog')")

    verdict = validate(tables, docs=tmp_path, facts=FACTS)

    assert [finding.failed_rows for finding in verdict.findings] == [2]
    assert len(queries(engine)) == 3


def queries(engine: Backend) -> list[str]:
    """What the engine was asked since it keeps a log."""
    log = engine.raw_sql("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    return [message for (message,) in log]


def test_error_of_the_engine_is_raised_and_no_page_is_written(
    engine: Backend, orders: ir.Table, tmp_path: Path
) -> None:
    lost = engine.create_table("orders", orders)
    engine.drop_table("orders")

    with pytest.raises(CatalogException):
        validate({"orders": lost}, docs=tmp_path / "docs", facts=FACTS)

    assert not (tmp_path / "docs").exists()


def test_value_quoted_by_an_error_of_the_engine_is_not_logged(
    customers: ir.Table, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = customers.mutate(birth_year=("canary-" + _.customer_id).cast("int64"))

    with caplog.at_level(logging.DEBUG), pytest.raises(ConversionException, match="canary-c1"):
        validate({"customers": unreadable}, docs=tmp_path, facts=FACTS)

    assert "canary" not in caplog.text
