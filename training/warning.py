"""Fits the warning model: who has left is never seen, so labels are stated, fitted and restated.

Expectation maximisation (Dempster, Laird and Rubin 1977): a silence that an order ended was none of
leaving; of any other the label is the probability that the model itself states at the end of what
is known. The first statement is that of the order history alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xgboost as xgb
from scipy.special import expit

from contracts.errors import NotEnoughData
from forecasting.beta_geometric import BetaGeometric
from forecasting.customer_base import season_of
from forecasting.customers import Customers, Matrix
from forecasting.season import DailyOrders, Floats
from forecasting.silence import SILENCE_COLUMNS, SilenceBase
from forecasting.trees import margin_output
from forecasting.warning import WarningModel
from forecasting.warning_settings import WarningSettings
from training.silences import Silences

_FEWEST_LEFT = 10
_FEWEST_CUSTOMERS = 50


@dataclass(frozen=True)
class WarningLessons:
    """What warning models learn from and are judged on.

    `silences` are those of watched customers at all snapshots; `bases` has all customers, or a
    sample, at each day of a fit, with their order histories; `daily` the order days of the base.
    """

    silences: Silences
    bases: dict[int, Customers]
    daily: DailyOrders
    settings: WarningSettings
    seed: int
    threads: int


@dataclass(frozen=True)
class _Lesson:
    """`margin` is where trees start; `later` the log chance to be silent to the end, if living."""

    X: Matrix
    margin: Floats
    later: Floats
    ended: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def label(self, log_odds: Floats) -> Floats:
        """Return the probability of having left, in the light of the silence to the end."""
        return np.where(self.ended, 0.0, expit(log_odds - self.later))


def fit_warning(lessons: WarningLessons, day: int) -> WarningModel:
    """Return the model as of a day; nothing that happened from that day on is looked at.

    Raises
    ------
    NotEnoughData
        Too few silences, or none that no order ended.
    """
    settings = lessons.settings
    base = fit_silence_base(lessons.bases[day], lessons.daily)
    known = lessons.silences.known_before(day)
    known = known.rows(known.snapshot >= day - settings.history_days)
    _check_enough(known, settings)
    trees = _maximise(_lesson(known, base, day), known.contract.names, lessons)
    return WarningModel(
        contract=known.contract, base=base, trees=trees, fitted_on=day,
        silent_days=settings.silent_days, min_order_days=settings.min_order_days,
    )  # fmt: skip


def fit_silence_base(seen: Customers, daily: DailyOrders) -> SilenceBase:
    """Return the base of customers at a day, in the season learnt from the days before it."""
    season = season_of(daily.before(seen.day), seen.seen_in)
    return SilenceBase(BetaGeometric.fit(seen.seen_in(season)), season)


def _lesson(known: Silences, base: SilenceBase, day: int) -> _Lesson:
    margin, later = np.empty(len(known)), np.empty(len(known))
    X = np.empty((len(known), known.X.shape[1] + len(SILENCE_COLUMNS)), np.float32)
    for rows, seen in known.by_snapshot():
        X[rows] = base.beside_silence(seen)
        margin[rows] = base.log_odds_left(seen)
        later[rows] = base.log_p_silent_until(day, seen)
    return _Lesson(X, margin, later, np.isfinite(known.next_order))


def _maximise(lesson: _Lesson, names: tuple[str, ...], lessons: WarningLessons) -> xgb.Booster:
    matrix = xgb.QuantileDMatrix(
        lesson.X, base_margin=lesson.margin, feature_names=[*names, *SILENCE_COLUMNS],
        nthread=lessons.threads,
    )  # fmt: skip
    stated = lesson.margin
    for _ in range(lessons.settings.em_rounds):
        matrix.set_info(label=lesson.label(stated))
        trees = _boost(matrix, lessons)
        stated = margin_output(trees, lesson.X, lesson.margin)
    return trees


def _boost(matrix: xgb.QuantileDMatrix, lessons: WarningLessons) -> xgb.Booster:
    settings = lessons.settings
    parameters = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_depth": settings.depth,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.min_child_weight,
        "reg_lambda": 5.0,
        "subsample": 0.8,
        "colsample_bytree": 0.6,
        "base_score": 0.5,
        "nthread": lessons.threads,
        "seed": lessons.seed,
    }
    return xgb.train(parameters, matrix, num_boost_round=settings.rounds)


def _check_enough(known: Silences, settings: WarningSettings) -> None:
    customers = len(np.unique(known.customer))
    silent = len(np.unique(known.customer[np.isnan(known.next_order)]))
    if customers >= _FEWEST_CUSTOMERS and silent >= _FEWEST_LEFT:
        return
    raise NotEnoughData(
        f"Early warning learns from customers with {settings.min_order_days} days with orders and "
        f"less than {settings.silent_days} days of silence, {_FEWEST_CUSTOMERS} of them, of whom "
        f"{_FEWEST_LEFT} did not come back; there are {customers} and {silent}. Deliver more "
        "history or customers, or lower `min_order_days` under [warning]."
    )
