"""Both arms of a campaign by risk: published intervals, groups that are large enough, no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from training.campaign_uplift import Campaign, measure_uplift
from training.uplift import FEWEST, Arms, by_risk, difference_interval

SPRING = Campaign("spring", "Spring", date(2024, 5, 1), date(2024, 5, 20), 900, 100)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_intervals_are_those_of_the_paper(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10."""
    found = difference_interval(one, other, confidence=0.95)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_campaign_covers_the_true_difference_nine_times_in_ten() -> None:
    random = np.random.default_rng(3)
    covered = []
    for _ in range(400):
        treated, held = random.binomial(450, 0.3), random.binomial(50, 0.45)
        low, high = Arms(450, int(treated), 50, int(held)).interval
        covered.append(low <= -0.15 <= high)
    assert np.mean(covered) == pytest.approx(0.9, abs=0.04)


def chosen(customers: int, *, holdout: float = 0.5, seed: int = 1) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    risk = random.random(customers)
    is_treated = random.random(customers) >= holdout
    return is_treated, random.random(customers) < risk, risk


def test_large_campaigns_are_told_by_tenths_the_riskiest_first() -> None:
    is_treated, has_left, risk = chosen(1000)
    groups = by_risk(is_treated, has_left, risk)
    assert [group.arms.treated + group.arms.holdout for group in groups] == [100] * 10
    assert all(group.least > after.greatest for group, after in pairwise(groups))
    [first, *_] = groups
    riskiest = risk >= first.least
    assert first.arms == Arms.count(is_treated[riskiest], has_left[riskiest])


@pytest.mark.parametrize(("customers", "holdout"), [(400, 0.1), (150, 0.3), (999, 0.15)])
def test_no_group_has_fewer_customers_in_an_arm_than_may_be_shown(
    customers: int, holdout: float
) -> None:
    is_treated, has_left, risk = chosen(customers, holdout=holdout)
    groups = by_risk(is_treated, has_left, risk)
    assert 1 <= len(groups) < 10
    assert all(min(each.arms.treated, each.arms.holdout) >= FEWEST for each in groups)
    together = [each.arms for each in groups]
    assert sum(each.treated for each in together) == is_treated.sum()
    assert sum(each.holdout_left for each in together) == (~is_treated & has_left).sum()


def test_too_few_customers_are_in_no_group() -> None:
    assert by_risk(*chosen(60, holdout=0.2)) == ()
    nobody = np.zeros(0, dtype=bool)
    assert by_risk(nobody, nobody, np.zeros(0)) == ()


def test_customers_of_the_same_risk_stay_together() -> None:
    is_treated, has_left, _ = chosen(1000)
    risk = np.repeat([0.9, 0.3], [250, 750])
    groups = by_risk(is_treated, has_left, risk)
    assert [(each.least, each.greatest) for each in groups] == [(0.9, 0.9), (0.3, 0.3)]


def test_a_campaign_is_told_once_its_last_horizon_has_passed() -> None:
    told = {
        day: SPRING.missing(date(2024, 6, day), horizon_days=30, lag_days=0) for day in (18, 19)
    }
    assert told[19] is None
    assert "is known on 2024-06-19; orders are known up to 2024-06-18" in str(told[18])
    late = SPRING.missing(date(2024, 6, 19), horizon_days=30, lag_days=5)
    assert "is known on 2024-06-24" in str(late)


def test_a_campaign_without_a_second_arm_or_with_a_small_one_says_so() -> None:
    late = date(2025, 1, 1)
    faults = {
        (900, 0): "nobody was left alone",
        (0, 30): "nobody was contacted",
        (900, FEWEST - 1): f"it takes {FEWEST} customers in each arm",
        (FEWEST, FEWEST): None,
    }
    for (treated, holdout), fault in faults.items():
        campaign = replace(SPRING, treated=treated, holdout=holdout)
        assert campaign.missing(late, horizon_days=30, lag_days=0) == fault


def followed(customers: int, *, unscored: int = 0) -> pa.Table:
    is_treated, has_left, risk = chosen(customers)
    known = [None] * unscored + risk[unscored:].tolist()
    return pa.table(
        {"is_treated": is_treated, "has_left": has_left, "risk": pa.array(known, pa.float64())}
    )


def test_customers_without_a_risk_are_counted_in_the_whole_only() -> None:
    found = measure_uplift(SPRING, followed(500, unscored=50), scored_as_of=date(2024, 4, 30))
    assert found.whole is not None
    assert found.whole.treated + found.whole.holdout == 500
    assert found.unscored == 50
    assert sum(each.arms.treated + each.arms.holdout for each in found.groups) == 450
    assert found.mean_risk == pytest.approx((0.5, 0.5), abs=0.05)


def test_without_published_scores_the_whole_campaign_is_told() -> None:
    found = measure_uplift(SPRING, followed(500, unscored=500), scored_as_of=None)
    assert found.whole is not None
    assert (found.groups, found.scored_as_of) == ((), None)
