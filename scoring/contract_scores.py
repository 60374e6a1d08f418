"""Scores a snapshot of customers under contract: predictions, stages and reasons, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from contracts.business import BusinessSettings
from contracts.reasons import FeatureMeaning
from scoring.contract_rows import (
    ContractStages,
    contracts_of,
    read_under_contract,
    score_contract_rows,
    stages_under_contract,
)
from scoring.explaining import explain_risk
from scoring.forecasts import (
    as_customers,
    read_snapshot,
    state_leaving,
    state_value,
    unseen_categories,
)
from scoring.registry import Champion, load, load_contracts
from scoring.rows import Snapshot, with_reasons
from scoring.settings import ScoringSettings


@dataclass(frozen=True)
class Champions:
    """Both champions, in the MLflow store below `root`."""

    root: Path
    churn: Champion
    clv: Champion


def score_contracts(  # noqa: PLR0913 - who is scored, by what, and what the company means
    features: ir.Table,
    subscriptions: ir.Table,
    champions: Champions,
    snapshot: Snapshot,
    *,
    business: BusinessSettings,
    scoring: ScoringSettings,
    meanings: Mapping[str, FeatureMeaning],
) -> tuple[ir.Table, tuple[str, ...]]:
    """Return the score rows of a snapshot, and what is to be told of unknown categories.

    Churn is stated of customers whose contract runs, value of those who ordered, an average of
    the others.

    Raises
    ------
    ModelMissing
        A champion is gone, is for another business, or needs features that the snapshot lacks.
    """
    churn_model = load_contracts(champions.root, champions.churn)
    clv_model = load(champions.root, champions.clv)
    contracts = contracts_of(
        features, subscriptions,
        words=business.payment_failure_reasons, horizon_days=champions.churn.horizon_days,
    )  # fmt: skip
    contracts = ibis.memtable(contracts.to_pyarrow())
    customers, ordered = read_under_contract(features, contracts), read_snapshot(features)
    seen = as_customers(customers, champions.churn, snapshot.as_of)
    leaving = {"customer_id": customers["customer_id"], **state_leaving(churn_model, seen)}
    value = {
        "customer_id": ordered["customer_id"],
        **state_value(clv_model, as_customers(ordered, champions.clv, snapshot.as_of)),
    }
    stated = pa.table(leaving).join(pa.table(value), "customer_id", join_type="full outer")
    cold_start = clv_model.cold_start
    rows = score_contract_rows(
        features, ibis.memtable(stated), contracts, snapshot,
        stages=ContractStages(business.new_days, scoring.at_risk_share),
        cold_start={} if cold_start is None else {
            "clv": cold_start.value, "expected_orders": cold_start.orders,
        },
    )  # fmt: skip
    rows = ibis.memtable(rows.to_pyarrow())
    reasons = explain_risk(
        churn_model, seen, customers, stages=stages_under_contract(rows), meanings=meanings
    )
    return with_reasons(rows, reasons), unseen_categories(champions.churn, customers)
