"""Profiles: what columns hold, in aggregates that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from ingestion.profile import ColumnProfile, profile_columns


def profile(engine: Backend, values: Sequence[str | None]) -> ColumnProfile:
    """Return the profile of one column of text."""
    rows = engine.create_table("t", pa.table({"c": pa.array(values, pa.string())}), overwrite=True)
    return profile_columns(rows)[0]


@pytest.mark.parametrize(
    ("values", "kind", "looks_like"),
    [
        (["2024-01-31", "2024-02-01 10:00:00 -0500"], "date", None),
        (["31.01.2024", "1.2.2024"], "date", None),
        (["20240131", "20240201"], "date", None),
        (["1", "-20", "1 000"], "whole number", None),
        (["1.50", "2"], "number", None),
        (["1.234,50 €", "0,17\u00a0€"], "number", None),
        (["ann@example.com", "bob@example.com"], "text", "e-mail"),
        (["+49 221 1234567", "(555) 123-4567", "0221/123456", "555-123-4567"], "text", "phone"),
        (["50999", "01067"], "whole number", "postcode"),
        (["SW1A 1AA", "M1 1AE"], "text", "postcode"),
        (["A-1", "B-2"], "text", None),
        ([None, "", "  "], "empty", None),
    ],
)
def test_a_column_is_what_its_values_can_be_read_as(
    values: list[str | None], kind: str, looks_like: str | None, engine: Backend
) -> None:
    found = profile(engine, values)
    assert (found.kind, found.looks_like) == (kind, looks_like)


def test_a_few_faults_do_not_change_what_a_column_is(engine: Backend) -> None:
    assert profile(engine, ["2024-01-31"] * 19 + ["soon"]).kind == "date"
    assert profile(engine, ["2024-01-31"] * 4 + ["soon"]).kind == "text"


def test_missing_distinct_and_lengths_are_counted(engine: Backend) -> None:
    found = profile(engine, ["ab", "ab", " abcd ", "", None])
    assert (found.rows, found.present, found.distinct) == (5, 3, 2)
    assert found.missing_share == pytest.approx(0.4)
    assert found.lengths == (2, 4)
    assert not found.is_unique


def test_dates_span_their_first_to_their_last_in_utc(engine: Backend) -> None:
    values: list[str | None] = [f"{day:02}.03.2024 23:30" for day in range(10, 20)]
    found = profile(engine, values)
    assert found.formats == ("%d.%m.%Y %H:%M",)
    assert found.dates == (datetime(2024, 3, 10, 23, 30), datetime(2024, 3, 19, 23, 30))  # noqa: DTZ001
    west = profile(engine, [f"2024-03-{day} 23:30:00 -0500" for day in range(10, 20)])
    assert west.dates == (datetime(2024, 3, 11, 4, 30), datetime(2024, 3, 20, 4, 30))  # noqa: DTZ001


def test_days_and_months_that_may_be_swapped_are_both_named(engine: Backend) -> None:
    assert profile(engine, ["01/02/2024", "03/04/2024"]).formats == ("%d/%m/%Y", "%m/%d/%Y")
    assert profile(engine, ["01/02/2024", "31/04/2024", "30/04/2024"]).formats == ("%d/%m/%Y",)


@pytest.mark.parametrize(
    ("values", "decimal", "span"),
    [
        (["1.50", "-2.00", "3", "4", "5"], ".", (-2.0, 5.0)),
        (["1.234,50 €", "2,00 €", "3 €", "4 €", "5 €"], ",", (2.0, 1234.5)),
        (["1,234.50", "2.00", "3", "4", "5"], ".", (2.0, 1234.5)),
    ],
)
def test_numbers_are_read_by_their_decimal_sign(
    values: list[str | None], decimal: str, span: tuple[float, float], engine: Backend
) -> None:
    found = profile(engine, values)
    assert found.decimal == decimal
    assert found.numbers == span


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("id", ["15551234567", "15551234568", "15551234569", "15551234570", "15551234571"]),
        ("zip", ["50999", "50998", "50997", "50996", "50995"]),
        ("born_birthday", [f"1970-01-0{day}" for day in range(1, 7)]),
        ("Geburtsdatum", [f"0{day}.01.1970" for day in range(1, 7)]),
        ("amount", ["10.00", "20.00", "30.00", "40.00"]),
    ],
)
def test_extremes_that_would_tell_of_one_person_are_left_out(
    name: str, values: list[str], engine: Backend
) -> None:
    rows = engine.create_table("t", pa.table({name: values}))
    found = profile_columns(rows)[0]
    assert found.kind in {"whole number", "number", "date"}
    assert (found.dates, found.numbers) == (None, None)


def test_text_is_never_part_of_a_profile(engine: Backend) -> None:
    values: list[str | None] = ["Sabine Mustermann", "sabine@example.com", "+49 221 1234567"] * 5
    shown = repr(profile(engine, values))
    for word in ("Sabine", "example", "1234567"):
        assert word not in shown


def test_typed_columns_are_profiled_as_text_ones_are(engine: Backend) -> None:
    days = [datetime(2024, 1, day) for day in range(1, 7)]  # noqa: DTZ001
    typed = pa.table({"when": days, "sum": [1.5, 2.5, 3.5, 4.5, 5.5, None], "n": list(range(6))})
    when, total, count = profile_columns(engine.create_table("t", typed))
    assert (when.kind, when.dates) == ("date", (days[0], days[-1]))
    assert (total.kind, total.numbers, total.present) == ("number", (1.5, 5.5), 5)
    assert (count.kind, count.numbers) == ("whole number", (0, 5))


def test_wide_tables_keep_their_order_and_tables_without_rows_are_empty(engine: Backend) -> None:
    names = [f"c{number}" for number in range(40)]
    wide = engine.create_table("wide", pa.table({name: [str(n)] for n, name in enumerate(names)}))
    assert [column.name for column in profile_columns(wide)] == names
    bare: ir.Table = wide.filter(ibis.literal(False))
    assert {(one.kind, one.rows, one.missing_share) for one in profile_columns(bare)} == {
        ("empty", 0, 0.0)
    }
