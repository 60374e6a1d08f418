"""What the warning model says of the customers who are watched at a date."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from forecasting.customers import Customers, day_number
from forecasting.warning import WarningModel
from scoring.forecasts import check_features
from scoring.snapshot import SnapshotTables


def score_watched(
    model: WarningModel, features: SnapshotTables, as_of: date, *, label: str
) -> pa.Table:
    """Return the watched customers at a date, in order of id, and how likely each has left.

    Columns: customer_id, days_since_last_order, gap_median, left_log_odds (of having left after the
    last order). `features` may be those of everybody; `label` names the model.

    Raises
    ------
    ModelMissing
        The features lack some that the model was fitted on.
    """
    check_features(model.contract, features.feature_names, label=label)
    is_watched = (_.frequency >= model.min_order_days - 1) & (
        _.days_since_last_order <= model.silent_days
    )
    told = features.having("days_since_last_order", "gap_median", "frequency").filter(is_watched)
    watched = told.drop("frequency").to_pyarrow()
    watched = watched.take(pc.sort_indices(watched["customer_id"]))
    _ids, [X] = features.read([model.contract], watched["customer_id"])
    seen = Customers(X, model.contract.names, day_number(as_of))
    return watched.append_column("left_log_odds", pa.array(model.log_odds_left(seen)))
