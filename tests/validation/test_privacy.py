"""No value of a row leaves the engine: not into results, verdict, pages or log."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from contracts.rules import Facts
from contracts.tables import TABLES
from validation.checkpoint import validate

FACTS = Facts(datetime(2025, 6, 1, tzinfo=UTC), currency="EUR")

CANARY = "canary@example.com"
IDENTIFIERS = [
    column.name for column in TABLES["identities"].columns if column.name != "customer_id"
]


def tables() -> dict[str, ir.Table]:
    """Tables whose every broken rule is broken by the canary."""
    day = datetime.fromisoformat("2025-01-01")
    columns = {
        "campaigns": {"campaign_id": ["k1"], "starts_at": [day]},
        "contacts": {
            "campaign_id": ["k1", CANARY],
            "customer_id": ["c1", CANARY],
            "contacted_at": [day, day],
            "arm": ["treated", CANARY],
        },
        "customers": {"customer_id": ["c1", "c2"], "country": ["DE", CANARY]},
        "identities": {
            "customer_id": ["c1", "c1"],
            **{column: [CANARY, CANARY] for column in IDENTIFIERS},
            "faults": [None, f"{CANARY}:unreadable"],
        },
        "orders": {
            "order_id": [CANARY, CANARY],
            "customer_id": ["c1", CANARY],
            "ordered_at": [day, day],
            "amount": [None, 2],
            "currency": ["EUR", CANARY],
            "faults": [f"amount:unreadable,{CANARY}", None],
        },
    }
    return {name: ibis.memtable(pa.table(content)) for name, content in columns.items()}


def test_value_that_breaks_rules_is_in_no_page_verdict_or_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        verdict = validate(tables(), docs=tmp_path, facts=FACTS)

    assert {finding.rule for finding in verdict.findings} == {
        "no value occurs twice",
        "values are one of treated, holdout",
        "values look like two capital letters, as in DE",
        "amounts are in the project's currency, EUR",
        "values can be read as amounts",
        "values stand in campaigns.campaign_id",
        "values stand in customers.customer_id",
    }
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 1 + 5
    assert not [path for path in written if CANARY.encode() in path.read_bytes()]
    assert CANARY not in json.dumps(verdict.to_json()) + repr(verdict) + caplog.text
