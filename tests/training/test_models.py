"""A model must beat the simple rules on made data, and must not where there is nothing to learn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from contracts.business import BusinessSettings
from contracts.errors import NotEnoughData
from training.boosting import predict
from training.judgement import Judgement
from training.models import CHURN, CLV, KINDS, FittedModel, fit
from training.panel import Panel
from training.plots import plots
from training.settings import TrainingSettings
from training.splits import Split

SHOP = BusinessSettings(horizon_days=60)


@pytest.fixture(scope="module")
def fitted(panel: Panel, split: Split, settings: TrainingSettings) -> dict[str, FittedModel]:
    return {
        name: fit(kind, panel, split, business=SHOP, settings=settings, threads=2)
        for name, kind in KINDS.items()
    }


def test_churn_beats_the_best_simple_rule_out_of_time(fitted: dict[str, FittedModel]) -> None:
    judgement = fitted["churn"].judgement
    best = judgement.rules[judgement.best_rule]["average_precision"]
    assert judgement.metrics["average_precision"] > best + 0.02
    assert judgement.is_better


def test_churn_probabilities_are_calibrated_without_weighting_classes(
    fitted: dict[str, FittedModel],
) -> None:
    model = fitted["churn"]
    assert model.judgement.metrics["calibration_error"] < 0.05
    assert model.predicted.mean() == pytest.approx(model.truth.mean(), abs=0.04)
    assert json.loads(model.booster.save_config())["learner"]["objective"] == {
        "name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"},
    }  # fmt: skip


def test_clv_ranks_better_than_past_spend_and_keeps_the_total(
    fitted: dict[str, FittedModel],
) -> None:
    judgement = fitted["clv"].judgement
    assert judgement.metrics["gini"] > judgement.rules["past spend"]["gini"] + 0.02
    assert abs(judgement.metrics["total_bias"]) < 0.15
    assert fitted["clv"].predicted.min() >= 0


def test_only_customers_at_risk_at_the_holdout_are_judged(
    fitted: dict[str, FittedModel], panel: Panel, split: Split
) -> None:
    model = fitted["churn"]
    silence = panel.at([split.holdout]).feature("days_since_last_order")
    assert model.judgement.rows == (silence <= model.lost_after_days).sum()
    assert model.judgement.rows < len(panel.at([split.holdout]))


def test_lost_after_is_learnt_from_the_breaks_customers_take(
    fitted: dict[str, FittedModel], panel: Panel, split: Split
) -> None:
    longest = panel.at([split.holdout]).feature("gap_max")
    assert fitted["churn"].lost_after_days == int(np.quantile(longest, 0.9))


def test_lost_after_can_be_set(panel: Panel, split: Split, settings: TrainingSettings) -> None:
    shop = BusinessSettings(horizon_days=60, lost_after_days=77)
    assert (
        fit(CHURN, panel, split, business=shop, settings=settings, threads=2).lost_after_days == 77
    )


def test_shuffled_outcomes_are_not_better_than_a_rule(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    shuffled = replace(panel, churned=np.random.default_rng(0).permutation(panel.churned))
    judgement = fit(CHURN, shuffled, split, business=SHOP, settings=settings, threads=2).judgement
    assert not judgement.is_better
    assert judgement.metrics["auc"] == pytest.approx(0.5, abs=0.05)


def test_the_holdout_is_not_learnt_from_before_it_is_judged(
    panel: Panel, split: Split, settings: TrainingSettings, fitted: dict[str, FittedModel]
) -> None:
    is_holdout = panel.snapshot_dates == np.datetime64(split.holdout)
    turned = replace(panel, churned=np.where(is_holdout, 1 - panel.churned, panel.churned))
    model = fit(CHURN, turned, split, business=SHOP, settings=settings, threads=2)
    np.testing.assert_array_equal(model.predicted, fitted["churn"].predicted)


def test_the_registered_trees_have_seen_the_holdout_too(
    fitted: dict[str, FittedModel], panel: Panel
) -> None:
    model = fitted["churn"]
    holdout = panel.at([model.split.holdout])
    holdout = holdout.rows(holdout.feature("days_since_last_order") <= model.lost_after_days)
    assert not np.array_equal(predict(model.booster, holdout), model.predicted)


@pytest.mark.parametrize("kind", [CHURN, CLV], ids=lambda kind: kind.name)
def test_same_rows_same_scores_for_any_number_of_threads(
    kind: object, panel: Panel, split: Split, settings: TrainingSettings,
    fitted: dict[str, FittedModel],
) -> None:  # fmt: skip
    name = getattr(kind, "name")  # noqa: B009
    again = fit(KINDS[name], panel, split, business=SHOP, settings=settings, threads=1)
    np.testing.assert_array_equal(again.predicted, fitted[name].predicted)


def test_too_few_customers_are_refused(
    panel_of: Callable[[int], Panel], split: Split, settings: TrainingSettings
) -> None:
    with pytest.raises(NotEnoughData, match=r"needs 100 customers with orders .* has 1"):
        fit(CHURN, panel_of(1), split, business=SHOP, settings=settings, threads=2)


def test_no_churner_is_refused(panel: Panel, split: Split, settings: TrainingSettings) -> None:
    loyal = replace(panel, churned=np.zeros(len(panel)))
    with pytest.raises(NotEnoughData, match="needs 20 churners at the past cutoffs and has 0"):
        fit(CHURN, loyal, split, business=SHOP, settings=settings, threads=2)


def test_orders_without_value_are_refused(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    worthless = replace(panel, value=np.zeros(len(panel)))
    with pytest.raises(NotEnoughData, match="no customer value to learn"):
        fit(CLV, worthless, split, business=SHOP, settings=settings, threads=2)


def test_a_holdout_without_churners_is_refused(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    is_holdout = panel.snapshot_dates == np.datetime64(split.holdout)
    loyal = replace(panel, churned=np.where(is_holdout, 0, panel.churned))
    with pytest.raises(NotEnoughData, match="no churner: nothing can be judged"):
        fit(CHURN, loyal, split, business=SHOP, settings=settings, threads=2)


def test_a_judgement_survives_being_stored(fitted: dict[str, FittedModel]) -> None:
    for model in fitted.values():
        stored = json.loads(json.dumps(asdict(model.judgement)))
        assert Judgement.from_json(stored) == model.judgement


def test_intervals_enclose_the_metric(fitted: dict[str, FittedModel]) -> None:
    for model in fitted.values():
        for name, value in model.judgement.metrics.items():
            low, high = model.judgement.intervals[name]
            assert low < high
            if name != "calibration_error":  # resampling adds noise that only raises it
                assert low <= value <= high


def test_every_model_has_its_plots(fitted: dict[str, FittedModel]) -> None:
    assert set(plots(fitted["churn"])) == {"gains.svg", "calibration.svg"}
    assert set(plots(fitted["clv"])) == {"gains.svg", "deciles.svg"}
