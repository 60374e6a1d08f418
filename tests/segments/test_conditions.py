"""Conditions of segments say what they seem to say, and nothing else can be said."""

from __future__ import annotations

from datetime import date

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segments.conditions import BadCondition, read_condition

COLUMNS = {
    "customer_id": "string", "lifecycle_stage": "string", "clv": "float64",
    "is_valuable": "boolean", "next_order_p50": "date", "churn_percentile": "float64",
}  # fmt: skip
ROWS = ibis.memtable(
    [
        {"customer_id": "c1", "lifecycle_stage": "at_risk", "clv": 100.0, "is_valuable": True,
         "next_order_p50": date(2024, 1, 1), "churn_percentile": 95.0},
        {"customer_id": "c2", "lifecycle_stage": "active", "clv": 50.0, "is_valuable": False,
         "next_order_p50": date(2024, 6, 1), "churn_percentile": 20.0},
        {"customer_id": "c3", "lifecycle_stage": "lost", "clv": None, "is_valuable": False,
         "next_order_p50": None, "churn_percentile": None},
    ],
    schema=COLUMNS,
)  # fmt: skip


def met(text: str) -> list[str]:
    found = ROWS.filter(read_condition(text, COLUMNS)).order_by("customer_id").to_pyarrow()
    return [row["customer_id"] for row in found.to_pylist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lifecycle_stage = 'at_risk' AND is_valuable", ["c1"]),
        ("lifecycle_stage IN ('active', 'lost')", ["c2", "c3"]),
        ("lifecycle_stage NOT IN ('active', 'lost')", ["c1"]),
        ("clv BETWEEN 40 AND 60 OR lifecycle_stage = 'lost'", ["c2", "c3"]),
        ("clv IS NULL", ["c3"]),
        ("clv IS NOT NULL AND NOT is_valuable", ["c2"]),
        ("clv * 2 - 50 >= 150.0", ["c1"]),
        ("clv <> 50", ["c1"]),
        ("-clv < -60", ["c1"]),
        ("churn_percentile / 0 > 1", []),
        ("next_order_p50 < DATE '2024-02-01'", ["c1"]),
        ("is_valuable IS TRUE", ["c1"]),
        ("is_valuable = false and (clv > 10 or clv is null)", ["c2", "c3"]),
        ("customer_id = 'x'' OR 1=1 --'", []),
    ],
)
def test_a_condition_is_met_by_the_rows_it_says(text: str, expected: list[str]) -> None:
    assert met(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not one condition"),
        ("clv >", "cannot be read"),
        ("clv", "neither true nor false"),
        ("clv > 'much'", "does not fit"),
        ("clv > 9223372036854775808", "does not fit"),
        ("'a' + 1 = 2", "does not fit"),
        ("churn > 0.5", "`churn`, which is no column; there are churn_percentile, clv"),
        ("scores.clv > 1", "which is no column"),
        ("clv > 1; DROP TABLE scores", "not one condition"),
        ("EXISTS (SELECT 1)", "takes"),
        ("clv > (SELECT max(clv) FROM scores)", "takes"),
        ("read_text('/etc/passwd') = 'x'", "takes"),
        ("lower(customer_id) = 'c1'", "takes"),
        ("customer_id LIKE '%1'", "takes"),
        ("CAST(clv AS TEXT) = '1'", "only DATE"),
        ("next_order_p50 < DATE '2024-13-01'", "no date"),
        ("lifecycle_stage IN (SELECT 'a')", "IN without a list"),
        ("clv > 1 " + "AND clv > 1 " * 200, "longer than"),
        ("SELECT 1", "takes"),
        ("__import__('os').system('true')", "takes"),
    ],
)
def test_all_else_is_refused_with_a_reason(text: str, told: str) -> None:
    with pytest.raises(BadCondition, match=told.replace("(", r"\(")):
        read_condition(text, COLUMNS)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    try:
        condition = read_condition(text, COLUMNS)
    except BadCondition:
        return
    assert ROWS.filter(condition).count().to_pyarrow().as_py() <= 3
