"""The warning model, where the true days of leaving are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from contracts.errors import NotEnoughData
from forecasting.alerts import Budget
from forecasting.warning import WarningModel, load_warning, save_warning
from forecasting.warning_settings import WarningSettings
from tests.made_silences import DAYS, FIRST, Shop, make_shop
from training.silences import Silences
from training.warning import WarningLessons, fit_warning
from training.warning_judging import watch_of
from training.warning_time import give_alerts

SETTINGS = WarningSettings(rounds=60, min_child_weight=10.0)
FIT_ON = FIRST + 600
WEEKS = range(FIT_ON, FIRST + DAYS - 90, 7)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(1500)


@pytest.fixture(scope="module")
def lessons(shop: Shop) -> WarningLessons:
    learnt = shop.silences(range(FIT_ON - 357, FIT_ON, 21))
    return shop.lessons(learnt, fits=[FIT_ON], settings=SETTINGS)


@pytest.fixture(scope="module")
def model(lessons: WarningLessons) -> WarningModel:
    return fit_warning(lessons, FIT_ON)


@pytest.fixture(scope="module")
def weekly(shop: Shop) -> Silences:
    return shop.silences(WEEKS)


def _scores(model: WarningModel, silences: Silences) -> np.ndarray:
    score = np.empty(len(silences))
    for rows, seen in silences.by_snapshot():
        score[rows] = model.log_odds_left(seen)
    return score


def _precision(shop: Shop, weekly: Silences, score: np.ndarray) -> float:
    """Return the share of alerts on customers who had truly left."""
    watch = watch_of(weekly, 90)
    told = give_alerts(watch, score, Budget(share=0.01)) & (watch.week >= watch.scored_from)
    return float((shop.left_on[watch.customer[told]] <= watch.week[told]).mean())


def test_more_alerts_are_right_than_by_silence_or_by_order_history(
    shop: Shop, weekly: Silences, model: WarningModel
) -> None:
    by_model = _precision(shop, weekly, _scores(model, weekly))
    by_silence = _precision(shop, weekly, weekly.feature("days_since_last_order"))
    history = np.empty(len(weekly))
    for rows, seen in weekly.by_snapshot():
        history[rows] = model.base.log_odds_left(seen)
    by_history = _precision(shop, weekly, history)
    assert by_model > by_history + 0.05
    assert by_model > by_silence + 0.2


def test_stated_probabilities_are_those_of_having_left(
    shop: Shop, weekly: Silences, model: WarningModel
) -> None:
    stated = expit(_scores(model, weekly))
    has_left = shop.left_on[weekly.customer] < weekly.snapshot
    assert stated.mean() == pytest.approx(has_left.mean(), abs=0.03)
    likely = stated > 0.5
    assert stated[likely].mean() == pytest.approx(has_left[likely].mean(), abs=0.12)


def test_nothing_from_the_day_of_the_fit_on_is_looked_at(
    shop: Shop, lessons: WarningLessons, model: WarningModel, weekly: Silences
) -> None:
    known = lessons.silences
    later = np.where(known.next_order >= FIT_ON, np.nan, known.next_order)
    daily = lessons.daily
    poisoned_days = np.arange(len(daily)) >= FIT_ON - FIRST
    poisoned = replace(
        lessons,
        silences=replace(known, next_order=later),
        daily=replace(
            daily,
            first_orders=np.where(poisoned_days, 1e6, daily.first_orders),
            repeat_orders=np.where(poisoned_days, 1e6, daily.repeat_orders),
        ),
    )
    assert (later != known.next_order).any()
    again = fit_warning(poisoned, FIT_ON)
    np.testing.assert_array_equal(_scores(again, weekly), _scores(model, weekly))


def test_the_number_of_threads_changes_no_score(
    lessons: WarningLessons, model: WarningModel, weekly: Silences
) -> None:
    alone = fit_warning(replace(lessons, threads=1), FIT_ON)
    np.testing.assert_allclose(_scores(alone, weekly), _scores(model, weekly), atol=1e-4)


def test_stored_model_states_the_same(
    model: WarningModel, weekly: Silences, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("warning") / "model"
    digest = save_warning(model, folder)
    loaded = load_warning(folder)
    assert save_warning(loaded, folder.with_name("again")) == digest
    np.testing.assert_array_equal(_scores(loaded, weekly), _scores(model, weekly))


def test_too_few_silences_are_not_learnt_from() -> None:
    few = make_shop(30)
    learnt = few.silences(range(FIT_ON - 357, FIT_ON, 21))
    with pytest.raises(NotEnoughData, match="min_order_days"):
        fit_warning(few.lessons(learnt, fits=[FIT_ON], settings=SETTINGS), FIT_ON)
