"""The churn model of contracts: by what customers leave, from all that is known of them.

There is no history of orders that says when a contract ends, so nothing is corrected: for each
cause a straight line, which holds of few customers, and boosted trees, which see more of many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from scipy.special import expit

from contracts.feature_contract import FeatureContract
from contracts.leaving import Cause
from forecasting.calibration import NO_CALIBRATION, Calibration
from forecasting.customers import Customers, Matrix
from forecasting.line import Line
from forecasting.population import Population
from forecasting.season import Floats
from forecasting.trees import margin_output

# Trees weigh two thirds at most, half of that at 500 customers.
_MOST_OF_TREES, _HALF_AT_CUSTOMERS = 2 / 3, 500
# A sum of causes stays below 1.
_MOST_PROBABILITY = 1 - 1e-6


def share_of_trees(customers: int) -> float:
    """Return what the trees weigh beside the line, learnt from so many customers."""
    return _MOST_OF_TREES * customers / (customers + _HALF_AT_CUSTOMERS)


@dataclass(frozen=True)
class LeavingForecast:
    """One entry per customer: the probabilities to leave within the horizon, by cause."""

    voluntary: Floats
    payment: Floats

    @property
    def churn(self) -> Floats:
        """The probability to leave by any cause."""
        return self.voluntary + self.payment

    def of(self, cause: Cause) -> Floats:
        """Return the probability of one cause."""
        return self.voluntary if cause is Cause.VOLUNTARY else self.payment

    def rows(self, which: npt.NDArray[np.bool_]) -> LeavingForecast:
        """Return the forecast of the customers where `which` is true."""
        return LeavingForecast(self.voluntary[which], self.payment[which])

    def levelled(self, churn: Floats) -> LeavingForecast:
        """Return the same causes, in proportion, for other probabilities to leave at all."""
        share = np.divide(churn, self.churn, out=np.ones_like(churn), where=self.churn > 0)
        return LeavingForecast(self.voluntary * share, self.payment * share)


@dataclass(frozen=True)
class Leaver:
    """What says how likely one cause is: `intercept` where nothing more was to be learnt.

    All are log odds: the trees start at `intercept`, and `line` has its own.
    """

    intercept: float
    line: Line | None = None
    trees: xgb.Booster | None = None

    def by_line(self, X: Matrix) -> Floats:
        """Return the log odds by the line alone."""
        return np.full(len(X), self.intercept) if self.line is None else self.line.log_odds(X)

    def by_trees(self, X: Matrix) -> Floats:
        """Return the log odds by the trees alone."""
        start = np.full(len(X), self.intercept)
        return start if self.trees is None else margin_output(self.trees, X, start)


@dataclass(frozen=True)
class ContractModel:
    """Models of a base of contracts, for one horizon.

    `customers` had a running contract at the newest cutoff it learnt from; `stretch` is the horizon
    over the one learnt from.
    """

    horizon_days: int
    contract: FeatureContract
    causes: Mapping[Cause, Leaver]
    customers: int
    stretch: float = 1.0
    calibration: Calibration = NO_CALIBRATION
    population: Population | None = None

    @property
    def main_cause(self) -> Cause:
        """The cause by which most leave."""
        return max(self.causes, key=lambda cause: self.causes[cause].intercept)

    @property
    def other_cause(self) -> Cause:
        """The rarer cause."""
        return next(cause for cause in Cause if cause is not self.main_cause)

    def tells_apart(self, cause: Cause) -> bool:
        """Say whether anything is known of who leaves by a cause."""
        return self.causes[cause].line is not None

    def forecast(self, seen: Customers) -> LeavingForecast:
        """Return the forecast of customers whose contract runs."""
        return self.approaches(seen)["hybrid"]

    def approaches(self, seen: Customers) -> dict[str, LeavingForecast]:
        """Return the forecasts of both parts and of both together: "hybrid".

        The parts: "logistic regression" (the line) and "plain trees". Together they are the mean
        of their log odds, weighed by `share_of_trees`.
        """
        line = {cause: leaver.by_line(seen.X) for cause, leaver in self.causes.items()}
        trees = {cause: leaver.by_trees(seen.X) for cause, leaver in self.causes.items()}
        share = share_of_trees(self.customers)
        both = {cause: (1 - share) * line[cause] + share * trees[cause] for cause in Cause}
        hybrid = self._stretched(both)
        return {
            "logistic regression": self._stretched(line),
            "plain trees": self._stretched(trees),
            "hybrid": hybrid.levelled(self.calibration.apply(hybrid.churn)),
        }

    def _stretched(self, log_odds: Mapping[Cause, Floats]) -> LeavingForecast:
        """Return the probabilities for the whole horizon: who stays, stays as long again."""
        chances = LeavingForecast(expit(log_odds[Cause.VOLUNTARY]), expit(log_odds[Cause.PAYMENT]))
        leaves = np.minimum(chances.churn, _MOST_PROBABILITY)
        return chances.levelled(1 - (1 - leaves) ** self.stretch)
