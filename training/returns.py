"""Who comes back after having been called churned: how far a horizon tells leaving from a break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

# Other horizons beside the one of the settings.
_TIMES = (0.5, 1.0, 2.0)
# Of fewer customers a share says too much of them.
_FEWEST = 10


@dataclass(frozen=True)
class Returned:
    """Of customers at risk at a cutoff `churned` had no order in a horizon; `returned` had later.

    Later is within `watched_days` after the horizon, which end at the date of the run.
    """

    horizon_days: int
    cutoff: date
    watched_days: int
    churned: int
    returned: int

    @property
    def rate(self) -> float:
        """The share of those called churned who came back."""
        return self.returned / self.churned


def count_returns(
    orders: ir.Table, *, as_of: date, horizon_days: int, lost_after_days: int
) -> tuple[Returned, ...]:
    """Return what became of the churned of half, the whole and twice the horizon, shortest first.

    Each is watched for one horizon more. Left out are those for which the orders do not reach back
    far enough, and those with fewer than ten churned.
    """
    days = orders.select("customer_id", day=_.ordered_at.date()).filter(_.day < as_of)
    plans = [_Plan(*each) for each in _plans(as_of, horizon_days)]
    customers = days.group_by("customer_id").agg(
        first=_.day.min(), **{name: asked for plan in plans for name, asked in plan.asked().items()}
    )
    counted = customers.aggregate(
        first=_.first.min(),
        **{
            name: count
            for plan in plans
            for name, count in plan.counts(lost_after_days=lost_after_days).items()
        },
    )
    [found] = counted.to_pyarrow().to_pylist()
    returned = [
        Returned(
            plan.horizon_days, plan.cutoff, horizon_days,
            found[f"churned_{plan.horizon_days}"], found[f"returned_{plan.horizon_days}"],
        )
        for plan in plans
        if found["first"] is not None and (plan.cutoff - found["first"]).days >= plan.horizon_days
    ]  # fmt: skip
    return tuple(each for each in returned if each.churned >= _FEWEST)


@dataclass(frozen=True)
class _Plan:
    """A horizon after a cutoff; its names of columns end in its days."""

    horizon_days: int
    cutoff: date

    def asked(self) -> dict[str, Deferred]:
        """Return of a customer the last `day` before the cutoff, and the first from it on."""
        begin = ibis.literal(self.cutoff)
        return {
            f"last_{self.horizon_days}": _.day.max(where=_.day < begin),
            f"following_{self.horizon_days}": _.day.min(where=_.day >= begin),
        }

    def counts(self, *, lost_after_days: int) -> dict[str, Deferred]:
        """Return how many customers at risk churned, and how many of these came back."""
        last, following = _[f"last_{self.horizon_days}"], _[f"following_{self.horizon_days}"]
        end = ibis.literal(self.cutoff + timedelta(days=self.horizon_days))
        at_risk = last >= ibis.literal(self.cutoff - timedelta(days=lost_after_days))
        churned = at_risk & (following.isnull() | (following >= end))
        return {
            f"churned_{self.horizon_days}": _.count(where=churned),
            f"returned_{self.horizon_days}": _.count(where=churned & following.notnull()),
        }


def return_rates(found: tuple[Returned, ...], *, horizon_days: int) -> dict[str, float]:
    """Return the metrics `return_rate`, of the horizon, and `return_rate_<days>d` of all."""
    rates = {f"return_rate_{each.horizon_days}d": each.rate for each in found}
    whole = next((each.rate for each in found if each.horizon_days == horizon_days), None)
    return rates if whole is None else {"return_rate": whole, **rates}


def _plans(as_of: date, horizon_days: int) -> Iterator[tuple[int, date]]:
    for times in _TIMES:
        horizon = max(1, round(times * horizon_days))
        yield horizon, as_of - timedelta(days=horizon + horizon_days)
