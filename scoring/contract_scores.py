"""Scores a snapshot of customers under contract: predictions, stages and reasons, as rows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import numpy as np
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
from scoring.explaining import AT_RISK, explain_risk
from scoring.forecasts import (
    as_customers,
    read_snapshot,
    state_leaving,
    state_value,
    unseen_categories,
)
from scoring.registry import load, load_contracts
from scoring.rows import Snapshot, with_reasons
from scoring.scored import Champions, Scored, drift_since
from scoring.settings import ScoringSettings


def score_contracts(  # noqa: PLR0913 - who is scored, by what, and what the company means
    features: ir.Table,
    subscriptions: ir.Table,
    champions: Champions,
    snapshot: Snapshot,
    *,
    business: BusinessSettings,
    scoring: ScoringSettings,
    meanings: Mapping[str, FeatureMeaning],
) -> Scored:
    """Return the scores of a snapshot.

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
    stages = stages_under_contract(rows)
    at_risk = customers.take(np.flatnonzero(stages == AT_RISK))
    reasons = explain_risk(churn_model, seen, at_risk, stages=stages, meanings=meanings)
    churn = pc.add(leaving["churn_voluntary_probability"], leaving["churn_payment_probability"])
    drifts = (
        drift_since(champions.churn, churn_model, seen, churn),
        drift_since(champions.clv, clv_model, seen_by_clv, value["clv"]),
    )
    unseen = unseen_categories(champions.churn, seen)
    return Scored(with_reasons(rows, reasons), unseen, drifts)
