"""Contracts: age, changes of plan, price, and the days to the next anniversary."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from features.family import Feature, FeatureFamily, within
from features.stream import Stream, Tables

_YEAR_DAYS = 365
_RUNS = _.ended_at.isnull()


def _contracts(tables: Tables) -> ir.Table:
    """Return one event per contract; is_plan_change where the one before had another plan."""
    contracts = tables["subscriptions"].select(
        "customer_id", "subscription_id", "ended_at", "end_reason", "plan", "price",
        occurred_at=_.started_at,
    )  # fmt: skip
    history = ibis.window(group_by="customer_id", order_by=["occurred_at", "subscription_id"])
    before = contracts.plan.lag().over(history)
    return contracts.mutate(is_plan_change=(contracts.plan != before).fill_null(False))


CONTRACT = FeatureFamily(
    name="contract",
    stream=Stream(
        "contracts", ("subscriptions",), _contracts, known_later={"ended_at": ("end_reason",)}
    ),
    description="Contracts that run or have ended, their age, price and changes.",
    absence="no contract runs",
    meaning="contract",
    features=(
        Feature("contract_count", _.count(), "contracts", "contracts so far", 0),
        Feature("running_contract_count", _.count(where=_RUNS), "contracts", "that run", 0),
        Feature(
            "contract_days", _.age_days.max(where=_RUNS), "days",
            "since the oldest running contract began", told_as="contract_age",
        ),
        Feature(
            "days_to_contract_anniversary",
            (_YEAR_DAYS - _.age_days.max(where=_RUNS) % _YEAR_DAYS) % _YEAR_DAYS, "days",
            "until that contract is a whole number of years of 365 days old: its next notice date, "
            "if it is renewed by the year", told_as="contract_anniversary",
        ),
        Feature(
            "contract_price", _.price.sum(where=_RUNS), "money", "prices of the running contracts"
        ),
        Feature(
            "contract_plan", _.plan.max(where=_RUNS), "category",
            "tariff of the running contract; of several the last one by name", is_category=True,
            meaning="profile",
        ),
        Feature(
            "plan_change_count", _.is_plan_change.cast("int64").sum(), "changes",
            "contracts with another plan than the one before", 0,
        ),
        Feature(
            "plan_change_count_365d", _.is_plan_change.cast("int64").sum(where=within(365)),
            "changes", "the same, begun in the last 365 days", 0, told_as="plan_changes",
        ),
        Feature(
            "ended_contract_count", _.ended_at.count(), "contracts", "contracts that have ended", 0
        ),
        Feature(
            "days_since_contract_end",
            _.snapshot_date.max().delta(_.ended_at.max().date(), unit="day"), "days",
            "since a contract ended last", absence="no contract has ended", told_as="contract_end",
        ),
    ),
)  # fmt: skip
