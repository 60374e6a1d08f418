"""Holdouts are as large as textbooks and simulation say, and no larger than they need be."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import numpy as np
import pytest

from contracts.errors import UsageError
from training.power import (
    Asked,
    needed_holdout,
    plan,
    power_to_see,
    smallest_holdout,
    smallest_lift,
)

USUAL = Asked()


def lift_between(greater: float, less: float) -> float:
    return 1 - less / greater


@pytest.mark.parametrize(
    ("shares", "asked", "arm"),
    [
        # power.prop.test(p1 = .50, p2 = .75, power = .90) in the help of R: n = 76.7.
        ((0.75, 0.5), (0.9, 0.05), 76.7),
        # Fleiss, Levin and Paik 2003, chapter 4, before the correction for continuity.
        ((0.4, 0.25), (0.95, 0.01), 344),
        ((0.7, 0.6), (0.95, 0.01), 807),
    ],
)
def test_equal_arms_are_as_large_as_textbooks_say(
    shares: tuple[float, float], asked: tuple[float, float], arm: float
) -> None:
    power, alpha = asked
    found = needed_holdout(
        shares[0], share=0.5, asked=Asked(lift_between(*shares), power=power, alpha=alpha)
    )
    assert found == pytest.approx(arm, abs=0.5 if arm > 100 else 0.05)


def test_power_of_equal_arms_is_what_r_says() -> None:
    # power.prop.test(n = 50, p1 = .50, p2 = .75) in the help of R: power = 0.740.
    found = power_to_see(50.0, 50.0, 0.75, lift=lift_between(0.75, 0.5), alpha=0.05)
    assert float(found) == pytest.approx(0.740, abs=0.0005)


def test_unequal_arms_are_reckoned_by_hand() -> None:
    # r = 9, shares 0.3 and 0.24, pooled 0.246: (1.959964 * sqrt(10 * 0.246 * 0.754)
    # + 0.841621 * sqrt(9 * 0.3 * 0.7 + 0.24 * 0.76)) ** 2 / (9 * 0.06 ** 2) = 464.86
    assert needed_holdout(0.3, share=0.1, asked=USUAL) == pytest.approx(464.86, abs=0.005)


def test_what_is_needed_has_the_power_that_was_asked_for() -> None:
    for share in (0.02, 0.1, 0.37, 0.5):
        for leaving in (0.05, 0.4, 0.7):
            held = needed_holdout(leaving, share=share, asked=USUAL)
            treated = held * (1 - share) / share
            assert power_to_see(treated, held, leaving, lift=0.2, alpha=0.05) == pytest.approx(0.8)


def test_a_simulation_sees_the_lift_as_often_as_promised() -> None:
    leaving, members, runs = 0.35, 6000, 20_000
    held = smallest_holdout(members, leaving, USUAL)
    assert held is not None
    random = np.random.default_rng(11)

    def seen(kept: float) -> float:
        of_held = random.binomial(held, leaving, runs) / held
        of_treated = random.binomial(members - held, kept, runs) / (members - held)
        pooled = (held * of_held + (members - held) * of_treated) / members
        error = np.sqrt(pooled * (1 - pooled) * (1 / held + 1 / (members - held)))
        return float((np.abs(of_held - of_treated) > 1.959964 * error).mean())

    # Two standard errors of the simulation are 0.006; the rest is the normal approximation.
    assert seen(leaving * 0.8) == pytest.approx(0.8, abs=0.015)
    assert seen(leaving) == pytest.approx(0.05, abs=0.01)


def test_the_smallest_holdout_does_and_one_less_does_not() -> None:
    for members, leaving in ((3000, 0.3), (20_000, 0.08), (900, 0.8)):
        held = smallest_holdout(members, leaving, USUAL)
        assert held is not None
        sizes = np.array([held - 1.0, held])
        power = power_to_see(members - sizes, sizes, leaving, lift=0.2, alpha=0.05)
        assert power[0] < 0.8 <= power[1]


def test_a_holdout_grows_with_what_is_asked_of_it() -> None:
    def held(members: int = 20_000, leaving: float = 0.3, **numbers: float) -> int:
        found = smallest_holdout(members, leaving, Asked(**numbers))
        assert found is not None
        return found

    for falling in (
        [held(lift=lift) for lift in (0.1, 0.15, 0.2, 0.4)],
        [held(power=power) for power in (0.95, 0.9, 0.8, 0.5)],
        [held(alpha=alpha) for alpha in (0.01, 0.05, 0.1)],
        [held(leaving=leaving) for leaving in (0.1, 0.2, 0.4, 0.8)],
        # The more are contacted, the fewer need be left alone.
        [held(members=members) for members in (1800, 3000, 20_000, 500_000)],
    ):
        assert all(one > next_ for one, next_ in pairwise(falling)), falling


def test_the_smallest_lift_falls_with_size_and_share_and_shows() -> None:
    lifts = [smallest_lift(members, 0.3, share=0.1, asked=USUAL) for members in (600, 3000, 40_000)]
    shares = [smallest_lift(3000, 0.3, share=share, asked=USUAL) for share in (0.05, 0.1, 0.3)]
    for falling in (lifts, shares):
        assert None not in falling
        assert falling == sorted(falling, key=lambda each: -(each or 0))
        assert len(set(falling)) == 3
    assert lifts[1] == shares[1]
    power = power_to_see(2700.0, 300.0, 0.3, lift=lifts[1] or 0, alpha=0.05)
    assert float(power) == pytest.approx(0.8)


def test_power_rises_with_the_lift_whatever_the_risk() -> None:
    for leaving in (0.02, 0.5, 0.97):
        power = [
            float(power_to_see(1800.0, 200.0, leaving, lift=lift, alpha=0.05))
            for lift in np.linspace(0.01, 0.99, 99)
        ]
        assert all(one <= next_ for one, next_ in pairwise(power))


def test_campaigns_are_added_up_until_the_lift_shows() -> None:
    # 464.9 left alone, of which 100 campaigns of a thousand have a hundred each.
    small = plan(1000, 0.3, share=0.1, asked=USUAL)
    assert small.campaigns == ceil(464.86 / 100) == 5
    assert small.lift is not None
    assert small.lift > 0.2
    large = plan(4649, 0.3, share=0.1, asked=USUAL)
    assert large.campaigns == 1
    assert large.lift == pytest.approx(0.2, abs=0.0001)
    assert plan(4648, 0.3, share=0.1, asked=USUAL).campaigns == 2


def test_a_segment_may_be_too_small_for_any_holdout() -> None:
    found = plan(500, 0.3, share=0.1, asked=USUAL)
    assert found.holdout is None
    assert found.power_of_half == pytest.approx(0.33, abs=0.005)
    assert found.campaigns == 10


def test_a_handful_left_alone_shows_nothing_however_great_the_lift() -> None:
    # Of 20 with a risk of 0.1 two leave: the approximation wants five, so 50.
    great = Asked(lift=0.99)
    assert smallest_holdout(10_000, 0.1, great) == 50
    assert smallest_holdout(10_000, 0.5, great) == 20
    assert smallest_holdout(450, 0.999, USUAL) == 20
    assert smallest_holdout(40, 0.5, great) == 20
    assert smallest_holdout(39, 0.5, great) is None
    # Five of 50 against nobody of 50 is enough for the approximation, and shows too seldom.
    assert smallest_lift(100, 0.1, share=0.5, asked=great) is None
    assert smallest_lift(190, 0.5, share=0.1, asked=great) is None
    assert smallest_lift(200, 0.5, share=0.1, asked=great) is not None
    assert plan(190, 0.5, share=0.1, asked=great).campaigns == 2


def test_nothing_shows_where_nobody_is_left_alone_or_nobody_would_leave() -> None:
    without = plan(5000, 0.3, share=0, asked=USUAL)
    assert without.lift is without.campaigns is None
    assert without.holdout is not None
    assert plan(5000, 0.0, share=0.1, asked=USUAL).holdout is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"lift": 0.0}, {"lift": 1.0}, {"lift": float("nan")}, {"power": 0.4}, {"power": 1.0},
        {"alpha": 0.0}, {"alpha": 0.5},
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_asked_for_are_refused(wrong: dict[str, float]) -> None:
    (name,) = wrong
    with pytest.raises(UsageError, match=f"--{name} must be"):
        Asked(**wrong)


@pytest.mark.parametrize("share", [-0.1, 0.6, float("nan")])
def test_a_share_beyond_half_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="--share must be"):
        plan(100, 0.3, share=share, asked=USUAL)
