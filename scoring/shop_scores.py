"""Scores a snapshot of a shop's customers: predictions, stages and reasons, as rows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import pyarrow as pa

from contracts.business import BusinessSettings
from contracts.reasons import FeatureMeaning
from scoring.explaining import AT_RISK, explain_risk
from scoring.forecasts import (
    state_churn,
    state_cold_start,
    state_value,
    unseen_categories,
)
from scoring.registry import load
from scoring.rows import LifecycleRules, Snapshot, score_rows, stages_of, with_reasons
from scoring.scored import Champions, Scored, drift_since
from scoring.settings import ScoringSettings
from scoring.snapshot import SnapshotTables

# What a row takes of the features beside what models state.
OF_ROWS = ("days_since_last_order", "gap_median", "gap_last", "T", "frequency")


def score_shop(  # noqa: PLR0913 - who is scored, by what, and what the company means
    features: SnapshotTables,
    champions: Champions,
    snapshot: Snapshot,
    *,
    business: BusinessSettings,
    scoring: ScoringSettings,
    meanings: Mapping[str, FeatureMeaning],
) -> Scored:
    """Return the scores of a snapshot; who never ordered gets an average.

    Raises
    ------
    ModelMissing
        A champion is gone, is for another business, or needs features that the snapshot lacks.
    """
    churn_model, clv_model = (
        load(champions.root, each) for each in (champions.churn, champions.clv)
    )
    customers, seen, seen_by_clv = champions.read(features, snapshot.as_of)
    stated = {**state_churn(churn_model, seen), **state_value(clv_model, seen_by_clv)}
    rows = score_rows(
        features.having(*OF_ROWS),
        ibis.memtable(pa.table({"customer_id": customers, **stated})),
        snapshot,
        rules=LifecycleRules(
            lost_after_days=champions.churn.lost_after_days or 0,  # None is of contracts, refused
            new_days=business.new_days,
            at_risk_share=scoring.at_risk_share,
        ),
        cold_start=state_cold_start(churn_model, clv_model),
    )
    # Once, not again for every question that is asked of it.
    rows = ibis.memtable(rows.to_pyarrow())
    stages = stages_of(rows)
    at_risk = features.of(customers.filter(pa.array(stages == AT_RISK)))
    reasons = explain_risk(churn_model, seen, at_risk, stages=stages, meanings=meanings)
    drifts = (
        drift_since(champions.churn, churn_model, seen, stated["churn_probability"]),
        drift_since(champions.clv, clv_model, seen_by_clv, stated["clv"]),
    )
    unseen = unseen_categories(champions.churn, seen)
    return Scored(with_reasons(rows, reasons), unseen, drifts)
