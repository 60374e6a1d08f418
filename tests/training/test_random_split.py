"""A random split is judged beside the split by time, and shows what gives customers away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from contracts.feature_contract import ContractedFeature, FeatureContract
from tests.panels import CUSTOMERS, SPLIT, lessons_of, small_models, with_outcomes
from training.kinds import CHURN
from training.panel import Outcomes, Panel
from training.random_split import judge_randomly


def judged(panel: Panel) -> float | None:
    lessons = lessons_of(CUSTOMERS)
    return judge_randomly(
        CHURN, panel, SPLIT.judged, lost_after_days=90, settings=lessons.settings, threads=2
    )


def dealt_to_groups(panel: Panel) -> Panel:
    """Return the panel with outcomes by chance, the same for a group of customers at all cutoffs.

    A column says which customer it is: of another time nothing is known by it.
    """
    first_day = panel.snapshot_dates.astype(np.int64) - panel.feature("T").astype(np.int64)
    who = first_day + panel.feature("largest_order_value")
    _, names = np.unique(who, return_inverse=True)
    churned = np.random.default_rng(2).random(names.max() // 30 + 1) < 0.4
    contract = FeatureContract((*panel.contract.features, ContractedFeature("who", "made")))
    X = np.column_stack([panel.X, names]).astype(np.float32)

    def outcomes(followed: Outcomes) -> Outcomes:
        return replace(followed, orders=np.where(churned[names // 30], 0.0, 1.0))

    return with_outcomes(replace(panel, X=X, contract=contract), outcomes)


def test_outcomes_by_chance_that_stay_with_customers_look_known_on_a_random_split() -> None:
    found = judged(dealt_to_groups(lessons_of(CUSTOMERS).panel))
    assert found is not None
    assert found > 0.8


def test_outcomes_that_all_share_cannot_be_judged() -> None:
    panel = lessons_of(CUSTOMERS).panel
    nobody = with_outcomes(panel, lambda followed: replace(followed, orders=followed.orders * 0))
    assert judged(nobody) is None


def test_each_model_states_it_by_its_headline_metric() -> None:
    for name, fitted in small_models().items():
        assert fitted.random_split is not None, name
        assert 0 < fitted.random_split < 1
