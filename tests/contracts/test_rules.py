"""Which rows break a rule, on values small enough to judge by eye."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts import rules
from contracts.breaking import as_plain, breaks
from contracts.rules import (
    Between,
    Facts,
    InProjectCurrency,
    Matches,
    NotFuture,
    NotNull,
    OneOf,
    Readable,
    RowRule,
    Rule,
    SetRule,
    Severity,
)
from contracts.schema import MONEY, TEXT, TIME, WHOLE

FACTS = Facts(datetime(2025, 6, 1, 3, tzinfo=UTC), currency="EUR")
DECLARED = [
    member
    for member in vars(rules).values()
    if isinstance(member, type) and issubclass(member, Rule) and "code" in vars(member)
]


@pytest.mark.parametrize(
    ("rule", "kind", "kept", "broken"),
    [
        (NotNull(), TEXT, ["a", ""], [None]),
        (Between(minimum=0, maximum=10), MONEY, ["0", "10.00", None], ["-0.01", "10.01"]),
        (Between(minimum=1900), WHOLE, ["1900", None], ["1899"]),
        (Between(maximum=1900), WHOLE, ["1900", None], ["1901"]),
        (Between(), WHOLE, ["1", None], []),
        (
            Between(minimum="1970-01-01"), TIME,
            ["1970-01-01 00:00:00", None], ["1969-12-31 23:59:59.999999"],
        ),
        (OneOf(values=("a", "b")), TEXT, ["a", "b", None], ["A", "", "ab"]),
        (
            Matches(pattern="[A-Z]{2}", form="DE"), TEXT,
            ["DE", None], ["DEU", "de", "", " DE", "DE\n"],
        ),
        # Either side of a choice is about the whole value.
        (Matches(pattern="a|bc", form="a"), TEXT, ["a", "bc"], ["ab", "xbc"]),
        (
            NotFuture(), TIME,
            ["2025-06-02 03:00:00", "1900-01-01", None], ["2025-06-02 03:00:00.000001"],
        ),
        (InProjectCurrency(), TEXT, ["EUR", None], ["eur", "USD", ""]),
    ],
)  # fmt: skip
def test_row_breaks_a_rule_by_its_value_and_null_breaks_one_rule_only(
    engine: Backend, rule: RowRule, kind: str, kept: list[str | None], broken: list[str | None]
) -> None:
    values = pa.array([*kept, *broken], pa.string())
    rows = engine.create_table("rows", pa.table({"value": values, "at": range(len(values))}))

    said = rows.order_by("at").mutate(said=breaks(rule, rows.value.cast(kind), FACTS))

    # NULL may stand for "no": whoever counts or filters takes it so.
    found = [answer is True for answer in said.said.to_pyarrow().to_pylist()]
    assert found == [False] * len(kept) + [True] * len(broken)


def test_whether_a_value_could_be_read_is_not_asked_of_the_value(engine: Backend) -> None:
    rows = engine.create_table("rows", pa.table({"value": [1]}))

    with pytest.raises(TypeError, match="Readable"):
        breaks(Readable(), rows.value, FACTS)


def test_facts_are_filled_in_and_what_a_broken_rule_does_is_kept() -> None:
    latest = as_plain(NotFuture(severity=Severity.STOP, remedy="Wait."), FACTS)
    assert latest == Between(maximum="2025-06-02T03:00:00", severity=Severity.STOP, remedy="Wait.")
    assert as_plain(InProjectCurrency(severity=Severity.WARN), FACTS) == OneOf(
        values=("EUR",), severity=Severity.WARN
    )
    assert as_plain(NotNull(), FACTS) == NotNull()


def test_every_rule_has_a_code_of_its_own_that_a_list_can_hold() -> None:
    codes = [rule.code for rule in DECLARED]
    assert len(set(codes)) == len(codes) == 9
    assert not [code for code in codes if set(code) & set(":,| ")]


@pytest.mark.parametrize("rule", DECLARED)
def test_every_rule_is_about_rows_or_about_sets_and_says_what_to_do(rule: type[Rule]) -> None:
    assert issubclass(rule, RowRule) is not issubclass(rule, SetRule)
    assert {"severity", "remedy", "escalates"} <= {field.name for field in fields(rule)}
