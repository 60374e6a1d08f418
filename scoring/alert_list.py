"""The alert list of a date: who is told of, and on which silence the flag lies."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date

import numpy as np
import pyarrow as pa
from scipy.special import expit

from forecasting.alerts import Budget, choose, rank_score
from forecasting.warning_settings import WarningSettings

ALERT_COLUMNS = {
    "customer_id": pa.string(),
    "as_of": pa.date32(),
    "place": pa.int64(),
    "left_probability": pa.float64(),
    "last_order_on": pa.date32(),
    "days_since_last_order": pa.int64(),
    "days_to_lost": pa.int64(),
    "usual_gap_days": pa.float64(),
    "model": pa.string(),
}


def no_alerts() -> pa.Table:
    """Return the list of a date on which nobody is told of."""
    return pa.schema(ALERT_COLUMNS).empty_table()


def list_alerts(  # noqa: PLR0913 - who is watched, who was told of, and by which rules
    watched: pa.Table,
    flagged: AbstractSet[tuple[str, date]],
    *,
    as_of: date,
    budget: Budget,
    settings: WarningSettings,
    model: str,
) -> pa.Table:
    """Return the alerts of a date with all of `ALERT_COLUMNS`, the surest first.

    `watched` is what `scoring.watching.score_watched` returns; `flagged` are the customers
    who were told of before, with the last order they had then: until the next they are not told of
    again.
    """
    silent = watched["days_since_last_order"].to_numpy()
    p_left = expit(watched["left_log_odds"].to_numpy())
    last_order = np.datetime64(as_of) - silent.astype("timedelta64[D]")
    score = rank_score(
        p_left, silent, until=settings.silent_days, lead_exponent=settings.lead_exponent
    )
    silences = zip(watched["customer_id"].to_pylist(), last_order.tolist(), strict=True)
    is_flagged = np.fromiter((silence in flagged for silence in silences), np.bool_, len(silent))
    chosen = choose(score, is_flagged, budget.of(watched.num_rows))
    days = silent[chosen].astype(np.int64)
    columns = [
        watched["customer_id"].take(pa.array(chosen)),
        np.full(len(chosen), np.datetime64(as_of)),
        np.arange(1, len(chosen) + 1),
        p_left[chosen],
        last_order[chosen],
        days,
        settings.silent_days - days,
        watched["gap_median"].take(pa.array(chosen)),
        [model] * len(chosen),
    ]
    return pa.table(columns, names=list(ALERT_COLUMNS)).cast(pa.schema(ALERT_COLUMNS))
