"""Weighs single features: one that tells the outcome alone has probably seen it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.churn import gains_of
from training.models import JudgedModel
from training.panel import Floats, Panel

# An honest feature rarely tells so much alone; one that is made of the outcome does.
MOST_AUC = 0.90
MOST_GAIN_SHARE = 0.60

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class WeighedFeature:
    """What one feature tells.

    `auc` is that of the feature alone, in the better direction (0.5 to 1); `gain_share` its part
    of all that the splits of the plain trees gained, which know features only.
    """

    name: str
    auc: float
    gain_share: float

    @property
    def flags(self) -> tuple[str, ...]:
        """Say by which of the two limits the feature looks like a leak."""
        found = {"AUC": self.auc > MOST_AUC, "gain": self.gain_share > MOST_GAIN_SHARE}
        return tuple(name for name, is_beyond in found.items() if is_beyond)


def weigh_features(model: JudgedModel) -> tuple[WeighedFeature, ...]:
    """Return all features of a judged model, flagged ones first, then by AUC.

    The AUC is on the customers the model is judged on, and on whether they leave within the
    horizon, for every kind of model: what somebody will spend is told well by what they spent, so
    a limit on that would flag the best of the honest features.
    """
    horizon_days = model.split.judged.horizon_days
    *_, shares = gains_of(model.model, model.kind.target).values()
    aucs = feature_aucs(model.holdout, model.holdout.outcomes[horizon_days].churned > 0)
    weighed = [WeighedFeature(name, auc, shares.get(name, 0.0)) for name, auc in aucs.items()]
    return tuple(sorted(weighed, key=lambda each: (not each.flags, -each.auc, each.name)))


def feature_aucs(panel: Panel, has_churned: Flags) -> dict[str, float]:
    """Return feature -> AUC alone against `has_churned`, in the better direction.

    "Not known" is a value: trees may send it either way at a split, and a column that is filled
    in only once somebody left leaks by where it is empty. It is taken to be below or above all
    numbers, whichever tells more. Categories are ordered by their share of churners.
    """
    return {
        each.name: _auc_of_number(panel.X[:, place], has_churned)
        if each.categories is None
        else _auc_of_category(panel.X[:, place], has_churned)
        for place, each in enumerate(panel.contract.features)
    }


def _auc_of_number(values: npt.NDArray[np.float32], has_churned: Flags) -> float:
    is_known = ~np.isnan(values)
    churners = np.sort(values[has_churned & is_known])
    others = np.sort(values[~has_churned & is_known])
    unknown_churners = int(has_churned.sum()) - len(churners)
    unknown_others = int((~has_churned).sum()) - len(others)
    # Pairs of a churner and another in which the churner has more, ties half: Mann-Whitney's U.
    won = np.searchsorted(others, churners, "left").sum(dtype=np.float64)
    won += np.searchsorted(others, churners, "right").sum(dtype=np.float64)
    won = won / 2 + unknown_churners * unknown_others / 2
    pairs = float(has_churned.sum()) * float((~has_churned).sum())
    above = (won + unknown_churners * len(others)) / pairs
    below = (won + len(churners) * unknown_others) / pairs
    return float(max(above, 1 - above, below, 1 - below))


def _auc_of_category(codes: npt.NDArray[np.float32], has_churned: Flags) -> float:
    _, places = np.unique(codes, return_inverse=True)
    shares: Floats = np.bincount(places, weights=has_churned) / np.bincount(places)
    return _auc_of_number(shares[places].astype(np.float32), has_churned)
