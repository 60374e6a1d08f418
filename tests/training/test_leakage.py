"""A feature that tells the outcome alone is flagged, however it tells it; honest ones are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from contracts.feature_contract import ContractedFeature, FeatureContract
from tests.panels import HORIZON_DAYS, small_lessons
from training.kinds import CHURN, CLV, KINDS
from training.leakage import WeighedFeature, feature_aucs, weigh_features
from training.lessons import Lessons
from training.model_kind import ModelKind
from training.models import FittedModel, judge_out_of_time
from training.panel import Floats, Panel


def panel_of(values: Floats, categories: tuple[str, ...] | None = None) -> Panel:
    """Return customers of one date with one feature."""
    contract = FeatureContract((ContractedFeature("it", "made", categories),))
    dates = np.full(len(values), np.datetime64(date(2024, 1, 1)))
    return Panel(values[:, None].astype(np.float32), contract, dates, {})


def with_feature(panel: Panel, values: Floats) -> Panel:
    """Return the panel with one feature more, `told`."""
    contract = FeatureContract((*panel.contract.features, ContractedFeature("told", "made")))
    return replace(
        panel, X=np.column_stack([panel.X, values]).astype(np.float32), contract=contract
    )


def weighed(kind: ModelKind, lessons: Lessons, panel: Panel) -> tuple[WeighedFeature, ...]:
    return weigh_features(judge_out_of_time(kind, lessons.of(panel)))


@pytest.fixture(scope="module")
def small() -> Lessons:
    """Return lessons in which a leak is seen as well as in large ones."""
    return small_lessons()


@pytest.mark.parametrize("seed", range(5))
def test_the_auc_is_that_of_another_implementation(seed: int) -> None:
    random = np.random.default_rng(seed)
    churned = (random.random(500) < 0.2).astype(float)
    # Few values, so that many tie, and some not known, more often of churners.
    values = np.round(random.normal(size=500) + churned * random.normal(), 1)
    values[random.random(500) < 0.2 + 0.3 * churned] = np.nan
    expected = [
        max(auc, 1 - auc)
        for unknown in (-99.0, 99.0)
        for auc in [roc_auc_score(churned, np.where(np.isnan(values), unknown, values))]
    ]
    assert feature_aucs(panel_of(values), churned > 0) == {"it": pytest.approx(max(expected))}


def test_either_direction_counts() -> None:
    churned = np.array([1.0, 1, 0, 0])
    for values in (np.array([4.0, 3, 2, 1]), np.array([1.0, 2, 3, 4])):
        assert feature_aucs(panel_of(values), churned > 0) == {"it": 1.0}


def test_a_feature_that_tells_by_where_it_is_empty_is_seen() -> None:
    churned = np.repeat([1.0, 0.0], 50)
    assert feature_aucs(panel_of(np.where(churned, 7.0, np.nan)), churned > 0) == {"it": 1.0}
    assert feature_aucs(panel_of(np.full(100, np.nan)), churned > 0) == {"it": 0.5}


def test_a_category_in_the_middle_of_its_codes_is_seen() -> None:
    codes = np.repeat([0.0, 1.0, 2.0, np.nan], 25)
    panel = panel_of(codes, categories=("gold", "left", "silver"))
    assert feature_aucs(panel, codes == 1) == {"it": 1.0}


@pytest.mark.parametrize("name", KINDS)
def test_honest_features_are_weighed_and_not_flagged(
    name: str, fitted: dict[str, FittedModel]
) -> None:
    judged = fitted[name].judged
    found = weigh_features(judged)
    assert {each.name for each in found} == set(judged.holdout.feature_names)
    assert sum(each.gain_share for each in found) == pytest.approx(1)
    assert [each.auc for each in found] == sorted((each.auc for each in found), reverse=True)
    assert [each for each in found if each.flags] == []
    assert found[0].name == "opens"


def test_what_tells_the_value_of_those_who_order_is_flagged_by_its_gain_alone(
    small: Lessons,
) -> None:
    """It knows nothing of who orders: such a flag may be accepted."""
    random = np.random.default_rng(5)
    spent = np.nan_to_num(small.panel.outcomes[HORIZON_DAYS].spent)
    told = np.where(spent > 0, spent, random.permutation(spent[spent > 0])[0])
    flagged = [each for each in weighed(CLV, small, with_feature(small.panel, told)) if each.flags]
    assert [(each.name, each.flags) for each in flagged] == [("told", ("gain",))]


@pytest.mark.parametrize("kind", [CHURN, CLV], ids=lambda kind: kind.name)
def test_a_feature_that_is_the_outcome_is_flagged_first(kind: ModelKind, small: Lessons) -> None:
    told = with_feature(small.panel, kind.label(small.panel.outcomes[HORIZON_DAYS]))
    first, *others = weighed(kind, small, told)
    assert (first.name, first.auc, first.flags) == ("told", 1.0, ("AUC", "gain"))
    assert [each for each in others if each.flags] == []


def test_two_copies_of_the_outcome_share_the_gain_and_are_flagged_all_the_same(
    small: Lessons,
) -> None:
    told = with_feature(small.panel, small.panel.outcomes[HORIZON_DAYS].churned)
    noise = told.feature_names.index("noise")
    told.X[:, noise] = 1 - told.X[:, -1]
    found = weighed(CHURN, small, told)
    assert [each.name for each in found if "AUC" in each.flags] == ["noise", "told"]
