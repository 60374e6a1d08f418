"""A calibration is a line, or steps, or nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from forecasting.calibration import NO_CALIBRATION, Calibration

CHANCES = np.array([0.0, 0.01, 0.3, 0.5, 0.9, 1.0])
STEPS = Calibration("isotonic", stated=(0.2, 0.4, 0.8), calibrated=(0.1, 0.1, 0.7))


def test_none_changes_nothing() -> None:
    np.testing.assert_array_equal(NO_CALIBRATION.apply(CHANCES), CHANCES)


def test_a_line_is_one_of_log_odds() -> None:
    found = Calibration("sigmoid", slope=2.0, intercept=-1.0).apply(np.array([0.5, 0.9]))
    # Odds of 1 and 9, squared and over e.
    odds = np.array([1.0, 81.0]) / np.e
    np.testing.assert_allclose(found, odds / (1 + odds))


def test_a_line_keeps_probabilities_inside_and_in_order() -> None:
    found = Calibration("sigmoid", slope=1.5, intercept=0.3).apply(CHANCES)
    assert ((found > 0) & (found < 1)).all()
    assert (np.diff(found) > 0).all()


def test_steps_are_joined_by_lines_and_end_level() -> None:
    np.testing.assert_allclose(
        STEPS.apply(np.array([0.0, 0.2, 0.3, 0.6, 0.8, 1.0])), [0.1, 0.1, 0.1, 0.4, 0.7, 0.7]
    )


@pytest.mark.parametrize("each", [NO_CALIBRATION, STEPS, Calibration("sigmoid", 1.1, -0.2)])
def test_it_survives_being_stored(each: Calibration) -> None:
    assert Calibration.from_json(json.loads(json.dumps(each.to_json()))) == each
