"""Pareto/NBD against printed numbers, closed forms and the process itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln, hyp2f1
from scipy.stats import gamma

from forecasting.histories import Histories
from forecasting.pareto import ParetoNbd
from forecasting.season import Floats
from tests.forecasting.made import one, posterior, simulate

# Fader and Hardie (2005), "A note on implementing the Pareto/NBD model in MATLAB".
PAPER = ParetoNbd(0.553, 10.578, 0.606, 11.669)
# The scale of purchases below that of leaving, both alike, and a shape of leaving of one.
MODELS = (PAPER, ParetoNbd(1.5, 12.0, 0.8, 4.0), ParetoNbd(1.0, 6.0, 1.0, 6.0))
HISTORIES = [(0, 0.0, 10.0), (0, 0.0, 40.0), (1, 5.0, 6.0), (2, 30.43, 38.86), (7, 20.0, 22.0)]


def all_of(histories: list[tuple[int, float, float]]) -> Histories:
    x, t_x, T = np.array(histories, dtype=np.float64).T
    return Histories(x, t_x, T, np.ones(len(x)))


def test_the_parameters_of_the_paper_are_found_on_its_sample(cdnow: Histories) -> None:
    found = ParetoNbd.fit(cdnow)
    assert PAPER.log_likelihood(cdnow).sum() == pytest.approx(-9595.0, abs=0.1)
    assert found.log_likelihood(cdnow).sum() == pytest.approx(-9595.0, abs=0.1)
    assert found.r == pytest.approx(0.553, rel=0.02)
    assert found.alpha == pytest.approx(10.578, rel=0.02)
    # Along a line of s and beta the likelihood is flat: its fifth digit moves them by this much.
    assert found.s == pytest.approx(0.606, rel=0.05)
    assert found.beta == pytest.approx(11.669, rel=0.06)
    np.testing.assert_allclose(
        found.expected_orders(cdnow, 39), PAPER.expected_orders(cdnow, 39), rtol=0.01
    )


def test_the_parameters_of_made_customers_are_found_again() -> None:
    truth = ParetoNbd(0.8, 6.0, 0.9, 12.0)
    random = np.random.default_rng(5)
    made = simulate(truth, random.uniform(10, 100, 10_000), random)
    found = ParetoNbd.fit(made)
    assert found.r == pytest.approx(0.8, rel=0.1)
    assert found.alpha == pytest.approx(6.0, rel=0.1)
    assert found.s / found.beta == pytest.approx(0.9 / 12.0, rel=0.1)
    assert found.log_likelihood(made).sum() > truth.log_likelihood(made).sum() - 1


def closed_form(model: ParetoNbd, seen: Histories) -> Floats:
    """Return the log likelihood with Gauss's function (equations 15 and 16 of the note)."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    shape = r + s + seen.x
    greater, other = max(alpha, beta), s + 1 if alpha >= beta else r + seen.x

    def part(weeks: Floats) -> Floats:
        distance = abs(alpha - beta) / (greater + weeks)
        return np.asarray(hyp2f1(shape, other, shape + 1, distance) / (greater + weeks) ** shape)

    left = s / shape * (part(seen.t_x) - part(seen.T))
    alive = 1 / ((alpha + seen.T) ** (r + seen.x) * (beta + seen.T) ** s)
    first = gammaln(r + seen.x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return np.asarray(first + np.log(alive + left))


@pytest.mark.parametrize("model", MODELS)
def test_the_likelihood_agrees_with_the_closed_form(model: ParetoNbd) -> None:
    seen = all_of([*HISTORIES, (0, 0.0, 0.1), (30, 51.0, 52.0), (12, 1.0, 300.0)])
    np.testing.assert_allclose(model.log_likelihood(seen), closed_form(model, seen), rtol=1e-5)
    usual = all_of(HISTORIES)
    np.testing.assert_allclose(model.log_likelihood(usual), closed_form(model, usual), rtol=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_likelihood_and_chance_to_be_alive_agree_with_integrating_over_both_rates(
    model: ParetoNbd,
) -> None:
    """Over quantiles of both gamma distributions, which knows nothing of any closed form."""
    x, t_x, T = 2, 30.43, 38.86
    nodes, weights = np.polynomial.legendre.leggauss(300)
    quantiles, both = (nodes + 1) / 2, np.outer(weights, weights) / 4
    rate = gamma(model.r, scale=1 / model.alpha).ppf(quantiles)[:, None]
    leaving = gamma(model.s, scale=1 / model.beta).ppf(quantiles)[None, :]
    alive = np.exp(-(rate + leaving) * T)
    left = leaving / (rate + leaving) * (np.exp(-(rate + leaving) * t_x) - alive)
    whole = (both * rate**x * (alive + left)).sum()
    seen = one(x, t_x, T)
    assert np.exp(model.log_likelihood(seen)[0]) == pytest.approx(whole, rel=1e-4)
    expected = (both * rate**x * alive).sum() / whole
    assert model.p_alive(seen)[0] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", HISTORIES)
def test_what_follows_is_what_bayes_says_of_the_process(
    model: ParetoNbd, history: tuple[int, float, float]
) -> None:
    seen, weeks = one(*history), 20.0
    truth = posterior(model, seen, weeks, draws=400_000)
    assert model.p_alive(seen)[0] == pytest.approx(truth.p_alive, abs=0.01)
    assert model.p_no_order(seen, weeks)[0] == pytest.approx(truth.p_no_order, abs=0.01)
    assert model.expected_orders(seen, weeks)[0] == pytest.approx(truth.expected_orders, rel=0.03)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", HISTORIES)
def test_draws_of_a_living_customer_have_the_mean_and_the_zeros_expected(
    model: ParetoNbd, history: tuple[int, float, float]
) -> None:
    seen, weeks = one(*history), 20.0
    drawn = model.draw_orders(seen.x[0], seen.T[0], weeks, 200_000, np.random.default_rng(2))
    alive = model.p_alive(seen)[0]
    assert alive * drawn.mean() == pytest.approx(model.expected_orders(seen, weeks)[0], rel=0.02)
    none = 1 - alive + alive * (drawn == 0).mean()
    assert none == pytest.approx(model.p_no_order(seen, weeks)[0], abs=0.005)


def test_a_shape_of_one_is_the_limit_of_those_beside_it() -> None:
    seen = all_of(HISTORIES)
    at, beside = (
        ParetoNbd(1.0, 6.0, s, 9.0).expected_orders(seen, 20.0) for s in (1.0, 1.0011)
    )  # fmt: skip
    np.testing.assert_allclose(at, beside, rtol=3e-3)


def test_extreme_histories_have_finite_numbers() -> None:
    seen = all_of([(0, 0.0, 0.01), (500, 100.0, 520.0), (3000, 520.0, 520.0)])
    for model in MODELS:
        for what in (
            model.log_likelihood(seen), model.p_alive(seen), model.p_no_order(seen, 52.0),
            model.expected_orders(seen, 52.0),
        ):  # fmt: skip
            assert np.isfinite(what).all()
        assert ((model.p_no_order(seen, 52.0) >= 0) & (model.p_no_order(seen, 52.0) <= 1)).all()
