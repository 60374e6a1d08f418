"""A step that brings stated probabilities to what happened: none, sigmoid or isotonic."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from scipy.special import expit, logit

from forecasting.season import Floats

_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Either a straight line on log odds, or steps from stated to calibrated probability.

    `slope` and `intercept` are of the line; with `stated` and `calibrated`, of equal length and
    ascending, the line is not used. The default changes nothing.
    """

    method: str = "none"
    slope: float = 1.0
    intercept: float = 0.0
    stated: tuple[float, ...] = ()
    calibrated: tuple[float, ...] = ()

    def apply(self, probability: Floats) -> Floats:
        """Return the calibrated probabilities."""
        if self.stated:
            return np.interp(probability, self.stated, self.calibrated)
        if self.method == "none":
            return probability
        inside = np.clip(probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        return np.asarray(expit(self.slope * logit(inside) + self.intercept))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the calibration that `to_json` described."""
        return cls(
            **{**stored, "stated": tuple(stored["stated"]),
               "calibrated": tuple(stored["calibrated"])}
        )  # fmt: skip


NO_CALIBRATION = Calibration()
