"""What the warning model says of the customers who are watched at a date."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from forecasting.warning import WarningModel
from scoring.forecasts import read_snapshot, seen_by


def score_watched(model: WarningModel, features: ir.Table, as_of: date, *, label: str) -> pa.Table:
    """Return the watched customers at a date, in order of id, and how likely each has left.

    Columns: customer_id, days_since_last_order, gap_median, left_log_odds (of having left after the
    last order). `features` are those of the pool; `label` names the model.

    Raises
    ------
    ModelMissing
        The features lack some that the model was fitted on.
    """
    snapshot = read_snapshot(features)
    seen = seen_by(model.contract, snapshot, as_of, label=label)
    told = ["customer_id", "days_since_last_order", "gap_median"]
    log_odds = pa.array(model.log_odds_left(seen))
    return snapshot.select(told).append_column("left_log_odds", log_odds)
