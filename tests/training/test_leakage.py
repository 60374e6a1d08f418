"""A feature that tells the outcome alone is flagged, however it tells it; honest ones are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from contracts.business import BusinessSettings
from contracts.feature_contract import ContractedFeature, FeatureContract
from training.leakage import WeighedFeature, feature_aucs, weigh_features
from training.models import CHURN, CLV, JudgedModel, ModelKind, judge_out_of_time
from training.panel import Floats, Panel
from training.settings import TrainingSettings
from training.splits import Split

SHOP = BusinessSettings(horizon_days=60)


def panel_of(values: Floats, churned: Floats, categories: tuple[str, ...] | None = None) -> Panel:
    """Return customers of one date with one feature."""
    contract = FeatureContract((ContractedFeature("it", "made", categories),))
    dates = np.full(len(churned), np.datetime64(date(2024, 1, 1)))
    return Panel(values[:, None].astype(np.float32), contract, dates, churned, churned)


def with_feature(panel: Panel, values: Floats) -> Panel:
    """Return the panel with one feature more, `told`."""
    contract = FeatureContract((*panel.contract.features, ContractedFeature("told", "made")))
    return replace(
        panel, X=np.column_stack([panel.X, values]).astype(np.float32), contract=contract
    )


def weighed(
    kind: ModelKind, panel: Panel, split: Split, settings: TrainingSettings
) -> tuple[WeighedFeature, ...]:
    model: JudgedModel = judge_out_of_time(
        kind, panel, split, business=SHOP, settings=settings, threads=2
    )
    return weigh_features(model)


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
    assert feature_aucs(panel_of(values, churned)) == {"it": pytest.approx(max(expected))}


def test_either_direction_counts() -> None:
    churned = np.array([1.0, 1, 0, 0])
    for values in (np.array([4.0, 3, 2, 1]), np.array([1.0, 2, 3, 4])):
        assert feature_aucs(panel_of(values, churned)) == {"it": 1.0}


def test_a_feature_that_tells_by_where_it_is_empty_is_seen() -> None:
    churned = np.repeat([1.0, 0.0], 50)
    assert feature_aucs(panel_of(np.where(churned, 7.0, np.nan), churned)) == {"it": 1.0}
    assert feature_aucs(panel_of(np.full(100, np.nan), churned)) == {"it": 0.5}


def test_a_category_in_the_middle_of_its_codes_is_seen() -> None:
    codes = np.repeat([0.0, 1.0, 2.0, np.nan], 25)
    panel = panel_of(codes, (codes == 1).astype(float), categories=("gold", "left", "silver"))
    assert feature_aucs(panel) == {"it": 1.0}


def test_honest_features_are_weighed_and_not_flagged(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    found = weighed(CHURN, panel, split, settings)
    assert {each.name for each in found} == set(panel.feature_names)
    assert sum(each.gain_share for each in found) == pytest.approx(1)
    assert [each.auc for each in found] == sorted((each.auc for each in found), reverse=True)
    assert [each for each in found if each.flags] == []


def test_of_value_one_honest_feature_can_take_most_of_the_gain(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    """The made value is drawn around the spend of the last 90 days: such a flag is accepted."""
    flagged = [each for each in weighed(CLV, panel, split, settings) if each.flags]
    assert [(each.name, each.flags) for each in flagged] == [("amount_90d", ("gain",))]


@pytest.mark.parametrize("kind", [CHURN, CLV], ids=lambda kind: kind.name)
def test_a_feature_that_is_the_outcome_is_flagged_first(
    kind: ModelKind, panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    told = with_feature(panel, kind.label(panel))
    first, *others = weighed(kind, told, split, settings)
    assert (first.name, first.auc, first.flags) == ("told", 1.0, ("AUC", "gain"))
    assert [each for each in others if each.flags] == []


def test_two_copies_of_the_outcome_share_the_gain_and_are_flagged_all_the_same(
    panel: Panel, split: Split, settings: TrainingSettings
) -> None:
    told = with_feature(panel, panel.churned)
    noise = told.feature_names.index("noise")
    told.X[:, noise] = 1 - told.X[:, -1]
    found = weighed(CHURN, told, split, settings)
    assert [each.name for each in found if "AUC" in each.flags] == ["noise", "told"]
