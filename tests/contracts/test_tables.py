from __future__ import annotations

import pytest

from contracts.rules import NotNull, Readable, RefersTo, Severity, Unique
from contracts.schema import (
    BATCH_COLUMNS,
    DIRECT_IDENTIFIERS,
    FLAG,
    MONEY,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    TableSchema,
)
from contracts.tables import CUSTOMERS, TABLES

each_table = pytest.mark.parametrize("schema", TABLES.values(), ids=list(TABLES))


@each_table
def test_a_table_is_found_under_its_name(schema: TableSchema) -> None:
    assert TABLES[schema.name] is schema


@each_table
def test_column_names_are_unique_and_leave_room_for_the_batch(schema: TableSchema) -> None:
    names = [column.name for column in schema.columns] + list(BATCH_COLUMNS)
    assert len(set(names)) == len(names)


@each_table
def test_columns_have_one_of_the_declared_types(schema: TableSchema) -> None:
    assert {column.type for column in schema.columns} <= {TEXT, TIME, MONEY, NUMBER, WHOLE, FLAG}


@each_table
def test_every_reference_points_to_a_column_of_the_same_type(schema: TableSchema) -> None:
    for column in schema.columns:
        for rule in column.rules:
            if isinstance(rule, RefersTo):
                assert rule.column in TABLES[rule.table]
                assert TABLES[rule.table][rule.column].type == column.type


def test_rows_of_a_customer_refer_to_the_customers() -> None:
    referring = {
        schema.name
        for schema in TABLES.values()
        for column in schema.columns
        for rule in column.rules
        if isinstance(rule, RefersTo) and rule.table == "customers"
    }
    with_customer = {name for name, schema in TABLES.items() if "customer_id" in schema}
    # Identities may be those of people who never ordered, where customers are derived.
    assert referring == with_customer - {"customers", "identities"}


@each_table
def test_required_columns_forbid_null(schema: TableSchema) -> None:
    for column in schema.columns:
        if column.required:
            assert any(isinstance(rule, NotNull) for rule in column.rules), column.name


@each_table
def test_every_table_has_a_required_column(schema: TableSchema) -> None:
    assert any(column.required for column in schema.columns)


@each_table
def test_key_is_made_of_columns_and_one_that_is_unique_is_the_key(schema: TableSchema) -> None:
    assert schema.key
    assert all(name in schema for name in schema.key)
    for column in schema.columns:
        if any(isinstance(rule, Unique) for rule in column.rules):
            assert schema.key == (column.name,)
            assert not schema.shares_key


@each_table
def test_typed_column_can_be_read_or_costs_its_row_only_if_it_is_required(
    schema: TableSchema,
) -> None:
    for column in schema.columns:
        readable = [rule for rule in schema.rules_of(column) if isinstance(rule, Readable)]
        assert len(readable) == (column.type != TEXT)
        for rule in readable:
            costly = Severity.STOP if schema.keeps_every_row else Severity.REJECT
            assert rule.severity is (costly if column.required else Severity.WARN)
            assert rule.escalates is not column.required


def test_no_rule_of_the_ledger_of_consents_keeps_a_row_out() -> None:
    ledger = TABLES["consents"]
    assert ledger.keeps_every_row
    severities = {rule.severity for column in ledger.columns for rule in ledger.rules_of(column)}
    assert severities == {Severity.STOP, Severity.WARN}


def test_only_identities_name_people() -> None:
    assert [name for name, schema in TABLES.items() if schema.holds_identifiers] == ["identities"]


@each_table
def test_facts_are_dated_by_a_time_column(schema: TableSchema) -> None:
    if schema.occurred_at is not None:
        assert schema[schema.occurred_at].type == TIME


def test_customers_hold_no_direct_identifiers() -> None:
    assert not DIRECT_IDENTIFIERS & {column.name for column in CUSTOMERS.columns}


def test_a_column_is_found_by_its_name_and_no_other() -> None:
    assert CUSTOMERS["country"].description == "ISO 3166 code"
    assert "country" in CUSTOMERS
    assert "county" not in CUSTOMERS
    with pytest.raises(KeyError, match="county"):
        CUSTOMERS["county"]
