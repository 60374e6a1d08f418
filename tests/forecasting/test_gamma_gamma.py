"""Gamma-Gamma against printed numbers and the process itself."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.gamma_gamma import GammaGamma
from forecasting.histories import Histories
from forecasting.season import Floats

# Fader and Hardie (2013), section 4.
PAPER = GammaGamma(6.25, 3.74, 15.44)


def simulate(model: GammaGamma, customers: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return purchases, their mean value and the true mean of each customer."""
    random = np.random.default_rng(seed)
    purchases = random.geometric(0.3, customers).astype(np.float64)
    rate = random.gamma(model.q, 1 / model.gamma, customers)
    return purchases, random.gamma(model.p * purchases) / rate / purchases, model.p / rate


def test_the_parameters_of_the_paper_are_found_on_its_sample(cdnow: Histories) -> None:
    """Of the repeat buyers and their repeats, as there; the ridge draws p and q a little."""
    assert (cdnow.x > 0).sum() == 946
    found = GammaGamma.fit(cdnow.x, cdnow.mean_value)
    assert found.p == pytest.approx(PAPER.p, rel=0.03)
    assert found.q == pytest.approx(PAPER.q, rel=0.02)
    assert found.gamma == pytest.approx(PAPER.gamma, rel=0.04)
    buyers = cdnow.take(np.flatnonzero(cdnow.x > 0))
    np.testing.assert_allclose(
        found.expected_value(buyers.x, buyers.mean_value),
        PAPER.expected_value(buyers.x, buyers.mean_value),
        rtol=0.02,
    )


def test_the_parameters_of_made_customers_are_found_again() -> None:
    truth = GammaGamma(4.0, 5.0, 40.0)
    purchases, mean, _ = simulate(truth, 20_000, 1)
    found = GammaGamma.fit(purchases, mean)
    assert found.p == pytest.approx(4.0, rel=0.1)
    assert found.q == pytest.approx(5.0, rel=0.1)
    assert found.p * found.gamma / (found.q - 1) == pytest.approx(40.0, rel=0.02)


def test_expected_value_is_the_mean_of_customers_who_look_alike() -> None:
    purchases, mean, truth = simulate(PAPER, 400_000, 2)
    for count, low, high in ((1, 30, 33), (1, 80, 90), (5, 20, 22)):
        alike = (purchases == count) & (mean > low) & (mean < high)
        assert alike.sum() > 300
        expected = PAPER.expected_value(purchases[alike], mean[alike])
        assert expected.mean() == pytest.approx(truth[alike].mean(), rel=0.03)


def test_nobody_known_is_worth_the_mean_and_a_well_known_customer_the_own_mean() -> None:
    unknown, known = PAPER.expected_value(np.array([0.0, 1e6]), np.array([0.0, 99.0]))
    assert unknown == pytest.approx(PAPER.p * PAPER.gamma / (PAPER.q - 1))
    assert known == pytest.approx(99.0, rel=1e-3)


def test_the_unit_of_money_changes_nothing() -> None:
    purchases, mean, _ = simulate(PAPER, 2_000, 3)
    in_euro, in_cent = (GammaGamma.fit(purchases, mean * unit) for unit in (1, 100))
    np.testing.assert_allclose(
        in_cent.expected_value(purchases, mean * 100),
        100 * in_euro.expected_value(purchases, mean),
        rtol=1e-4,
    )


def test_returns_and_nothing_paid_say_nothing_of_others() -> None:
    purchases, mean, _ = simulate(PAPER, 2_000, 4)
    odd = np.array([0.0, 3.0, 2.0]), np.array([0.0, -20.0, 0.0])
    with_odd = GammaGamma.fit(np.concatenate([purchases, odd[0]]), np.concatenate([mean, odd[1]]))
    assert with_odd == GammaGamma.fit(purchases, mean)
    worth = PAPER.expected_value(*odd)
    assert (worth > 0).all()
    assert worth[1] < worth[0]


def test_a_base_that_all_pays_alike_or_nothing_has_finite_parameters() -> None:
    for mean in (np.full(300, 10.0), np.zeros(300)):
        found = GammaGamma.fit(np.full(300, 2.0), mean)
        worth = found.expected_value(np.array([2.0]), mean[:1])
        assert np.isfinite(worth).all()
    alike = GammaGamma.fit(np.full(300, 2.0), np.full(300, 10.0))
    assert alike.expected_value(np.array([2.0]), np.array([10.0]))[0] == pytest.approx(10, rel=0.05)


def test_draws_of_what_is_spent_have_the_mean_expected() -> None:
    """In units of gamma and all that was paid."""
    random = np.random.default_rng(6)
    purchases, mean = 3.0, 25.0
    drawn = PAPER.draw_relative_value(purchases, np.full(400_000, 4.0), random)
    spent = drawn * (PAPER.gamma + purchases * mean)
    expected = 4 * PAPER.expected_value(np.array([purchases]), np.array([mean]))[0]
    assert spent.mean() == pytest.approx(expected, rel=0.01)
