"""A calibration step is kept where it wins at both earlier cutoffs, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from forecasting.calibration import NO_CALIBRATION, Calibration
from training.calibrating import Stated, choose_calibration, confirm
from training.panel import Floats


def stated(seed: int, *, slope: float = 1.0, shift: float = 0.0, rows: int = 4000) -> Stated:
    """Return true chances told wrongly: their log odds times `slope`, plus `shift`."""
    random = np.random.default_rng(seed)
    chance = random.beta(1.5, 4.0, rows)
    churned = (random.random(rows) < chance).astype(float)
    return Stated(expit(slope * logit(chance) + shift), churned)


def error(probability: Floats, churned: Floats) -> float:
    groups = np.array_split(np.argsort(probability), 10)
    return float(np.mean([abs(probability[g].mean() - churned[g].mean()) for g in groups]))


def test_right_probabilities_are_left_alone() -> None:
    assert choose_calibration([stated(1), stated(2)]) == NO_CALIBRATION


@pytest.mark.parametrize(("slope", "shift"), [(2.0, 0.0), (1.0, 0.8), (0.5, -0.4)])
def test_the_same_error_at_both_cutoffs_is_mended(slope: float, shift: float) -> None:
    chosen = choose_calibration(
        [stated(1, slope=slope, shift=shift), stated(2, slope=slope, shift=shift)]
    )
    unseen = stated(3, slope=slope, shift=shift)
    mended = chosen.apply(unseen.probability)
    assert chosen.method == "sigmoid"
    assert chosen.slope == pytest.approx(1 / slope, rel=0.15)
    assert error(mended, unseen.churned) < error(unseen.probability, unseen.churned) / 2


def test_an_error_that_turns_between_cutoffs_is_not_learnt() -> None:
    assert choose_calibration([stated(1, shift=0.5), stated(2, shift=-0.5)]) == NO_CALIBRATION


def test_an_error_that_no_line_mends_takes_steps() -> None:
    def folded(seed: int) -> Stated:
        right = stated(seed, rows=20_000)
        return Stated(np.where(right.probability < 0.3, 0.02 * right.probability + 0.3,
                               right.probability), right.churned)  # fmt: skip

    chosen = choose_calibration([folded(1), folded(2)])
    unseen = folded(3)
    assert chosen.method == "isotonic"
    assert np.all(np.diff(chosen.stated) > 0)
    assert np.all(np.diff(chosen.calibrated) >= 0)
    assert error(chosen.apply(unseen.probability), unseen.churned) < 0.02


def test_a_line_that_would_turn_the_ranking_round_is_not_taken() -> None:
    """Where stated probabilities say the contrary of what happens, something else is wrong."""
    assert choose_calibration([stated(seed, slope=-0.5, rows=500) for seed in (1, 2)]) == (
        NO_CALIBRATION
    )


def test_few_customers_take_no_steps() -> None:
    chosen = choose_calibration([stated(1, slope=3.0, rows=300), stated(2, slope=3.0, rows=300)])
    assert chosen.method == "sigmoid"


def test_a_step_that_does_harm_at_the_holdout_is_dropped() -> None:
    chosen = choose_calibration([stated(1, shift=0.8), stated(2, shift=0.8)])
    assert confirm(chosen, stated(3, shift=0.8)) == chosen
    assert confirm(chosen, stated(3)) == NO_CALIBRATION


def test_one_cutoff_decides_nothing() -> None:
    assert choose_calibration([stated(1, shift=1.0)]) == NO_CALIBRATION
    assert choose_calibration([]) == NO_CALIBRATION


@pytest.mark.parametrize(
    "calibration",
    [
        NO_CALIBRATION,
        Calibration("sigmoid", 0.8, 0.1),
        Calibration("isotonic", stated=(0.1, 0.6), calibrated=(0.2, 0.5)),
    ],
    ids=lambda calibration: calibration.method,
)
def test_a_calibration_survives_being_stored_and_keeps_the_order(calibration: Calibration) -> None:
    assert Calibration.from_json(calibration.to_json()) == calibration
    told = calibration.apply(np.linspace(0.0, 1.0, 101))
    assert np.all(np.diff(told) >= 0)
    assert 0 <= told[0] <= told[-1] <= 1
