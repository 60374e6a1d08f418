"""The rows that scoring writes where customers leave by the end of their contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from contracts.leaving import Cause, contracts_at, outcome, standing
from contracts.schema import SNAPSHOT_KEY
from scoring.rows import Snapshot, complete


@dataclass(frozen=True)
class ContractStages:
    """Where one lifecycle stage ends and the next begins."""

    new_days: int
    at_risk_share: float


def contracts_of(
    features: ir.Table, subscriptions: ir.Table, *, words: Collection[str], horizon_days: int
) -> ir.Table:
    """Return how the customers of one snapshot stand who ever were under contract, by customer_id.

    Columns: those of `contracts.leaving.standing`; `contract_age_days` of the oldest running one;
    and of who is leaving, as is known, `known_voluntary` and `known_payment`: 1 where the end lies
    within the horizon and is for that cause, else 0.
    """
    contracts = contracts_at(features, subscriptions, words)
    until = _.snapshot_date.cast("timestamp") + ibis.interval(days=horizon_days)
    known = outcome(contracts.filter(_.is_running), SNAPSHOT_KEY, until)
    people = standing(contracts)
    age = people.snapshot_date.delta(people.began.date(), unit="day")
    people = people.mutate(contract_age_days=age).left_join(known, SNAPSHOT_KEY)
    return people.select(
        "customer_id", "running", "is_leaving", "was_away", "contract_age_days",
        known_voluntary=(~_.stays & ~_.is_unpaid).cast("float64"),
        known_payment=(~_.stays & _.is_unpaid).cast("float64"),
    )  # fmt: skip


def read_under_contract(features: ir.Table, contracts: ir.Table) -> pa.Table:
    """Return the customers whose contract runs to no known end, with their features, by id."""
    asked = contracts.filter((_.running > 0) & ~_.is_leaving)
    return features.semi_join(asked, "customer_id").order_by("customer_id").to_pyarrow()


def score_contract_rows(  # noqa: PLR0913 - what is known of each customer, by whom it was stated
    features: ir.Table,
    predictions: ir.Table,
    contracts: ir.Table,
    snapshot: Snapshot,
    *,
    stages: ContractStages,
    cold_start: Mapping[str, float],
) -> ir.Table:
    """Return one row per scorable customer, in order of id, with all of `SCORE_COLUMNS`.

    `predictions` has customer_id and columns of the scores by their names, `contracts` is what
    `contracts_of` returns. Who is leaving for sure is stated as known and is not ranked; of who is
    under no contract, no probability is stated. `cold_start` is of customers who never ordered.
    """
    rows = features.left_join(predictions, "customer_id").drop("customer_id_right")
    rows = rows.left_join(contracts, "customer_id").drop("customer_id_right")
    rows = rows.mutate(
        is_cold_start=_.days_since_last_order.isnull(),
        is_leaving=_.is_leaving.fill_null(False),
        days_overdue=(_.days_since_last_order - _.gap_median).clip(lower=0.0),
    )
    rows = rows.mutate(
        **{
            name: ibis.ifelse(_.is_cold_start, ibis.literal(value), _[name])
            for name, value in cold_start.items()
        },
        **{
            f"churn_{cause}_probability": ibis.ifelse(
                _.is_leaving, _[f"known_{cause}"], _[f"churn_{cause}_probability"]
            )
            for cause in Cause
        },
        is_ranked=((_.running > 0) & ~_.is_leaving).fill_null(False),
    )
    rows = rows.mutate(
        churn_probability=_.churn_voluntary_probability + _.churn_payment_probability
    )
    rank = ibis.percent_rank().over(group_by="is_ranked", order_by="churn_probability")
    rows = rows.mutate(
        churn_percentile=ibis.ifelse(_.is_ranked, 100 * rank, ibis.null("float64"))
    ).mutate(lifecycle_stage=contract_stage(stages))
    return complete(rows, snapshot)


def contract_stage(stages: ContractStages) -> ir.StringValue:
    """Return the stage of a row with the columns of `contracts_of` and `churn_percentile`.

    The first that applies: `new` (never under contract), `lost` (no contract runs), `at_risk` (the
    end is known), `returned` and `new` (the contract began lately, after one had ended or as the
    first), `at_risk` (the highest churn probabilities), `active`.
    """
    is_young = (_.contract_age_days <= stages.new_days).fill_null(False)
    return ibis.cases(
        (_.running.isnull(), "new"),
        (_.running == 0, "lost"),
        (_.is_leaving, "at_risk"),
        (is_young & _.was_away, "returned"),
        (is_young, "new"),
        (_.churn_percentile >= 100 * (1 - stages.at_risk_share), "at_risk"),
        else_="active",
    )


def stages_under_contract(rows: ir.Table) -> npt.NDArray[np.str_]:
    """Return the stage of every customer who is ranked, in order of id."""
    ranked = rows.filter(_.churn_percentile.notnull()).order_by("customer_id")
    return np.array(ranked.select("lifecycle_stage").to_pyarrow()[0].to_pylist(), dtype=str)
