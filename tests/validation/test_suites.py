"""What the declared rules become."""

from __future__ import annotations

import pytest

from contracts.rules import Rule, Severity
from contracts.schema import Column, TableSchema
from contracts.tables import TABLES
from validation.gx import Expectation
from validation.suites import suite_for

PRESENT = {name: tuple(column.name for column in schema.columns) for name, schema in TABLES.items()}


def meta(expectation: Expectation) -> dict[str, str]:
    assert expectation.meta is not None
    return expectation.meta


@pytest.mark.parametrize("name", TABLES)
def test_every_declared_rule_becomes_an_expectation(name: str) -> None:
    suite = suite_for(TABLES[name], present=PRESENT)

    declared = [rule for column in TABLES[name].columns for rule in column.rules]
    assert [meta(expectation)["severity"] for expectation in suite.expectations] == [
        Severity.STOP.value,
        *(rule.severity.value for rule in declared),
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_expectation_says_its_rule_and_what_to_do(name: str) -> None:
    for expectation in suite_for(TABLES[name], present=PRESENT).expectations:
        assert meta(expectation).keys() == {"severity", "remedy", "rule"}
        assert all(meta(expectation).values())
        assert expectation.notes == [meta(expectation)["remedy"]]


def test_severity_is_told_to_great_expectations_in_its_words() -> None:
    suite = suite_for(TABLES["orders"], present={"orders": PRESENT["orders"]})

    assert {(meta(e)["severity"], e.severity.value) for e in suite.expectations} == {
        ("stop", "critical"),
        ("warn", "warning"),
    }


def test_declared_remedy_is_kept() -> None:
    suite = suite_for(TABLES["orders"], present={"orders": ("amount",)})

    remedies = {meta(e)["rule"]: meta(e)["remedy"] for e in suite.expectations}
    assert remedies["values are at least 0"] == "Negative `amount`: returns belong into `refunds`."


def test_absent_column_is_expected_only_where_it_is_required() -> None:
    suite = suite_for(TABLES["refunds"], present={"refunds": ("refund_id",)})

    absent = [
        e.configuration.kwargs["column"]
        for e in suite.expectations
        if meta(e)["rule"] == "the column is there"
    ]
    assert absent == ["customer_id", "refunded_at", "amount"]


def test_rule_without_an_expectation_is_refused() -> None:
    class Prime(Rule):
        pass

    schema = TableSchema("things", "one", (Column("size", "int64", "size", rules=(Prime(),)),))
    with pytest.raises(TypeError, match="Prime"):
        suite_for(schema, present={"things": ("size",)})
