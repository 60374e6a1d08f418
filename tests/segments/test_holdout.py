"""The holdout is random, stays, is of the size that was asked for, and alike in risk and value."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from segments.holdout import HOLDOUT, TREATED, draw_arms

SHARE = 0.1


def base(customers: int, *, seed: int = 1) -> pa.Table:
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "customer_id": [f"c{number}" for number in range(customers)],
            "churn_probability": random.beta(1, 4, customers),
            "clv": random.lognormal(4, 1, customers),
        }
    )


def arms(
    members: pa.Table, before: dict[str, str] | None = None, *, key: str = "k", series: str = "s"
) -> dict[str, str]:
    drawn = draw_arms(members, before or {}, key=key, series=series, share=SHARE)
    return dict(zip(drawn["customer_id"].to_pylist(), drawn["arm"].to_pylist(), strict=True))


def test_the_share_is_kept_in_every_stratum() -> None:
    members = base(9_000)
    found = np.array(list(arms(members).values())) == HOLDOUT
    assert abs(found.mean() - SHARE) < 0.001
    for name in ("churn_probability", "clv"):
        values = members[name].to_numpy()
        for low, high in ((0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1)):
            ends = np.quantile(values, [low, high])
            within = (values >= ends[0]) & (values < ends[1])
            assert abs(found[within].mean() - SHARE) < 0.002


def test_rows_in_another_order_have_the_same_arms() -> None:
    members = base(500)
    turned = members.take(np.random.default_rng(2).permutation(500))
    assert arms(turned) == arms(members)


def test_another_key_or_series_draws_others() -> None:
    members = base(2_000)
    first = {name for name, arm in arms(members).items() if arm == HOLDOUT}
    for other in (arms(members, key="other"), arms(members, series="other")):
        chosen = {name for name, arm in other.items() if arm == HOLDOUT}
        assert len(chosen & first) < 2 * SHARE * len(first) + 10


@given(seed=st.integers(0, 1000), kept=st.integers(0, 200))
@settings(deadline=None, max_examples=20)
def test_who_has_an_arm_keeps_it_whatever_risk_and_value_are_by_then(seed: int, kept: int) -> None:
    earlier = arms(base(200, seed=seed))
    known = dict(list(earlier.items())[:kept])
    later = arms(base(300, seed=seed + 1), known)
    assert {name: later[name] for name in known} == known
    fresh = [arm for name, arm in later.items() if name not in known]
    assert abs(Counter(fresh)[HOLDOUT] - SHARE * len(fresh)) <= 9


def test_arms_do_not_depend_on_what_is_not_known() -> None:
    unknown = pa.table(
        {
            "customer_id": [f"c{number}" for number in range(100)],
            "churn_probability": pa.nulls(100, pa.float64()),
            "clv": pa.nulls(100, pa.float64()),
        }
    )
    assert Counter(arms(unknown).values()) in (
        Counter({TREATED: 90, HOLDOUT: 10}), Counter({TREATED: 89, HOLDOUT: 11}),
    )  # fmt: skip
    assert arms(unknown.slice(0, 0)) == {}


def test_who_comes_one_by_one_is_drawn_as_often() -> None:
    drawn = Counter(arm for number in range(3_000) for arm in arms(alone(number)).values())
    assert abs(drawn[HOLDOUT] - SHARE * 3_000) < 4 * np.sqrt(3_000 * SHARE * (1 - SHARE))


def alone(number: int) -> pa.Table:
    return pa.table({"customer_id": [f"n{number}"], "churn_probability": [0.5], "clv": [1.0]})


@pytest.mark.parametrize("outcome", ["none", "of risk"])
def test_comparing_arms_that_are_treated_alike_finds_nothing(outcome: str) -> None:
    """1,000 series of campaigns that do nothing: an interval of 95 % misses 0 in at most 5 %."""
    random, members = np.random.default_rng(3), base(600)
    chance = members["churn_probability"].to_numpy() if outcome == "of risk" else np.full(600, 0.3)
    missed = 0
    for number in range(1_000):
        left = random.uniform(size=600) < chance
        held = np.array(list(arms(members, series=str(number)).values())) == HOLDOUT
        first, second = (
            binomtest(int(left[arm].sum()), int(arm.sum())).proportion_ci(method="wilson")
            for arm in (held, ~held)
        )
        rates = left[held].mean(), left[~held].mean()
        # Newcombe 1998, method 10.
        low = np.hypot(rates[0] - first.low, second.high - rates[1])
        high = np.hypot(first.high - rates[0], rates[1] - second.low)
        missed += not -low <= rates[1] - rates[0] <= high
    assert missed <= 50
