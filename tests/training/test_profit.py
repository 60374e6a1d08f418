"""Profit and EMPC against worked cases, plain loops, and an implementation of others."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import beta
from sklearn.metrics import roc_auc_score

from contracts.economics import Campaign
from training.plots.profit import draw_profit
from training.profit import (
    Floats,
    Ranking,
    expected_maximum_profit,
    planned_profit,
    profit_curve,
    profit_intervals,
    profit_metrics,
)

# Of the paper, beside a customer value of 200.
PAPER = Campaign(contact_cost=1, offer_cost=10, acceptance=0.3, acceptance_trials=20)
EVEN = replace(PAPER, acceptance=0.5, acceptance_trials=2)  # any acceptance as likely as another


def empc(
    score: Floats, churned: Floats, value: Floats | float, campaign: Campaign = PAPER
) -> tuple[float, float]:
    ranking = Ranking.by(score, churned=churned, value=value)
    return expected_maximum_profit(profit_curve(ranking, campaign))


def made(rows: int) -> tuple[Floats, Floats, Floats]:
    """Churned, a score with ties that knows something of it, and values."""
    random = np.random.default_rng(3)
    churned = (random.random(rows) < 0.2).astype(float)
    score = np.round(0.8 * churned + random.normal(size=rows), 1)
    return churned, score, random.lognormal(4, 1, rows)


def test_the_curve_adds_up_what_each_contact_brings() -> None:
    ranking = Ranking.by(
        np.array([1.0, 4.0, 3.0, 2.0]), churned=np.array([0.0, 1.0, 0.0, 1.0]), value=100.0
    )
    curve = profit_curve(ranking, EVEN)
    churner, loyal = 0.5 * (100 - 10) - 1, -10 - 1
    assert curve.share == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert 4 * curve.profit == pytest.approx(
        [0, churner, churner + loyal, 2 * churner + loyal, 2 * churner + 2 * loyal]
    )
    assert curve.best == 3


def test_empc_of_one_churner_is_a_sum_by_hand() -> None:
    # 90 g - 9 pays from g = 0.1 on; its integral from there to 1 is 45 (1 - 0.01) - 9 (1 - 0.1).
    campaign = replace(EVEN, contact_cost=9)
    assert empc(np.ones(1), np.ones(1), 100.0, campaign) == pytest.approx((36.45, 0.9))


@pytest.mark.parametrize(
    ("campaign", "value", "expected", "share"),
    [
        (PAPER, 200.0, 5.219152914500103, 0.5071744303006046),
        (PAPER, 50.0, 0.19720651688663549, 0.053911493151722695),
        (Campaign(0.5, 5, 0.2, 10), 80.0, 0.9212114695225556, 0.2344750366690114),
    ],
)
def test_empc_is_that_of_empulse(
    campaign: Campaign, value: float, expected: float, share: float
) -> None:
    churned, score, _ = made(1000)
    # Of empulse 0.13.1, `empc_score` and its `optimal_rate`, by its own convex hull of the ROC.
    assert empc(score, churned, value, campaign) == pytest.approx((expected, share), rel=1e-12)


def test_empc_is_that_of_the_example_in_the_manual_of_empulse() -> None:
    churned, score = np.array([0.0, 1] * 4), np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9])
    assert empc(score, churned, 200.0)[0] == pytest.approx(23.875593418348124, rel=1e-12)


@pytest.mark.parametrize("contact_cost", [0.0, 1.0, 30.0])
def test_empc_with_values_of_their_own_is_the_integral_of_the_best_profit(
    contact_cost: float,
) -> None:
    churned, score, value = made(300)
    campaign = replace(PAPER, contact_cost=contact_cost)
    kept, spent = (
        np.array([amounts[score >= cut].sum() / 300 for cut in np.unique(score)])
        for amounts in (churned * (value - 10), contact_cost + 10 * (1 - churned))
    )

    def best(acceptance: float) -> float:
        return float(np.maximum(acceptance * kept - spent, 0).max() * beta.pdf(acceptance, 6, 14))

    corners = np.linspace(0, 1, 21)
    expected = sum(quad(best, low, high, limit=200)[0] for low, high in pairwise(corners))
    assert empc(score, churned, value, campaign)[0] == pytest.approx(expected, rel=1e-6)


@st.composite
def _bases(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    rows = draw(st.integers(1, 30))
    return (
        draw(arrays(np.float64, rows, elements=st.sampled_from([0.0, 1.0]))),
        draw(arrays(np.float64, rows, elements=st.integers(0, 5).map(float))),
        draw(arrays(np.float64, rows, elements=st.integers(-50, 500).map(float))),
    )


@settings(deadline=None)
@given(_bases())
def test_no_ranking_earns_more_than_the_perfect_one(base: tuple[Floats, Floats, Floats]) -> None:
    churned, score, value = base
    perfect = churned * (1000 + value)
    assert empc(score, churned, value)[0] <= empc(perfect, churned, value)[0] + 1e-9
    assert empc(score, churned, 200.0)[0] <= empc(churned, churned, 200.0)[0] + 1e-9


@settings(deadline=None)
@given(_bases(), st.integers(0, 2**32 - 1))
def test_drawn_customers_are_ranked_as_if_anew(
    base: tuple[Floats, Floats, Floats], seed: int
) -> None:
    churned, score, value = base
    rows = np.random.default_rng(seed).integers(0, len(score), len(score))
    drawn = Ranking.by(score, churned=churned, value=value).drawn(rows)
    anew = Ranking.by(score[rows], churned=churned[rows], value=value[rows])
    assert profit_metrics(drawn, PAPER) == pytest.approx(profit_metrics(anew, PAPER))


def test_equal_scores_are_contacted_together_in_whatever_order_they_come() -> None:
    churned, value = np.array([1.0, 1, 0, 0]), np.full(4, 100.0)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        curve = profit_curve(Ranking.by(np.ones(4), churned=churned[order], value=value), EVEN)
        assert curve.share.tolist() == [0, 1]


@pytest.mark.parametrize("churned", [np.zeros(3), np.ones(3)])
def test_nobody_is_contacted_where_nothing_can_be_won(churned: Floats) -> None:
    found = profit_metrics(Ranking.by(np.arange(3.0), churned=churned, value=5.0), PAPER)
    assert (found["empc"], found["empc_share"]) == (0, 0)
    assert (found["best_profit"], found["best_profit_share"]) == (0, 0)
    assert found["profit_of_all"] < 0


def test_a_campaign_that_costs_nothing_earns_what_the_churners_who_accept_are_worth() -> None:
    churned, score, value = made(200)
    free = replace(PAPER, contact_cost=0, offer_cost=0)
    assert empc(score, churned, value, free)[0] == pytest.approx(0.3 * np.mean(churned * value))


def test_a_plan_contacts_whom_it_pays_to_contact_and_is_paid_by_what_happened() -> None:
    found = planned_profit(
        np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.9, 0.1, 0.1]), 100.0, campaign=EVEN
    )
    assert found["planned_share"] == 0.5
    assert found["planned_profit"] == pytest.approx((0.5 * 90 - 1 - 11) / 4)


def test_probabilities_that_are_too_high_cost_money_that_no_ranking_shows() -> None:
    random = np.random.default_rng(5)
    probability = random.beta(1, 6, 5000)
    churned = (random.random(5000) < probability).astype(float)
    plan, inflated = (
        planned_profit(churned, stated, 100.0, campaign=PAPER)["planned_profit"]
        for stated in (probability, np.sqrt(probability))
    )
    assert inflated < plan
    ranked = [empc(stated, churned, 100.0) for stated in (probability, np.sqrt(probability))]
    assert ranked[0] == pytest.approx(ranked[1])


# One churner in ten of 1000, offers so dear that only half churners pay. `sharp` is sure of 30
# churners and knows nothing of the others; `broad` knows that all are among the first 400.
DEAR = Campaign(contact_cost=5, offer_cost=40, acceptance=0.3, acceptance_trials=20)
ONE_IN_TEN = (np.arange(1000) % 10 == 0).astype(float)
SHARP = np.where((ONE_IN_TEN == 1) & (np.arange(1000) < 300), 1.0, 0.0)
BROAD = np.where((ONE_IN_TEN == 1) | (np.arange(1000) % 10 < 4), 1.0, 0.0)


def test_the_model_of_greater_auc_may_earn_less() -> None:
    assert roc_auc_score(ONE_IN_TEN, BROAD) > roc_auc_score(ONE_IN_TEN, SHARP) + 0.1
    sharp, broad = (
        profit_metrics(Ranking.by(score, churned=ONE_IN_TEN, value=200.0), DEAR)
        for score in (SHARP, BROAD)
    )
    assert sharp["best_profit"] == pytest.approx(30 * (0.3 * 160 - 5) / 1000)
    assert broad["best_profit"] == 0
    assert sharp["empc"] > broad["empc"]


def test_the_interval_tells_that_the_sharper_model_earns_more() -> None:
    sharp, broad = (
        profit_intervals(
            Ranking.by(score, churned=ONE_IN_TEN, value=200.0), DEAR, resamples=100, seed=1
        )
        for score in (SHARP, BROAD)
    )
    assert sharp["empc"][0] > broad["empc"][1]
    assert sharp["best_profit"][0] > broad["best_profit"][1]


def test_the_model_that_finds_more_churners_may_find_the_cheap_ones() -> None:
    value = np.where(np.arange(1000) < 300, 1000.0, 60.0)
    cheap = np.where((ONE_IN_TEN == 1) & (np.arange(1000) >= 300), 1.0, 0.0)
    assert roc_auc_score(ONE_IN_TEN, cheap) > roc_auc_score(ONE_IN_TEN, SHARP) + 0.1
    assert empc(SHARP, ONE_IN_TEN, value, DEAR)[0] > empc(cheap, ONE_IN_TEN, value, DEAR)[0]


def test_intervals_contain_what_they_are_of_and_keep_with_their_seed() -> None:
    churned, score, value = made(1000)
    ranking = Ranking.by(score, churned=churned, value=value)
    found = profit_intervals(ranking, PAPER, resamples=100, seed=1)
    metrics = profit_metrics(ranking, PAPER)
    for name in ("empc", "best_profit", "profit_of_all"):
        low, high = found[name]
        assert low < metrics[name] < high
    assert found == profit_intervals(ranking, PAPER, resamples=100, seed=1)


def test_the_plot_marks_the_best_share_of_the_model() -> None:
    churned, score, value = made(200)
    curve = profit_curve(Ranking.by(score, churned=churned, value=value), PAPER)
    chart = draw_profit(curve, {"recency": curve}, when="holdout 2024-06-30").to_dict()
    marked = chart["datasets"][chart["layer"][2]["data"]["name"]]
    best = f"best: {curve.profit.max():,.2f} at {100 * curve.share[curve.best]:.0f} %"
    assert [point["approach"] for point in marked] == [best]
    assert marked[0]["y"] == pytest.approx(curve.profit.max(), rel=1e-4)
    shown = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert shown == ["model", "recency", best, "nobody contacted"]
