"""Decides whether stated probabilities are brought to what happened, and how.

Every step that is learnt can also do harm: in a new season or a growing base the error that it
learnt is gone. It is kept only where it wins at two earlier cutoffs, each time learnt at the other,
and does no harm at the holdout: earlier cutoffs had less history behind them, whose level may err.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from forecasting.calibration import NO_CALIBRATION, Calibration
from training.panel import Floats

_LEAST_PROBABILITY = 1e-6
# A Brier score that falls by less is noise.
_LEAST_GAIN = 0.002
# Steps of fewer customers follow their chances.
_FEWEST_FOR_STEPS = 1000


@dataclass(frozen=True)
class Stated:
    """What a model stated of customers at a cutoff it had not seen, and who churned."""

    probability: Floats
    churned: Floats


def choose_calibration(earlier: Sequence[Stated]) -> Calibration:
    """Return the step that lowers the Brier score at both of two cutoffs, learnt at both.

    Of several the one that lowers it most; none where there are not two cutoffs at which some left
    and some stayed, or none wins.
    """
    if len(earlier) != 2 or any(len(set(each.churned)) < 2 for each in earlier):
        return NO_CALIBRATION
    gains = {method: _gains(learn, *earlier) for method, learn in _METHODS.items()}
    winners = {method: sum(each) for method, each in gains.items() if min(each) > _LEAST_GAIN}
    if not winners:
        return NO_CALIBRATION
    both = Stated(
        np.concatenate([each.probability for each in earlier]),
        np.concatenate([each.churned for each in earlier]),
    )
    return _METHODS[max(winners, key=winners.__getitem__)](both)


def confirm(step: Calibration, holdout: Stated) -> Calibration:
    """Return the step if it does not raise the Brier score of what was stated at the holdout."""
    raised = _brier(step.apply(holdout.probability), holdout.churned)
    return step if raised <= _brier(holdout.probability, holdout.churned) else NO_CALIBRATION


def _gains(learn: Callable[[Stated], Calibration], one: Stated, other: Stated) -> tuple[float, ...]:
    """Return by which part the Brier score falls at each cutoff, the step learnt at the other."""
    return tuple(
        1 - _brier(learn(learnt).apply(judged.probability), judged.churned)
        / _brier(judged.probability, judged.churned)
        for learnt, judged in ((one, other), (other, one))
    )  # fmt: skip


def _brier(probability: Floats, churned: Floats) -> float:
    return float(np.mean((probability - churned) ** 2))


def _sigmoid(stated: Stated) -> Calibration:
    """Learn a line on the log odds (Platt 1999), without shrinking it; one that falls is none.

    It would turn the ranking round.
    """
    inside = np.clip(stated.probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    line = LogisticRegression(C=1e6).fit(logit(inside)[:, None], stated.churned)
    slope = float(line.coef_[0, 0])
    return Calibration("sigmoid", slope, float(line.intercept_[0])) if slope > 0 else NO_CALIBRATION


def _isotonic(stated: Stated) -> Calibration:
    """Learn ascending steps (Zadrozny and Elkan 2002); of few customers none."""
    if len(stated.churned) < _FEWEST_FOR_STEPS:
        return NO_CALIBRATION
    steps = IsotonicRegression(out_of_bounds="clip").fit(stated.probability, stated.churned)
    return Calibration(
        "isotonic",
        stated=tuple(map(float, steps.X_thresholds_)),
        calibrated=tuple(map(float, steps.y_thresholds_)),
    )


_METHODS: dict[str, Callable[[Stated], Calibration]] = {"sigmoid": _sigmoid, "isotonic": _isotonic}
