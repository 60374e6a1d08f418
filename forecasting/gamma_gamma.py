"""Gamma-Gamma: what a purchase of a customer is worth, from all purchases so far.

Fader and Hardie (2013), "The Gamma-Gamma model of monetary value". The first purchase counts too:
leaving it out, as is usual, throws away half of what is known of most customers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from forecasting.likelihood import maximise
from forecasting.season import Floats

# In a base in which all pay alike the likelihood has no maximum; this holds p and q near e.
_RIDGE = 1e-4


@dataclass(frozen=True)
class GammaGamma:
    """Purchases of a customer are Gamma(p, nu), with nu over customers Gamma(q, gamma)."""

    p: float
    q: float
    gamma: float

    @classmethod
    def fit(cls, purchases: Floats, mean_value: Floats) -> GammaGamma:
        """Return the most likely parameters for customers with their number and mean of purchases.

        Customers whose mean is not positive say nothing of the others.
        """
        paid = (purchases > 0) & (mean_value > 0)
        n, m = purchases[paid], mean_value[paid]
        unit = float(m.mean()) if len(m) else 1.0
        m = m / unit
        p, q, gamma = maximise(
            lambda p, q, gamma: cls(p, q, gamma).log_likelihood(n, m) if len(n) else np.zeros(1),
            (2.0, 3.0, 1.0), ridge=_RIDGE, bounds=[(-3.0, 7.0), (0.01, 7.0), (-8.0, 8.0)],
        )  # fmt: skip
        return cls(p, q, gamma * unit)

    def log_likelihood(self, purchases: Floats, mean_value: Floats) -> Floats:
        """Return one value per customer (Fader and Hardie 2013, equation 1a)."""
        shape = self.p * purchases
        return np.asarray(
            gammaln(shape + self.q) - gammaln(shape) - gammaln(self.q)
            + self.q * np.log(self.gamma) + (shape - 1) * np.log(mean_value)
            + shape * np.log(purchases)
            - (shape + self.q) * np.log(self.gamma + mean_value * purchases)
        )  # fmt: skip

    def expected_value(self, purchases: Floats, mean_value: Floats) -> Floats:
        """Return the value expected of each further purchase (equation 5)."""
        paid = np.maximum(mean_value, 0.0) * purchases
        return np.asarray(self.p * (self.gamma + paid) / (self.p * purchases + self.q - 1))

    def draw_relative_value(
        self, purchases: float, orders: Floats, random: np.random.Generator
    ) -> Floats:
        """Return draws of the value of so many further orders of a customer with `purchases`.

        In units of gamma plus all that the customer has paid, which is all that the amounts of the
        past change in it.
        """
        rate = random.gamma(self.p * purchases + self.q, 1.0, len(orders))
        return np.asarray(random.gamma(self.p * orders, 1.0) / rate)
