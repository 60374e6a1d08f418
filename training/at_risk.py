"""Who can still leave at a cutoff: models are judged on them, and on nobody else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from contracts.business import BusinessSettings
from training.model_kind import ModelKind
from training.panel import Panel

# The break that nine in ten repeat customers never exceeded.
_LOST_QUANTILE = 0.9


def at_risk(
    kind: ModelKind, rows: Panel, business: BusinessSettings
) -> tuple[npt.NDArray[np.bool_], int | None]:
    """Return which customers of a cutoff are not lost, and after how much silence one is.

    None where silence says nothing: whose contract runs is not lost.
    """
    if kind.is_contract:
        return np.full(len(rows), True), None
    longest = lost_after_days(rows, business)
    return not_lost(rows, longest), longest


def who_is_judged(
    kind: ModelKind, rows: Panel, business: BusinessSettings, horizon_days: int
) -> tuple[npt.NDArray[np.bool_], int | None]:
    """Return which customers of a cutoff are at risk and have a label, as `at_risk` does."""
    here, longest = at_risk(kind, rows, business)
    return here & rows.outcomes[horizon_days].is_known, longest


def not_lost(rows: Panel, lost_after_days: int | None) -> npt.NDArray[np.bool_]:
    """Return which customers are not silent for longer; None: silence says nothing."""
    if lost_after_days is None:
        return np.full(len(rows), True)
    return rows.feature("days_since_last_order") <= lost_after_days


def lost_after_days(holdout: Panel, business: BusinessSettings) -> int:
    """Return after how much silence a customer counts as lost, as known at the holdout cutoff."""
    if business.lost_after_days is not None:
        return business.lost_after_days
    longest = holdout.feature("gap_max")
    longest = longest[np.isfinite(longest)]
    learnt = int(np.quantile(longest, _LOST_QUANTILE)) if len(longest) else 0
    return max(learnt, business.horizon_days)
