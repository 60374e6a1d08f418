"""What a churn model earns: the profit of contacting its first customers, and EMPC.

The value of a customer is what they are worth if they stay, as known at the cutoff: a prediction,
or one mean for all. The realised value says nothing of churners, for whom it is zero. Who is not
contacted brings and costs nothing here, so nobody contacted is a profit of 0. All profits are
before fixed costs, in money **per customer ranked**, contacted or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression
from scipy.special import betainc

from contracts.economics import Campaign

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

# As of the other intervals: no more rows than this are resampled, and these are the ends.
_MOST_RESAMPLED_ROWS = 20_000
_LOW, _HIGH = 5.0, 95.0


@dataclass(frozen=True)
class Ranking:
    """Customers in the order in which they are contacted.

    Those with equal scores share a number in `step`: they are contacted together or not at all.
    `place` says where each row that was ranked stands.
    """

    churned: Floats
    value: Floats
    step: Places
    place: Places

    @classmethod
    def by(cls, score: Floats, *, churned: Floats, value: Floats | float) -> Self:
        """Rank by any score, the highest first, rows of all arrays in the same order."""
        order = np.argsort(-score, kind="stable")
        step = np.cumsum(np.diff(score[order], prepend=score[order[0]]) != 0)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return cls(churned[order], np.broadcast_to(value, score.shape)[order], step, place)

    def drawn(self, rows: Places) -> Ranking:
        """Return the ranking of these rows, each as often as it is there, without ranking anew."""
        places = np.sort(self.place[rows])
        return Ranking(
            self.churned[places], self.value[places], self.step[places], np.arange(len(places))
        )


@dataclass(frozen=True)
class ProfitCurve:
    """Profit against the share of the customers contacted, from nobody (0) to everybody (1).

    `kept` is what the contacts bring if every churner accepts, `spent` what they cost if none does:
    A and B of `expected_maximum_profit`. `profit` is at the mean acceptance of the campaign.
    """

    campaign: Campaign
    share: Floats
    kept: Floats
    spent: Floats

    @property
    def profit(self) -> Floats:
        """Sum of `Campaign.expected_profit` of the first customers, given who churned."""
        return self.campaign.acceptance * self.kept - self.spent

    @property
    def best(self) -> int:
        """Position of the greatest profit, with the fewest contacts where several are."""
        return int(np.argmax(self.profit))


def profit_curve(ranking: Ranking, campaign: Campaign) -> ProfitCurve:
    """Return what contacting the first customers of the ranking brings, after each step of it."""
    last_of_step = np.flatnonzero(np.diff(ranking.step, append=ranking.step[-1] + 1))
    contacted = last_of_step + 1.0
    churners = np.cumsum(ranking.churned)[last_of_step]
    kept = np.cumsum(ranking.churned * (ranking.value - campaign.offer_cost))[last_of_step]
    spent = campaign.contact_cost * contacted + campaign.offer_cost * (contacted - churners)
    share, kept, spent = (
        np.concatenate([[0.0], total]) / len(ranking.step) for total in (contacted, kept, spent)
    )
    return ProfitCurve(campaign, share, kept, spent)


def expected_maximum_profit(curve: ProfitCurve) -> tuple[float, float]:
    """Return EMPC, and the share of customers to contact that goes with it.

    EMPC is the greatest profit, in expectation over an acceptance g of density h, beta distributed
    (Verbraken, Verbeke and Baesens 2013, IEEE TKDE 25, 961-973):

        EMPC = integral of max over T of (g A(T) - B(T)) h(g) dg

    where, per customer ranked, A(T) sums v - d over the churners contacted down to T, and B(T) sums
    f over everybody and d over the others contacted. One value v for all gives the measure of that
    paper (there A = CLV (1 - delta) pi_0 F_0, B = CLV (phi pi_0 F_0 + (delta + phi) pi_1 F_1));
    values of their own that of Óskarsdóttir, Baesens and Vanthienen 2018 (Big Data 6, 53-65).

    The best T is always a corner of the hull of A over B. To go on from one corner to the next pays
    where g exceeds dB/dA, so that EMPC is the sum over its sides of E[max(g dA - dB, 0)], each a
    difference of two incomplete beta functions.
    """
    share, kept, spent = _sides(curve)
    pays_above = np.minimum(spent / kept, 1.0)
    a, b = curve.campaign.beta
    likely = 1.0 - betainc(a, b, pays_above)
    accepted = curve.campaign.acceptance * (1.0 - betainc(a + 1.0, b, pays_above))
    return float(kept @ accepted - spent @ likely), float(share @ likely)


def profit_metrics(ranking: Ranking, campaign: Campaign) -> dict[str, float]:
    """Return EMPC and the profit curve in figures, shares being those of customers to contact.

    The best shares are found with the outcomes known, so these profits bound what the ranking
    earns and never lie below zero: they tell models apart, not whether a campaign pays.
    """
    curve = profit_curve(ranking, campaign)
    empc, empc_share = expected_maximum_profit(curve)
    best, profit = curve.best, curve.profit
    return {
        "empc": empc,
        "empc_share": empc_share,
        "best_profit": float(profit[best]),
        "best_profit_share": float(curve.share[best]),
        "profit_of_all": float(profit[-1]),
    }


def planned_profit(
    churned: Floats, probability: Floats, value: Floats | float, *, campaign: Campaign
) -> dict[str, float]:
    """Return what it brings to contact those whose expected profit is above zero, and their share.

    This plan needs no outcome, but probabilities that are right.
    """
    worth = np.broadcast_to(value, churned.shape)
    planned = campaign.expected_profit(probability, worth) > 0
    brought = np.where(planned, campaign.expected_profit(churned, worth), 0.0)
    return {"planned_profit": float(brought.mean()), "planned_share": float(planned.mean())}


def profit_intervals(
    ranking: Ranking, campaign: Campaign, *, resamples: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return the bootstrap interval of each of `profit_metrics`, 5th to 95th percentile."""
    random = np.random.default_rng(seed)
    rows, size = len(ranking.churned), min(len(ranking.churned), _MOST_RESAMPLED_ROWS)
    drawn = [
        profit_metrics(ranking.drawn(random.integers(0, rows, size)), campaign)
        for _ in range(resamples)
    ]
    ends = {name: np.percentile([each[name] for each in drawn], [_LOW, _HIGH]) for name in drawn[0]}
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def _sides(curve: ProfitCurve) -> tuple[Floats, Floats, Floats]:
    """Return what is added along each side of the hull, as far as it rises: share, kept, spent.

    Sides are blocks of the isotonic regression of dB/dA: neighbours that violate its order are
    pooled, as the points between them lie below the hull.
    """
    rises = np.flatnonzero(np.diff(np.maximum.accumulate(curve.kept), prepend=-1.0) > 0)
    share, kept, spent = (np.diff(each[rises]) for each in (curve.share, curve.kept, curve.spent))
    if len(kept) == 0:  # SciPy's regression touches a first entry, there or not
        return share, kept, spent
    starts = isotonic_regression(spent / kept, weights=kept).blocks[:-1]
    return (
        np.add.reduceat(share, starts), np.add.reduceat(kept, starts),
        np.add.reduceat(spent, starts),
    )  # fmt: skip
