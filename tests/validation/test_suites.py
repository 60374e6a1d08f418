"""What the declared rules become."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.rules import Facts, RefersTo, RowRule, Rule, Severity
from contracts.schema import Column, TableSchema
from contracts.tables import TABLES
from validation.gx import Expectation
from validation.suites import suite_for

PRESENT = {name: tuple(column.name for column in schema.columns) for name, schema in TABLES.items()}
FACTS = Facts(datetime(2025, 6, 1, 3, tzinfo=UTC), currency="EUR")


def meta(expectation: Expectation) -> dict[str, Any]:
    assert expectation.meta is not None
    return expectation.meta


def expectations(name: str, *, present: Collection[str] | None = None) -> list[Expectation]:
    """The suite of a table of which some columns, or all, are at hand."""
    columns = (*PRESENT[name], "faults") if present is None else present
    suite = suite_for(TABLES[name], present=columns, referable=PRESENT, facts=FACTS)
    return suite.expectations


@pytest.mark.parametrize("name", TABLES)
def test_every_declared_rule_becomes_an_expectation(name: str) -> None:
    schema = TABLES[name]

    declared = [rule for column in schema.columns for rule in schema.rules_of(column)]
    said = [(meta(e)["severity"], meta(e)["code"]) for e in expectations(name)]
    assert said == [("warn", "empty"), *((rule.severity.value, rule.code) for rule in declared)]


@pytest.mark.parametrize("name", TABLES)
def test_every_expectation_says_its_rule_and_what_to_do(name: str) -> None:
    for expectation in expectations(name):
        said = meta(expectation)
        assert said.keys() == {"severity", "code", "rule", "remedy", "escalates"}
        assert all((said["severity"], said["code"], said["rule"], said["remedy"]))
        assert expectation.notes == [said["remedy"]]


def test_severity_is_told_to_great_expectations_in_its_words() -> None:
    every = [*expectations("orders"), *expectations("consents")]
    assert {(meta(e)["severity"], e.severity.value) for e in every} == {
        ("stop", "critical"),
        ("reject", "warning"),
        ("warn", "info"),
    }


def test_rules_are_said_in_words_that_name_bounds_and_no_value() -> None:
    said = {(e.configuration.kwargs.get("column"), meta(e)["rule"]) for e in expectations("orders")}

    assert {
        (None, "the delivery has rows"),
        ("order_id", "every row has a value"),
        ("order_id", "no value occurs twice"),
        ("customer_id", "values stand in customers.customer_id"),
        ("ordered_at", "values can be read as times"),
        ("ordered_at", "values are at least 1970-01-01"),
        ("ordered_at", "values are not in the future"),
        ("amount", "values can be read as amounts"),
        ("amount", "values are at least 0"),
        ("amount", "values lie in [-10,000,000, 10,000,000]"),
        ("currency", "amounts are in the project's currency, EUR"),
    } <= said
    words = {meta(e)["rule"] for e in expectations("customers")}
    assert "values look like two capital letters, as in DE" in words
    assert "values lie in [1900, 2100]" in words
    assert "values can be read as whole numbers" in words


def test_rules_that_need_facts_get_them() -> None:
    kwargs = {
        meta(e)["code"]: e.configuration.kwargs
        for e in expectations("orders")
        if e.configuration.kwargs.get("column") in {"ordered_at", "currency"}
    }
    assert kwargs["in_future"]["max_value"] == datetime.fromisoformat("2025-06-02 03:00:00")
    assert kwargs["foreign_currency"]["value_set"] == ["EUR"]


def test_declared_remedy_is_kept() -> None:
    remedies = {
        meta(e)["rule"]: meta(e)["remedy"] for e in expectations("orders", present=("amount",))
    }
    assert remedies["values are at least 0"].startswith("Negative `amount`: returns belong into")


def test_absent_column_is_expected_only_where_it_is_required() -> None:
    absent = [
        e.configuration.kwargs["column"]
        for e in expectations("refunds", present=("refund_id",))
        if meta(e)["code"] == "absent"
    ]
    assert absent == ["customer_id", "refunded_at", "amount"]


def test_readability_is_asked_only_where_the_rows_tell_it() -> None:
    assert "unreadable" in {meta(e)["code"] for e in expectations("orders")}
    without = expectations("orders", present=PRESENT["orders"])
    assert "unreadable" not in {meta(e)["code"] for e in without}


def test_table_that_keeps_every_row_stops_where_others_reject() -> None:
    severities = {meta(e)["severity"] for e in expectations("consents")}
    assert severities == {Severity.STOP.value, Severity.WARN.value}


def test_reference_is_asked_only_where_its_column_is_there() -> None:
    def codes(referable: dict[str, tuple[str, ...]]) -> set[str]:
        suite = suite_for(
            TABLES["refunds"], present=PRESENT["refunds"], referable=referable, facts=FACTS
        )
        return {meta(e)["code"] for e in suite.expectations}

    assert RefersTo.code in codes({"customers": ("customer_id",)})
    assert RefersTo.code not in codes({"customers": ("country",)})
    assert RefersTo.code not in codes({})


@pytest.mark.parametrize("base", [Rule, RowRule])
def test_rule_without_an_expectation_is_refused(base: type[Rule]) -> None:
    class Prime(base):  # type: ignore[valid-type,misc]
        code = "not_prime"

    schema = TableSchema(
        "things", "one", (Column("size", "string", "size", rules=(Prime(),)),), key=("size",)
    )
    with pytest.raises(TypeError, match="Prime"):
        suite_for(schema, present=("size",), referable={}, facts=FACTS)
