"""What a person reads and what a flow keeps."""

from __future__ import annotations

import json
import subprocess
import sys

from contracts.rules import Severity
from validation import Finding, Verdict

REPEATED = Finding(
    table="orders",
    column="order_id",
    rule="no value occurs twice",
    severity=Severity.STOP,
    rows=12345,
    failed_rows=1200,
    remedy="Deliver each key once.",
)
NEGATIVE = Finding(
    table="orders",
    column="amount",
    rule="values are at least 0",
    severity=Severity.WARN,
    rows=12345,
    failed_rows=1,
    remedy="",
)
EMPTY = Finding(
    table="refunds",
    column=None,
    rule="the table has rows",
    severity=Severity.STOP,
    rows=0,
    failed_rows=0,
    remedy="Deliver it again.",
)
VERDICT = Verdict(
    findings=(NEGATIVE, REPEATED, EMPTY), rules_checked=17, rows={"orders": 12345, "refunds": 0}
)


def test_findings_are_told_apart_by_what_they_do_to_the_run() -> None:
    assert VERDICT.stops == (REPEATED, EMPTY)
    assert VERDICT.warnings == (NEGATIVE,)


def test_description_says_where_how_many_which_rule_and_what_to_do() -> None:
    assert VERDICT.describe() == (
        "17 rules checked on 12,345 rows (orders, refunds): "
        "2 broken that stop the run, 1 to know of.",
        "Stop: table `orders`, column `order_id`: 1,200 of 12,345 rows break "
        '"no value occurs twice". Deliver each key once.',
        'Stop: table `refunds` breaks "the table has rows". Deliver it again.',
        'Warning: table `orders`, column `amount`: 1 of 12,345 rows break "values are at least 0".',
    )


def test_verdict_survives_json() -> None:
    kept = Verdict.from_json(json.loads(json.dumps(VERDICT.to_json())))

    assert kept == VERDICT
    assert kept.describe() == VERDICT.describe()


def test_importing_the_room_does_not_import_great_expectations() -> None:
    code = "import sys, validation; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
