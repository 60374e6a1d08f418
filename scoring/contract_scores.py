"""Scores a snapshot of customers under contract: predictions, stages and reasons, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from contracts.business import BusinessSettings
from contracts.reasons import FeatureMeaning
from scoring.contract_rows import (
    ContractStages,
    contracts_of,
    read_under_contract,
    score_contract_rows,
    stages_under_contract,
)
from scoring.drift import drift_of, drift_record
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
) -> tuple[ir.Table, dict[str, Any]]:
    """Return the score rows of a snapshot, and what `scoring.drift.drift_record` keeps of it.

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
    seen_by_clv = as_customers(ordered, champions.clv, snapshot.as_of)
    value = {"customer_id": ordered["customer_id"], **state_value(clv_model, seen_by_clv)}
    churn = leaving["churn_voluntary_probability"], leaving["churn_payment_probability"]
    drifts = {
        "churn": drift_of(
            churn_model, seen, pc.add(*churn).to_numpy(), label=champions.churn.label
        ),
        "clv": drift_of(clv_model, seen_by_clv, value["clv"].to_numpy(), label=champions.clv.label),
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
    also = unseen_categories(champions.churn, customers)
    return with_reasons(rows, reasons), drift_record(drifts, also=also)
