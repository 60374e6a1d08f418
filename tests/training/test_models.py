"""A model must beat the simple rules on made data, and must not where there is nothing to learn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import numpy.typing as npt
import pytest

from contracts.errors import NotEnoughData
from forecasting.churn import as_hybrid
from forecasting.customers import Customers, day_number
from forecasting.trees import Target
from tests.panels import (
    AS_OF,
    CUSTOMERS,
    FEW,
    HOLDOUT,
    HORIZON_DAYS,
    QUICK,
    SHOP,
    SPLIT,
    anew,
    lessons_of,
    make_base,
    small_lessons,
    small_models,
    turned,
    with_outcomes,
)
from training.at_risk import lost_after_days
from training.fitting import Course, fit_hybrid
from training.judgement import Judgement
from training.kinds import CHURN, KINDS
from training.lessons import Lessons
from training.models import FittedModel, judge_out_of_time
from training.panel import Outcomes


@pytest.fixture(scope="module")
def small() -> Lessons:
    """Return what the small models learnt from: enough to see whether anything changes."""
    return small_lessons()


def test_churn_beats_the_best_simple_rule_out_of_time(fitted: dict[str, FittedModel]) -> None:
    judgement = fitted["churn"].judged.judgement
    best = judgement.rules[judgement.best_rule]["average_precision"]
    assert judgement.metrics["average_precision"] > best + 0.05
    assert judgement.is_better


def test_what_only_trees_can_know_is_added_to_what_order_histories_say(
    fitted: dict[str, FittedModel],
) -> None:
    """Opens fall once a customer has left, and no model of order histories sees them."""
    for name, metric in {"churn": "average_precision", "clv": "gini"}.items():
        judgement = fitted[name].judged.judgement
        for peer in ("BG/NBD", "MBG/NBD", "Pareto/NBD", "customer base"):
            assert judgement.metrics[metric] > judgement.peers[peer][metric] + 0.02


def test_churn_probabilities_are_calibrated_without_weighting_classes(
    fitted: dict[str, FittedModel],
) -> None:
    judged = fitted["churn"].judged
    # Ten groups of 60 have such an error by chance alone: about 0.04.
    assert judged.judgement.metrics["calibration_error"] < 0.08
    assert judged.predicted.mean() == pytest.approx(judged.truth.mean(), abs=0.04)
    trees = as_hybrid(judged.model).trees[Target.NO_ORDER]
    for booster in (trees.corrections, trees.plain):
        assert json.loads(booster.save_config())["learner"]["objective"] == {
            "name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"},
        }  # fmt: skip


def test_clv_ranks_better_than_past_spend_and_keeps_the_total(
    fitted: dict[str, FittedModel],
) -> None:
    judged = fitted["clv"].judged
    judgement = judged.judgement
    assert judgement.metrics["gini"] > judgement.rules["past spend"]["gini"] + 0.05
    assert abs(judgement.metrics["total_bias"]) < 0.1
    assert judged.predicted.min() >= 0


def test_each_fifth_of_the_customers_by_clv_is_worth_more_than_the_next(
    fitted: dict[str, FittedModel],
) -> None:
    judged = fitted["clv"].judged
    fifths = np.array_split(np.argsort(-judged.predicted), 5)
    worth = [judged.truth[rows].mean() for rows in fifths]
    assert worth == sorted(worth, reverse=True)
    stated = [judged.predicted[rows].mean() for rows in fifths]
    np.testing.assert_allclose(stated[:3], worth[:3], rtol=0.25)


def test_only_customers_at_risk_at_the_holdout_are_judged(
    fitted: dict[str, FittedModel], lessons: Lessons
) -> None:
    judged = fitted["churn"].judged
    silence = lessons.panel.at([HOLDOUT]).feature("days_since_last_order")
    assert judged.lost_after_days is not None
    assert judged.judgement.rows == (silence <= judged.lost_after_days).sum()
    assert judged.judgement.rows < len(silence)


def test_lost_after_is_learnt_from_the_breaks_customers_take_or_set(lessons: Lessons) -> None:
    holdout = lessons.panel.at([HOLDOUT])
    learnt = int(np.nanquantile(holdout.feature("gap_max"), 0.9))
    assert lost_after_days(holdout, SHOP) == max(learnt, HORIZON_DAYS)
    short = SHOP.model_copy(update={"horizon_days": 7})
    assert lost_after_days(holdout, short) == learnt
    assert lost_after_days(holdout, SHOP.model_copy(update={"lost_after_days": 77})) == 77


def test_shuffled_outcomes_are_not_better_than_a_rule(lessons: Lessons) -> None:
    order = np.random.default_rng(0)

    def dealt(followed: Outcomes) -> Outcomes:
        known = np.flatnonzero(np.isfinite(followed.orders))
        rows = np.arange(len(followed.orders))
        rows[known] = order.permutation(known)
        return Outcomes(followed.orders[rows], followed.value[rows], followed.wait_days[rows])

    shuffled = with_outcomes(lessons.panel, dealt)
    judgement = judge_out_of_time(CHURN, lessons.of(shuffled)).judgement
    assert not judgement.is_better
    assert judgement.metrics["auc"] == pytest.approx(0.5, abs=0.06)


def test_nothing_from_the_holdout_on_is_learnt_from_before_it_is_judged(small: Lessons) -> None:
    """Outcomes at the holdout, and all that is known later, are others: not a bit changes."""
    turned_panel = with_outcomes(small.panel, turned, at=[HOLDOUT])
    is_later = turned_panel.snapshot_dates > np.datetime64(HOLDOUT)
    assert is_later.any()
    X = np.where(is_later[:, None], np.float32(7), turned_panel.X)
    daily = small.daily
    rows = np.arange(len(daily)) + daily.start >= day_number(HOLDOUT)
    busier = replace(daily, repeat_orders=np.where(rows, 1e4, daily.repeat_orders))
    other = anew(small, panel=replace(turned_panel, X=X), daily=busier)
    for name, kind in KINDS.items():
        judged, expected = judge_out_of_time(kind, other), small_models()[name].judged
        np.testing.assert_array_equal(judged.predicted, expected.predicted)
        assert not np.array_equal(judged.truth, expected.truth)


def test_the_registered_model_has_seen_the_holdout_too(
    fitted: dict[str, FittedModel], lessons: Lessons
) -> None:
    for name in ("churn", "clv"):
        model, twin = map(as_hybrid, (fitted[name].model, fitted[name].judged.model))
        seen = lessons.panel.customers_at(HOLDOUT)
        assert not np.array_equal(model.forecast(seen).value, twin.forecast(seen).value)
        assert model.base.mbg != twin.base.mbg


def test_snapshots_whose_horizon_has_not_passed_have_no_row_to_learn_from(small: Lessons) -> None:
    newest = small.panel.at([AS_OF])
    assert len(newest) > 0
    assert np.isnan(newest.outcomes[HORIZON_DAYS].orders).all()
    matured = with_outcomes(
        small.panel, lambda followed: Outcomes(*np.ones((3, len(followed.orders)))), at=[AS_OF]
    )
    model = anew(small, panel=matured).fit(SPLIT.final, (Target.NO_ORDER,))
    seen = small.panel.customers_at(AS_OF)
    expected = as_hybrid(small_models()["churn"].model).forecast(seen).no_order
    np.testing.assert_array_equal(model.forecast(seen).no_order, expected)


def test_what_is_expected_of_a_row_never_saw_an_outcome(small: Lessons) -> None:
    """Only labels of trees are outcomes; base, season and categories are of the past of a row."""
    other = anew(small, panel=with_outcomes(small.panel, turned))
    model, expected = (
        other.fit(SPLIT.judged, (Target.NO_ORDER,)),
        as_hybrid(small_models()["churn"].judged.model),
    )
    assert model.base == expected.base
    assert model.contract == expected.contract
    seen = small.panel.customers_at(HOLDOUT)
    assert not np.array_equal(model.forecast(seen).no_order, expected.forecast(seen).no_order)


def test_kinds_with_the_same_plan_share_one_fit_and_others_have_their_own(
    fitted: dict[str, FittedModel],
) -> None:
    churn, clv = (as_hybrid(fitted[name].model) for name in ("churn", "clv"))
    assert churn.base is clv.base
    assert set(churn.trees) == {Target.NO_ORDER}
    assert set(clv.trees) == set(Target)


def taught_by(lessons: Lessons) -> Course:
    plan = replace(SPLIT.final, cutoffs=SPLIT.final.cutoffs[-1:])
    return lessons.course(plan, tuple(Target))


def forecast_by(course: Course, seen: Customers, *, threads: int) -> npt.NDArray[np.float64]:
    hasty = QUICK.model_copy(update={"rounds": 10})
    forecast = fit_hybrid(course, settings=hasty, threads=threads).forecast(seen)
    return np.stack([forecast.no_order, forecast.orders, forecast.value])


def test_same_orders_same_forecasts_in_any_order_and_for_any_number_of_threads(
    small: Lessons,
) -> None:
    shuffled = lessons_of(FEW, is_shuffled=True)
    courses, seen = (
        [taught_by(each) for each in (small, shuffled)],
        [each.panel.customers_at(AS_OF) for each in (small, shuffled)],
    )
    first = forecast_by(courses[0], seen[0], threads=1)
    np.testing.assert_array_equal(forecast_by(courses[0], seen[0], threads=1), first)
    np.testing.assert_array_equal(forecast_by(courses[0], seen[0], threads=8), first)
    for threads in (1, 8):
        again = forecast_by(courses[1], seen[1], threads=threads)
        np.testing.assert_allclose(again, first, rtol=1e-6)


def test_golden_forecasts_hold_across_versions_of_libraries(
    lessons: Lessons, fitted: dict[str, FittedModel]
) -> None:
    """Whoever changes them on purpose writes them anew; a new XGBoost must not change them."""
    seen = lessons.panel.customers_at(AS_OF)
    churn, value = (as_hybrid(fitted[name].model).forecast(seen) for name in ("churn", "clv"))
    assert churn.no_order.mean() == pytest.approx(0.661, abs=0.005)
    assert value.orders.sum() == pytest.approx(1272, rel=0.01)
    assert value.value.sum() == pytest.approx(29_751, rel=0.02)
    of_some = churn.no_order[::200], value.value[::200]
    np.testing.assert_allclose(of_some[0], [0.977, 0.897, 0.265, 0.998, 1.0], atol=0.03)
    np.testing.assert_allclose(of_some[1], [0.31, 8.29, 41.07, 0.03, 0.0], rtol=0.1, atol=0.2)


def test_what_is_forecast_beyond_the_date_of_the_run_comes_true(
    lessons: Lessons, fitted: dict[str, FittedModel]
) -> None:
    """The made base goes on for a horizon that no part of the product has seen."""
    seen = lessons.panel.customers_at(AS_OF)
    forecast = as_hybrid(fitted["clv"].model).forecast(seen)
    truth = make_base(CUSTOMERS, 3).orders_from(AS_OF)
    assert len(truth) == len(seen)
    assert forecast.orders.sum() == pytest.approx(truth.sum(), rel=0.1)
    assert np.corrcoef(forecast.orders, truth)[0, 1] > 0.6


def refused_for(
    told: str, lessons: Lessons, change: Callable[[Outcomes], Outcomes], *, kind: str = "churn"
) -> None:
    panel = with_outcomes(lessons.panel, change)
    with pytest.raises(NotEnoughData, match=told):
        judge_out_of_time(KINDS[kind], lessons.of(panel))


def test_too_few_customers_are_refused(small: Lessons) -> None:
    dates = small.panel.snapshot_dates
    is_first = np.concatenate([[True], dates[1:] != dates[:-1]])
    few = small.of(small.panel.rows(is_first))
    with pytest.raises(NotEnoughData, match=r"needs 100 customers with orders .* has 1"):
        judge_out_of_time(CHURN, few)


def test_no_churner_is_refused(small: Lessons) -> None:
    refused_for(
        "needs 20 churners at the past cutoffs and has 0", small,
        lambda followed: replace(followed, orders=np.ones(len(followed.orders))),
    )  # fmt: skip


def test_nobody_who_stayed_is_refused(small: Lessons) -> None:
    refused_for(
        "needs 20 customers who stayed at the past cutoffs and has 0", small,
        lambda followed: replace(followed, orders=np.zeros(len(followed.orders))),
    )  # fmt: skip


def test_orders_without_value_are_refused(small: Lessons) -> None:
    refused_for(
        "no customer value to learn", small,
        lambda followed: replace(followed, value=np.zeros(len(followed.orders))), kind="clv",
    )  # fmt: skip


def test_a_holdout_without_churners_is_refused(small: Lessons) -> None:
    loyal = with_outcomes(
        small.panel, lambda followed: replace(followed, orders=np.ones(len(followed.orders))),
        at=[HOLDOUT],
    )  # fmt: skip
    with pytest.raises(NotEnoughData, match="no churner: nothing can be judged"):
        judge_out_of_time(CHURN, small.of(loyal))


def test_a_judgement_survives_being_stored(fitted: dict[str, FittedModel]) -> None:
    for model in fitted.values():
        stored = json.loads(json.dumps(asdict(model.judged.judgement)))
        assert Judgement.from_json(stored) == model.judged.judgement


def test_intervals_enclose_the_metric(fitted: dict[str, FittedModel]) -> None:
    for model in fitted.values():
        for name, value in model.judged.judgement.metrics.items():
            low, high = model.judged.judgement.intervals[name]
            assert low < high
            if name != "calibration_error":  # resampling adds noise that only raises it
                assert low <= value <= high
