"""A maximum is found where there is one, and something finite where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.likelihood import maximise, of_counts
from forecasting.season import Floats

RANDOM = np.random.default_rng(1)


def test_the_maximum_of_a_known_likelihood_is_found() -> None:
    """Of an exponential: one over the mean."""
    waits = RANDOM.exponential(4.0, 500)
    (rate,) = maximise(lambda rate: np.log(rate) - rate * waits, [3.0], ridge=0.0)
    assert rate == pytest.approx(1 / waits.mean(), rel=1e-3)


def test_a_flat_likelihood_has_an_answer_near_one() -> None:
    found = maximise(lambda p, q: 0 * np.array([p, q]), [5.0, 0.2], ridge=1e-2)
    assert list(found) == pytest.approx([1, 1], rel=0.01)


def test_where_a_likelihood_is_no_number_the_search_turns_back() -> None:
    def of_normal(mean: float) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.array([np.log(3.0 - mean) + 2 * np.log(mean)])

    (mean,) = maximise(of_normal, [2.9], ridge=0.0)
    assert mean == pytest.approx(2.0, rel=1e-2)


def test_parameters_stay_within_their_bounds() -> None:
    (found,) = maximise(lambda p: np.array([p]), [50.0], ridge=0.0, bounds=[(-1.0, 2.0)])
    assert found == pytest.approx(np.exp(2.0))


def test_a_formula_of_counts_is_worked_out_once_for_each() -> None:
    asked: list[Floats] = []

    def formula(x: Floats) -> Floats:
        asked.append(x)
        return x**2

    x = np.array([3.0, 1.0, 3.0, 0.0, 1.0])
    np.testing.assert_array_equal(of_counts(x, formula), x**2)
    np.testing.assert_array_equal(asked[0], [0, 1, 3])
