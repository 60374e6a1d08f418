"""Counts, beside a training, who came back after having been called churned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from flows.progress import step

if TYPE_CHECKING:
    from training.lessons import Lessons
    from training.returns import Returned


def find_returns(lessons: Lessons, orders: ir.Table) -> tuple[Returned, ...]:
    """Return who came back after having been called churned, of half to twice the horizon.

    Nobody of contracts: who ends one and begins another is counted by their labels.
    """
    from training.at_risk import lost_after_days
    from training.returns import count_returns

    if lessons.business.is_contract:
        return ()
    split = lessons.splits["churn"]
    lost_after = lost_after_days(lessons.panel.at([split.holdout]), lessons.business)
    known_until = split.final.as_of - timedelta(days=split.final.label_lag_days)
    with step("count returns") as done:
        found = count_returns(
            orders, as_of=known_until, horizon_days=split.final.horizon_days,
            lost_after_days=lost_after,
        )  # fmt: skip
        told = [f"{each.rate:.1%} after {each.horizon_days} days" for each in found]
        done.outcome = ", ".join(told) or "too few churned customers, or too short a history"
    return found
