"""How a model does on parts of its holdout: by country, channel, tier, age of the customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.metrics import of_all
from training.models import JudgedModel
from training.panel import Floats

# Of fewer customers a mean says little of the model, and too much of them.
FEWEST = 50

_ATTRIBUTES = ("country", "acquisition_channel", "loyalty_tier")
_TENURE = {"T": "days since first order", "contract_days": "days since the contract began"}
_TENURE_DAYS = {"below 90": 90.0, "90 to 364": 365.0, "365 to 729": 730.0, "730 and more": np.inf}


@dataclass(frozen=True)
class GroupResult:
    """Customers of the holdout who share a value of an attribute.

    `predicted` and `realised` are means, `level` the one over the other, None where nothing was
    realised; `headline` is the metric, None where all had the same outcome; `calibration_error` is
    of churn only.
    """

    attribute: str
    value: str
    customers: int
    predicted: float
    realised: float
    level: float | None
    headline: float | None
    calibration_error: float | None = None


def by_group(judged: JudgedModel) -> tuple[list[GroupResult], dict[str, int]]:
    """Return results by group, and attribute -> groups left out with fewer than 50 customers."""
    shown, left_out = [], {}
    for attribute, groups in _groups(judged):
        large = {value: rows for value, rows in groups.items() if rows.sum() >= FEWEST}
        present = sum(bool(rows.any()) for rows in groups.values())
        if present > 1:
            shown += [_result(judged, attribute, value, rows) for value, rows in large.items()]
            left_out[attribute] = present - len(large)
    return shown, {attribute: count for attribute, count in left_out.items() if count}


def _groups(judged: JudgedModel) -> Iterator[tuple[str, dict[str, npt.NDArray[np.bool_]]]]:
    holdout = judged.holdout
    for each in holdout.contract.features:
        if each.name in _ATTRIBUTES and each.categories is not None:
            codes = holdout.feature(each.name)
            named = {value: codes == code for code, value in enumerate(each.categories)}
            others = {"others": codes == len(each.categories), "not known": np.isnan(codes)}
            yield each.name, {**named, **others}
    began = "contract_days" if judged.kind.is_contract else "T"
    days = holdout.feature(began)
    ends = np.array([0.0, *_TENURE_DAYS.values()])
    yield (
        _TENURE[began],
        {
            name: (days >= begin) & (days < end)
            for name, begin, end in zip(_TENURE_DAYS, ends[:-1], ends[1:], strict=True)
        },
    )


def _result(
    judged: JudgedModel, attribute: str, value: str, rows: npt.NDArray[np.bool_]
) -> GroupResult:
    truth, predicted = judged.truth[rows], judged.predicted[rows]
    stated, realised = float(predicted.mean()), float(truth.mean())
    headline = None
    if truth.min() < truth.max():
        measured = of_all(judged.kind.rank(truth, predicted), truth)
        headline = measured[judged.kind.headline]
    return GroupResult(
        attribute=attribute,
        value=value,
        customers=len(truth),
        predicted=stated,
        realised=realised,
        level=stated / realised if realised > 0 else None,
        headline=headline,
        calibration_error=_calibration_error(judged, truth, predicted),
    )


def _calibration_error(judged: JudgedModel, truth: Floats, predicted: Floats) -> float | None:
    if judged.kind.name != "churn":
        return None
    return of_all(judged.kind.level(truth, predicted), truth)["calibration_error"]
