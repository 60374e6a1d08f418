"""Results by group are of enough customers each, and add up to the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from contracts.feature_contract import ContractedFeature, FeatureContract
from tests.panels import small_models
from training.by_group import FEWEST, by_group
from training.models import JudgedModel


def with_countries(codes: list[float]) -> JudgedModel:
    """Return a judged model whose first customers live where `codes` say, the others in DE."""
    judged = small_models()["churn"].judged
    holdout = judged.holdout
    country = np.zeros(len(holdout), np.float32)
    country[: len(codes)] = codes
    contract = FeatureContract(
        (*holdout.contract.features, ContractedFeature("country", "d", ("DE", "AT")))
    )
    X = np.column_stack([holdout.X, country])
    return replace(judged, holdout=replace(holdout, X=X, contract=contract))


def test_groups_hold_the_means_of_their_customers() -> None:
    judged = with_countries([1.0] * 80)
    shown, left_out = by_group(judged)
    of_country = {each.value: each for each in shown if each.attribute == "country"}
    assert set(of_country) == {"DE", "AT"}
    assert of_country["AT"].customers == 80
    assert of_country["AT"].realised == pytest.approx(judged.truth[:80].mean())
    assert of_country["DE"].predicted == pytest.approx(judged.predicted[80:].mean())
    assert 0 < (of_country["AT"].headline or 0) <= 1
    assert of_country["DE"].level == pytest.approx(
        judged.predicted[80:].sum() / judged.truth[80:].sum()
    )
    assert "country" not in left_out


def test_groups_of_few_customers_are_not_shown_and_counted() -> None:
    few = [1.0] * 20 + [2.0] * 20
    shown, left_out = by_group(with_countries([*few, *[np.nan] * FEWEST]))
    assert {each.value for each in shown if each.attribute == "country"} == {"DE", "not known"}
    assert left_out["country"] == 2
    assert all(each.customers >= FEWEST for each in shown)


def test_an_attribute_that_all_share_tells_no_groups_apart() -> None:
    shown, left_out = by_group(with_countries([]))
    assert not [each for each in shown if each.attribute == "country"]
    assert "country" not in left_out


def test_customers_are_told_apart_by_the_days_since_their_first_order() -> None:
    judged = small_models()["clv"].judged
    shown, _ = by_group(judged)
    days = judged.holdout.feature("T")
    of_tenure = {each.value: each.customers for each in shown}
    assert of_tenure["90 to 364"] == ((days >= 90) & (days < 365)).sum()


def test_a_group_in_which_all_did_the_same_has_no_metric() -> None:
    judged = with_countries([1.0] * 60)
    truth = judged.truth.copy()
    truth[:60] = 0.0
    shown, _ = by_group(replace(judged, truth=truth))
    (of_austria,) = [each for each in shown if each.value == "AT"]
    assert of_austria.headline is None


def test_probabilities_of_a_group_that_are_too_high_show_in_its_level_and_calibration() -> None:
    judged = with_countries([1.0] * 80)
    raised = judged.predicted.copy()
    raised[:80] = np.minimum(1.0, raised[:80] + 0.4)
    found = {each.value: each for each in by_group(replace(judged, predicted=raised))[0]}
    of_austria, of_germany = found["AT"], found["DE"]
    assert (of_austria.level or 0) > 1.5 > (of_germany.level or 9)
    assert (of_austria.calibration_error or 0) > 0.3 > (of_germany.calibration_error or 9)


def test_a_group_that_spent_nothing_has_no_level_and_money_no_calibration_error() -> None:
    judged = small_models()["clv"].judged
    nothing = np.zeros_like(judged.truth)
    shown, _ = by_group(replace(judged, truth=nothing))
    assert shown
    assert all(each.level is None and each.calibration_error is None for each in shown)
