"""A population that moved is told from one that did not, whatever the number of customers."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from contracts.feature_contract import ContractedFeature, FeatureContract, Matrix
from forecasting.population import SCORE, Distribution, Population
from tests.panels import AS_OF, lessons_of, small_models

NUMBERS = ("opens", "spend", "T")
CONTRACT = FeatureContract(
    (
        *(ContractedFeature(name, "made") for name in NUMBERS),
        ContractedFeature("country", "made", ("DE", "AT")),
    )
)


def customers(count: int, seed: int) -> Matrix:
    random = np.random.default_rng(seed)
    numbers = [
        random.normal(0, 1, count),
        random.lognormal(3, 1, count),
        random.normal(0, 1, count),
    ]
    X = np.column_stack([*numbers, random.choice([0, 1, 2], count, p=[0.7, 0.25, 0.05])])
    X[random.random(count) < 0.1, 0] = np.nan
    return X.astype(np.float32)


def score(X: Matrix) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.nan_to_num(X[:, 1].astype(np.float64))


def moved(then: Matrix, now: Matrix) -> dict[str, tuple[float, float]]:
    known = Population.learn(then, CONTRACT, score(then))
    return {
        each.name: (each.psi, each.missing)
        for each in known.shifts(now, CONTRACT.names, score(now))
    }


@pytest.mark.parametrize("seed", range(5))
def test_half_a_standard_deviation_is_told_and_nothing_else(seed: int) -> None:
    now = customers(20_000, seed + 50)
    now[:, 0] += 0.5
    assert set(moved(customers(20_000, seed), now)) == {"opens"}


def test_what_moves_with_the_date_alone_is_not_told() -> None:
    now = customers(4000, 1)
    now[:, 2] += 3
    assert moved(customers(4000, 0), now) == {}


def test_scores_that_moved_are_told_first() -> None:
    now = customers(4000, 1)
    now[:, 1] *= 3
    assert list(moved(customers(4000, 0), now)) == [SCORE, "spend"]


def test_a_share_without_a_value_that_moved_by_more_than_five_points_is_told() -> None:
    little, much = customers(4000, 1), customers(4000, 1)
    little[: 4000 * 3 // 100, 0] = np.nan
    much[: 4000 * 12 // 100, 0] = np.nan
    assert moved(customers(4000, 0), little) == {}
    _, missing = moved(customers(4000, 0), much)["opens"]
    assert missing == pytest.approx(0.108, abs=0.015)


def test_categories_that_trade_places_are_told() -> None:
    now = customers(4000, 1)
    now[:, 3] = np.where(now[:, 3] == 2, 2, 1 - now[:, 3])
    assert set(moved(customers(4000, 0), now)) == {"country"}


@pytest.mark.parametrize("count", [40, 150, 1000])
def test_in_a_hundred_days_without_a_shift_hardly_anything_is_told(count: int) -> None:
    panel = lessons_of(1000).panel
    everybody = panel.customers_at(AS_OF)
    stated = small_models()["churn"].model.forecast(everybody).churn
    random = np.random.default_rng(count)
    alarms = 0
    for _ in range(100):
        then, now = (random.integers(0, len(everybody), count) for _ in range(2))
        known = Population.learn(everybody.X[then], panel.contract, stated[then])
        alarms += bool(known.shifts(everybody.X[now], everybody.names, stated[now]))
    assert alarms <= 5


def test_the_index_is_that_of_its_formula() -> None:
    then = Distribution(10_000_000, 10_000_000, (0.0,), (0.5, 0.5))
    now = replace(then, shares=(0.2, 0.8))
    assert then.psi(now) == pytest.approx(0.3 * np.log(4), rel=1e-5)


def test_nobody_and_unknown_values_are_no_shift() -> None:
    nobody = np.empty((0, 4), np.float32)
    assert moved(nobody, nobody) == moved(customers(500, 0), nobody) == {}
    unknown = customers(500, 0)
    unknown[:, 1] = np.nan
    assert moved(unknown, unknown) == {}


def test_it_survives_being_stored_and_knows_its_release() -> None:
    X = customers(200, 0)
    known = Population.learn(X, CONTRACT, score(X))
    assert Population.from_json(json.loads(json.dumps(known.to_json()))) == known
    assert known.is_of_this_xgboost
    major, minor, *_ = known.xgboost.split(".")
    assert replace(known, xgboost=f"{major}.{minor}.99").is_of_this_xgboost
    assert not replace(known, xgboost=f"{major}.{int(minor) + 1}.0").is_of_this_xgboost


def test_a_fitted_model_knows_its_population_and_finds_itself_unmoved() -> None:
    for name, fitted in small_models().items():
        seen = lessons_of(300).panel.customers_at(AS_OF)
        stated = fitted.kind.stated(fitted.model.forecast(seen))
        assert fitted.model.population is not None, name
        assert fitted.model.population.shifts(seen.X, seen.names, stated) == ()
