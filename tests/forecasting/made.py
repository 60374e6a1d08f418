"""Customers drawn from the processes that models assume, and Bayes' rule by brute force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.beta_geometric import BetaGeometric
from forecasting.histories import Histories
from forecasting.pareto import ParetoNbd
from forecasting.season import Floats

_MOST_PURCHASES = 200


def simulate(
    model: BetaGeometric | ParetoNbd, ages: Floats, random: np.random.Generator
) -> Histories:
    """Return customers of a model, each seen for so many weeks since the first purchase."""
    customers = len(ages)
    rate = random.gamma(model.r, 1 / model.alpha, customers)
    gaps = random.exponential(1.0, (customers, _MOST_PURCHASES)) / rate[:, None]
    bought = np.cumsum(gaps, axis=1)
    is_made = bought <= ages[:, None]
    if isinstance(model, ParetoNbd):
        leaving = random.gamma(model.s, 1 / model.beta, customers)
        is_made &= bought <= (random.exponential(1.0, customers) / leaving)[:, None]
    else:
        # One trial after each purchase; of BG/NBD the first one has none.
        stays = random.geometric(random.beta(model.a, model.b, customers))
        repeats = stays - 1 if model.leaves_at_first else stays
        is_made &= np.arange(_MOST_PURCHASES) < repeats[:, None]
    last = np.where(is_made, bought, 0.0).max(axis=1)
    return Histories(is_made.sum(axis=1).astype(np.float64), last, ages, np.ones(customers))


def one(x: float, t_x: float, T: float, value: float = 1.0) -> Histories:
    """Return the history of one customer."""
    return Histories(*(np.array([each], dtype=np.float64) for each in (x, t_x, T, value)))


@dataclass(frozen=True)
class Posterior:
    """What follows of many draws from the prior, weighed by how likely they make one history.

    `alive` says which are still customers, `orders` what they buy in the weeks ahead.
    """

    weight: Floats
    alive: Floats
    orders: Floats

    def mean(self, what: Floats) -> float:
        return float((self.weight * what).sum() / self.weight.sum())

    @property
    def p_alive(self) -> float:
        return self.mean(self.alive)

    @property
    def p_no_order(self) -> float:
        return self.mean((self.orders == 0).astype(np.float64))

    @property
    def expected_orders(self) -> float:
        return self.mean(self.orders)


def posterior(
    model: BetaGeometric | ParetoNbd, seen: Histories, weeks: float, *, draws: int, seed: int = 1
) -> Posterior:
    """Return the posterior of one customer; nothing of the model but its parameters is used."""
    random = np.random.default_rng(seed)
    x, t_x, T = seen.x[0], seen.t_x[0], seen.T[0]
    rate = random.gamma(model.r, 1 / model.alpha, draws)
    if isinstance(model, ParetoNbd):
        leaving = random.gamma(model.s, 1 / model.beta, draws)
        living = np.exp(-(rate + leaving) * T)
        left = leaving / (rate + leaving) * (np.exp(-(rate + leaving) * t_x) - living)
        lifetime = random.exponential(1.0, draws) / np.maximum(leaving, 1e-300)
        ahead = random.poisson(rate * np.minimum(lifetime, weeks))
    else:
        chance = random.beta(model.a, model.b, draws)
        trials = x + 1 if model.leaves_at_first else x
        living = (1 - chance) ** trials * np.exp(-rate * T)
        left = (
            chance * (1 - chance) ** (trials - 1) * np.exp(-rate * t_x)
            if trials > 0
            else np.zeros(draws)
        )
        ahead = np.minimum(random.poisson(rate * weeks), random.geometric(np.maximum(chance, 1e-9)))
    weight = rate**x * (living + left)
    alive = (random.random(draws) * (living + left) < living).astype(np.float64)
    return Posterior(weight, alive, alive * ahead)
