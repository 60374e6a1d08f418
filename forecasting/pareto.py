"""Pareto/NBD: Poisson purchases, and an exponential lifetime that ends unseen.

Schmittlein, Morrison and Colombo (1987), "Counting your customers: who are they and what will they
do next?"; Fader and Hardie (2005), "A note on deriving the Pareto/NBD model".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln

from forecasting.histories import Histories
from forecasting.likelihood import maximise, of_counts
from forecasting.season import Floats

# Nodes of Gauss and Legendre: the integrand below is nearly constant, so few suffice.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NEAR_ONE = 1e-3
# Of parameters far from any base, where a search may come by: what a float can hold.
_MOST_LOG = 600.0


@dataclass(frozen=True)
class ParetoNbd:
    """Purchase rates are Gamma(r, alpha) over customers, rates of leaving Gamma(s, beta)."""

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def fit(cls, seen: Histories, *, start: ParetoNbd | None = None) -> ParetoNbd:
        """Return the most likely parameters; `start` is where to look first."""
        begin = (
            (0.5, 8.0, 0.5, 10.0)
            if start is None
            else (start.r, start.alpha, start.s, start.beta)
        )  # fmt: skip
        found = maximise(
            lambda *p: cls(*p).log_likelihood(seen),
            begin, ridge=1e-5, bounds=[(-5.0, 8.0)] * 4,
        )  # fmt: skip
        return cls(*found)

    def log_likelihood(self, seen: Histories) -> Floats:
        """Return one value per customer."""
        return np.logaddexp(self._log_alive(seen), self._log_left(seen))

    def p_alive(self, seen: Histories) -> Floats:
        """Return the probability of not having left."""
        return np.asarray(expit(self._log_alive(seen) - self._log_left(seen)))

    def p_no_order(self, seen: Histories, weeks: float) -> Floats:
        """Return the probability of no purchase in the `weeks` ahead, exactly.

        It is the likelihood of the same purchases seen for so much longer, over that of today.
        """
        later = Histories(seen.x, seen.t_x, seen.T + weeks, seen.mean_value)
        return np.asarray(np.exp(self.log_likelihood(later) - self.log_likelihood(seen)))

    def expected_orders(self, seen: Histories, weeks: float) -> Floats:
        """Return the purchases expected in the `weeks` ahead (Fader and Hardie, equation 41)."""
        lived = self.beta + seen.T
        if abs(self.s - 1.0) < _NEAR_ONE:
            left = np.log((lived + weeks) / lived)
        else:
            left = (1 - (lived / (lived + weeks)) ** (self.s - 1)) / (self.s - 1)
        return np.asarray(
            self.p_alive(seen) * (self.r + seen.x) * lived / (self.alpha + seen.T) * left
        )

    def draw_orders(
        self, x: float, age: float, weeks: float, draws: int, random: np.random.Generator
    ) -> Floats:
        """Return draws of the purchases in the `weeks` ahead, of a living customer."""
        rate = random.gamma(self.r + x, 1 / (self.alpha + age), draws)
        leaving = random.gamma(self.s, 1 / (self.beta + age), draws)
        lifetime = random.exponential(1.0, draws) / np.maximum(leaving, 1e-300)
        return random.poisson(rate * np.minimum(lifetime, weeks)).astype(np.float64)

    def _log_alive(self, seen: Histories) -> Floats:
        shape = self.r + seen.x
        lived = np.log(self.beta) - np.log(self.beta + seen.T)
        return np.asarray(self._rate(seen) - shape * np.log(self.alpha + seen.T) + self.s * lived)

    def _log_left(self, seen: Histories) -> Floats:
        """Return the log likelihood of having left between the last purchase and now.

        The integral over the time of leaving, of (alpha+u)^-(r+x) (beta+u)^-(s+1), from t_x to T.
        With w = ((alpha+t_x)/(alpha+u))^(r+s+x) only ((alpha+u)/(beta+u))^(s+1) remains to be
        integrated, which is 1 where both scales agree.
        """
        shape = self.r + self.s + seen.x
        begin = np.log(self.alpha + seen.t_x)
        least = np.exp(-shape * (np.log(self.alpha + seen.T) - begin))
        half = (1 - least) / 2
        total = np.zeros(len(seen))
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            grown = np.exp(begin - np.log(least + half * (node + 1)) / shape)
            log = (self.s + 1) * np.log(grown / (grown + self.beta - self.alpha))
            total += weight * np.exp(np.minimum(log, _MOST_LOG))
        integral = np.log(np.maximum(half * total, 1e-300)) - np.log(shape) - shape * begin
        return np.asarray(self._rate(seen) + np.log(self.s) + self.s * np.log(self.beta) + integral)

    def _rate(self, seen: Histories) -> Floats:
        return of_counts(
            seen.x, lambda x: gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha)
        )
