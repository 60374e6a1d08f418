"""How much may be wrong before a run stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.rules import Severity
from validation.limits import escalate, too_many_rejected
from validation.verdict import Finding

UNKNOWN = Finding(
    table="orders",
    column="customer_id",
    code="unknown",
    rule="values stand in customers.customer_id",
    severity=Severity.WARN,
    rows=100,
    failed_rows=2,
    remedy="",
    escalates=True,
)


def test_warning_escalates_above_the_limit_and_not_at_it() -> None:
    more = replace(UNKNOWN, failed_rows=3)

    kept, escalated = escalate([UNKNOWN, more], max_rejected_shares={"orders": 0.02})

    assert kept == UNKNOWN
    assert escalated == replace(more, escalated=True)


def test_warning_that_does_not_escalate_never_stops() -> None:
    all_rows = replace(UNKNOWN, escalates=False, failed_rows=100)

    assert escalate([all_rows], max_rejected_shares={"orders": 0.02}) == (all_rows,)


def test_too_many_rejected_rows_are_said_with_the_figures_and_what_to_do() -> None:
    (finding,) = too_many_rejected(
        {"orders": 3_100, "customers": 20},
        rows={"orders": 100_000, "customers": 1_000},
        max_rejected_shares={"orders": 0.02, "customers": 0.02},
    )

    assert finding.describe() == (
        "Stop: table `orders`: 3,100 of 100,000 rows are rejected; at most 2 % may be. Look at "
        "them in the quarantine (`stammkunde validate --explain`) and correct the source or its "
        "settings, or raise `max_rejected_share` under [validation] or of [sources.orders]."
    )


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.005, "0.5 %"), (1.0, "100 %")])
def test_limit_is_said_as_people_write_it(share: float, said: str) -> None:
    limits = [
        finding.found.split("at most ")[1]
        for finding in too_many_rejected(
            {"a": 11}, rows={"a": 10}, max_rejected_shares={"a": share}
        )
    ]
    assert limits == [f"{said} may be"]
