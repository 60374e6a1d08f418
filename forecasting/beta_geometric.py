"""BG/NBD and MBG/NBD: Poisson purchases, and a chance to leave for good after each of them.

Fader, Hardie and Lee (2005), "Counting your customers the easy way"; Batislam, Denizel and
Filiztekin (2007), "Empirical validation and comparison of models for customer base analysis".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln, expit, gammaln

from forecasting.histories import Histories
from forecasting.likelihood import maximise, of_counts
from forecasting.season import Floats

# Quantile midpoints of the dropout probability: enough for five digits of an expectation.
_MIDPOINTS = 64
_LEAST_DROPOUT = 1e-9


@dataclass(frozen=True)
class BetaGeometric:
    """Purchase rates are Gamma(r, alpha) over customers, chances to leave Beta(a, b).

    With `leaves_at_first` a customer may leave after the first purchase already (MBG/NBD); without,
    after repeat purchases only (BG/NBD).
    """

    r: float
    alpha: float
    a: float
    b: float
    leaves_at_first: bool = True

    @classmethod
    def fit(
        cls,
        seen: Histories,
        *,
        leaves_at_first: bool = True,
        start: BetaGeometric | None = None,
    ) -> BetaGeometric:
        """Return the most likely parameters; `start` is where to look first."""
        begin = (0.5, 5.0, 0.8, 3.0) if start is None else (start.r, start.alpha, start.a, start.b)

        def at(r: float, alpha: float, a: float, b: float) -> BetaGeometric:
            return BetaGeometric(r, alpha, a, b, leaves_at_first)

        return at(*maximise(lambda *p: at(*p).log_likelihood(seen), begin, ridge=1e-5))

    def log_likelihood(self, seen: Histories) -> Floats:
        """Return one value per customer."""
        return np.logaddexp(self._log_alive(seen), self._log_left(seen))

    def p_alive(self, seen: Histories) -> Floats:
        """Return the probability of not having left."""
        return np.asarray(expit(self.log_odds_alive(seen)))

    def log_odds_alive(self, seen: Histories) -> Floats:
        """Return the log odds of not having left."""
        return self._log_alive(seen) - self._log_left(seen)

    def p_no_order(self, seen: Histories, weeks: float) -> Floats:
        """Return the probability of no purchase in the `weeks` ahead, exactly."""
        left = self._log_left(seen)
        later = np.logaddexp(self._log_alive(seen, later=weeks), left)
        return np.asarray(np.exp(later - np.logaddexp(self._log_alive(seen), left)))

    def log_p_silent(self, seen: Histories, weeks: float) -> Floats:
        """Return the log probability of no purchase in the `weeks` ahead, of living customers."""
        return np.asarray(-(self.r + seen.x) * np.log1p(weeks / (self.alpha + seen.T)))

    def expected_orders(self, seen: Histories, weeks: float) -> Floats:
        """Return the purchases expected in the `weeks` ahead.

        Given the chance `p` to leave, a living customer makes `(1 - (1 + p t/(alpha+T))^-(r+x))/p`;
        the mean over the posterior of `p` is taken at midpoints of its quantiles.
        """
        counts, place = np.unique(seen.x, return_inverse=True)
        chances = np.maximum(self._leaving_quantiles(counts), _LEAST_DROPOUT)
        share = weeks / (self.alpha + seen.T)
        shape = self.r + seen.x
        total = np.zeros(len(seen))
        for of_count in chances.T:
            chance = of_count[place]
            total += -np.expm1(-shape * np.log1p(chance * share)) / chance
        return np.asarray(self.p_alive(seen) * total / _MIDPOINTS)

    def repeat_orders_by_age(self, weeks: Floats) -> Floats:
        """Return the repeat purchases that a new customer is expected to make by each age."""
        middles = (np.arange(200) + 0.5) / 200
        chance = np.maximum(betaincinv(self.a, self.b, middles), _LEAST_DROPOUT)[:, None]
        stays = 1 - chance if self.leaves_at_first else 1.0
        made = -np.expm1(-self.r * np.log1p(chance * weeks[None, :] / self.alpha)) / chance
        return np.asarray((stays * made).mean(axis=0))

    def draw_orders(
        self, x: float, age: float, weeks: float, draws: int, random: np.random.Generator
    ) -> Floats:
        """Return draws of the purchases in the `weeks` ahead, of a living customer."""
        rate = random.gamma(self.r + x, 1 / (self.alpha + age), draws)
        chance = random.beta(self.a, self.b + x + self._at_first, draws)
        until_leaving = random.geometric(np.clip(chance, _LEAST_DROPOUT, 1.0))
        return np.minimum(random.poisson(rate * weeks), until_leaving).astype(np.float64)

    def _leaving_quantiles(self, counts: Floats) -> Floats:
        """Return (counts, midpoints) of the chance to leave, of living customers."""
        middles = ((np.arange(_MIDPOINTS) + 0.5) / _MIDPOINTS)[None, :]
        stayed = counts[:, None] + self._at_first
        return np.asarray(betaincinv(self.a, self.b + stayed, middles))

    @property
    def _at_first(self) -> int:
        return 1 if self.leaves_at_first else 0

    def _log_alive(self, seen: Histories, *, later: float = 0.0) -> Floats:
        stayed = of_counts(
            seen.x, lambda x: betaln(self.a, self.b + x + self._at_first) - betaln(self.a, self.b)
        )
        shape = self.r + seen.x
        return np.asarray(stayed + self._rate(seen) - shape * np.log(self.alpha + seen.T + later))

    def _log_left(self, seen: Histories) -> Floats:
        before = 1 - self._at_first

        def left(x: Floats) -> Floats:
            stayed = np.maximum(x - before, 0.0)
            log = betaln(self.a + 1, self.b + stayed) - betaln(self.a, self.b)
            return np.where(x >= before, log, -np.inf)

        shape = self.r + seen.x
        return np.asarray(
            of_counts(seen.x, left) + self._rate(seen) - shape * np.log(self.alpha + seen.t_x)
        )

    def _rate(self, seen: Histories) -> Floats:
        return of_counts(
            seen.x, lambda x: gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha)
        )
