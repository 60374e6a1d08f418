"""BG/NBD and MBG/NBD against printed numbers, closed forms and the process itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1

from forecasting.beta_geometric import BetaGeometric
from forecasting.histories import Histories
from forecasting.season import Floats
from tests.forecasting.made import one, posterior, simulate

# Fader, Hardie and Lee (2005), table 2.
PAPER = BetaGeometric(0.243, 4.414, 0.793, 2.426, leaves_at_first=False)
MODELS = (PAPER, BetaGeometric(0.525, 6.183, 0.891, 1.614), BetaGeometric(2.0, 5.0, 1.0, 6.0))
HISTORIES = [(0, 0.0, 10.0), (0, 0.0, 40.0), (1, 5.0, 6.0), (2, 30.43, 38.86), (7, 20.0, 22.0)]


def test_the_parameters_of_the_paper_are_found_on_its_sample(cdnow: Histories) -> None:
    found = BetaGeometric.fit(cdnow, leaves_at_first=False)
    assert found.r == pytest.approx(0.243, abs=0.002)
    assert found.alpha == pytest.approx(4.414, rel=0.01)
    assert found.a == pytest.approx(0.793, rel=0.02)
    assert found.b == pytest.approx(2.426, rel=0.02)
    assert found.log_likelihood(cdnow).sum() == pytest.approx(-9582.4, abs=0.1)
    assert PAPER.log_likelihood(cdnow).sum() == pytest.approx(-9582.4, abs=0.1)


def test_the_worked_customer_of_the_authors_is_expected_to_buy_what_they_say() -> None:
    """Fader, Hardie and Lee (2005), "Implementing the BG/NBD model in Excel"."""
    assert PAPER.expected_orders(one(2, 30.43, 38.86), 39)[0] == pytest.approx(1.226, abs=0.001)


@pytest.mark.parametrize("leaves_at_first", [True, False])
def test_the_parameters_of_made_customers_are_found_again(leaves_at_first: bool) -> None:
    truth = BetaGeometric(0.8, 6.0, 0.9, 3.0, leaves_at_first)
    random = np.random.default_rng(5)
    made = simulate(truth, random.uniform(10, 100, 20_000), random)
    found = BetaGeometric.fit(made, leaves_at_first=leaves_at_first)
    assert found.r == pytest.approx(0.8, rel=0.1)
    assert found.alpha == pytest.approx(6.0, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(0.9 / 3.9, rel=0.1)
    assert found.log_likelihood(made).sum() > truth.log_likelihood(made).sum() - 1


def test_where_the_search_begins_does_not_matter(cdnow: Histories) -> None:
    found = BetaGeometric.fit(cdnow)
    elsewhere = BetaGeometric.fit(cdnow, start=BetaGeometric(5.0, 50.0, 5.0, 5.0))
    expected = found.expected_orders(cdnow, 39)
    np.testing.assert_allclose(elsewhere.expected_orders(cdnow, 39), expected, rtol=0.01)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", HISTORIES)
def test_what_follows_is_what_bayes_says_of_the_process(
    model: BetaGeometric, history: tuple[int, float, float]
) -> None:
    seen, weeks = one(*history), 20.0
    truth = posterior(model, seen, weeks, draws=400_000)
    assert model.p_alive(seen)[0] == pytest.approx(truth.p_alive, abs=0.01)
    assert model.p_no_order(seen, weeks)[0] == pytest.approx(truth.p_no_order, abs=0.01)
    assert model.expected_orders(seen, weeks)[0] == pytest.approx(truth.expected_orders, rel=0.03)


def closed_form(model: BetaGeometric, seen: Histories, weeks: float) -> Floats:
    """Return equation 10 of the paper."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, T = seen.x, seen.T
    hyper = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + T + weeks))
    grown = 1 - ((alpha + T) / (alpha + T + weeks)) ** (r + x) * hyper
    has_left = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + seen.t_x)) ** (r + x), 0
    )
    return np.asarray((a + b + x - 1) / (a - 1) * grown / (1 + has_left))


def test_expected_orders_agree_with_the_closed_form_of_the_paper() -> None:
    x, t_x, T = np.array(HISTORIES).T
    seen = Histories(x, t_x, T, np.ones(len(x)))
    for weeks in (1.0, 13.0, 104.0):
        expected = closed_form(PAPER, seen, weeks)
        np.testing.assert_allclose(PAPER.expected_orders(seen, weeks), expected, rtol=2e-3)


def test_repeat_orders_by_age_agree_with_the_closed_form_of_the_paper() -> None:
    """Equation 9."""
    r, alpha, a, b = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b
    weeks = np.array([0.0, 1.0, 10.0, 52.0])
    hyper = hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    expected = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + weeks)) ** r * hyper)
    np.testing.assert_allclose(PAPER.repeat_orders_by_age(weeks), expected, rtol=5e-3, atol=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_repeat_orders_by_age_are_what_the_process_makes(model: BetaGeometric) -> None:
    made = simulate(model, np.full(30_000, 52.0), np.random.default_rng(3))
    (found,) = model.repeat_orders_by_age(np.array([52.0]))
    assert found == pytest.approx(made.x.mean(), rel=0.04)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", HISTORIES)
def test_draws_of_a_living_customer_have_the_mean_and_the_zeros_expected(
    model: BetaGeometric, history: tuple[int, float, float]
) -> None:
    seen, weeks = one(*history), 20.0
    drawn = model.draw_orders(seen.x[0], seen.T[0], weeks, 200_000, np.random.default_rng(2))
    alive = model.p_alive(seen)[0]
    assert alive * drawn.mean() == pytest.approx(model.expected_orders(seen, weeks)[0], rel=0.02)
    none = 1 - alive + alive * (drawn == 0).mean()
    assert none == pytest.approx(model.p_no_order(seen, weeks)[0], abs=0.005)


def test_of_bg_nbd_nobody_without_a_repeat_order_has_left() -> None:
    assert PAPER.p_alive(one(0, 0.0, 500.0))[0] == 1.0
    assert MODELS[1].p_alive(one(0, 0.0, 500.0))[0] < 0.2


def test_extreme_histories_have_finite_numbers() -> None:
    seen = Histories(
        np.array([0.0, 500.0, 3000.0]), np.array([0.0, 100.0, 520.0]),
        np.array([0.01, 520.0, 520.0]), np.ones(3),
    )  # fmt: skip
    for model in MODELS:
        for what in (
            model.log_likelihood(seen), model.p_alive(seen), model.p_no_order(seen, 52.0),
            model.expected_orders(seen, 52.0),
        ):  # fmt: skip
            assert np.isfinite(what).all()
        assert ((model.p_no_order(seen, 52.0) >= 0) & (model.p_no_order(seen, 52.0) <= 1)).all()
