"""What a person reads and what a flow keeps."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

from contracts.rules import Severity
from validation import Finding, Verdict

REPEATED = Finding(
    table="orders",
    column="order_id",
    code="repeated",
    rule="no value occurs twice",
    severity=Severity.REJECT,
    rows=12345,
    failed_rows=1200,
    remedy="Deliver each key once.",
)
NEGATIVE = Finding(
    table="orders",
    column="amount",
    code="out_of_range",
    rule="values are at least 0",
    severity=Severity.WARN,
    rows=12345,
    failed_rows=1,
    remedy="",
)
UNKNOWN = Finding(
    table="orders",
    column="customer_id",
    code="unknown",
    rule="values stand in customers.customer_id",
    severity=Severity.WARN,
    rows=12345,
    failed_rows=9000,
    remedy="Deliver the missing customers.",
    escalates=True,
)
EMPTY = Finding(
    table="refunds",
    column=None,
    code="empty",
    rule="the table has rows",
    severity=Severity.STOP,
    rows=0,
    failed_rows=0,
    remedy="Deliver it again.",
)
VERDICT = Verdict(
    findings=(NEGATIVE, REPEATED, UNKNOWN, EMPTY),
    rules_checked=17,
    rows={"orders": 12345, "refunds": 0},
    rejected={"orders": 1100},
)


def test_findings_are_told_apart_by_what_they_do_to_the_run() -> None:
    assert VERDICT.stops == (EMPTY,)
    assert VERDICT.rejects == (REPEATED,)
    assert VERDICT.warnings == (NEGATIVE, UNKNOWN)
    assert VERDICT.by_effect == (EMPTY, REPEATED, NEGATIVE, UNKNOWN)


def test_escalated_warning_stops_the_run() -> None:
    escalated = replace(UNKNOWN, escalated=True)
    verdict = replace(VERDICT, findings=(NEGATIVE, escalated))

    assert verdict.stops == (escalated,)
    assert verdict.warnings == (NEGATIVE,)
    assert verdict.describe()[1] == (
        "Stop: table `orders`, column `customer_id`: 9,000 of 12,345 rows break "
        '"values stand in customers.customer_id", too many for a warning. '
        "Deliver the missing customers."
    )


def test_description_says_where_how_many_which_rule_and_what_to_do() -> None:
    assert VERDICT.describe() == (
        "17 rules checked on 12,345 rows (orders, refunds), of which 1,100 are kept out: "
        "1 broken that stop the run, 1 that keep rows out, 2 to know of.",
        'Stop: table `refunds` breaks "the table has rows". Deliver it again.',
        "Rejected: table `orders`, column `order_id`: 1,200 of 12,345 rows break "
        '"no value occurs twice". Deliver each key once.',
        'Warning: table `orders`, column `amount`: 1 of 12,345 rows break "values are at least 0".',
        "Warning: table `orders`, column `customer_id`: 9,000 of 12,345 rows break "
        '"values stand in customers.customer_id". Deliver the missing customers.',
    )


def test_what_was_found_stands_in_place_of_a_count_of_rows() -> None:
    shrunk = replace(EMPTY, found="1,000 rows before, 700 now")

    assert shrunk.describe() == "Stop: table `refunds`: 1,000 rows before, 700 now. " + EMPTY.remedy


def test_verdict_survives_json() -> None:
    kept = Verdict.from_json(json.loads(json.dumps(VERDICT.to_json())))

    assert kept == VERDICT
    assert kept.describe() == VERDICT.describe()


def test_importing_the_room_does_not_import_great_expectations() -> None:
    code = (
        "import sys, validation, validation.volume, validation.time_gate, validation.deletions, "
        "validation.enough, validation.explain; sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
