"""Calibration of probabilities, and coverage of intervals where many customers buy nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LOW, _HIGH = 0.1, 0.9


def calibration_error(happened: Floats, probability: Floats, *, bins: int = 10) -> float:
    """Return the mean gap between predicted and realised share over bins of equal mass."""
    groups = np.array_split(np.argsort(probability, kind="stable"), bins)
    gaps = [abs(probability[rows].mean() - happened[rows].mean()) for rows in groups]
    return float(np.mean(gaps))


def pit_inside(value: Floats, chance_of_zero: Floats, p10: Floats, p90: Floats) -> float:
    """Return the share of customers whose probability integral transform lies in [0.1, 0.9].

    It is 0.8 for true predictive distributions. Where the value is zero, the transform is uniform
    on [0, `chance_of_zero`] (randomised at the point mass: Czado, Gneiting and Held 2009,
    Predictive model assessment for count data, Biometrics 65, equation 2). Here is no draw; its
    expectation over the randomisation counts: (min(P0, 0.9) - 0.1) / P0, and nothing for P0 <= 0.1
    or `p10` > 0, where all of the mass lies below. A positive value is inside from `p10` to `p90`,
    both of which may be zero: above a mass of 0.9 it lies outside.
    """
    within_mass = np.clip(np.minimum(chance_of_zero, _HIGH) - _LOW, 0.0, None)
    at_zero = within_mass / np.maximum(chance_of_zero, _LOW)
    positive = (value >= p10) & (value <= p90)
    inside = np.where(value > 0, positive, np.where(p10 > 0, 0.0, at_zero))
    return float(inside.mean())


def plain_inside(value: Floats, p10: Floats, p90: Floats) -> float | None:
    """Return the share of values from `p10` to `p90`, of those with `p10` > 0; None without any."""
    rows = p10 > 0
    if not rows.any():
        return None
    return float(((value >= p10) & (value <= p90))[rows].mean())
