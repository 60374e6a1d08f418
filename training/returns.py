"""Who comes back after having been called churned: how far a horizon tells leaving from a break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _

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
    days = orders.select("customer_id", day=_.ordered_at.date()).filter(_.day < as_of).distinct()
    found = days.aggregate(first=_.day.min()).to_pyarrow()["first"][0].as_py()
    counted = [
        _count(days, cutoff, horizon, horizon_days, lost_after_days)
        for horizon, cutoff in _plans(as_of, horizon_days)
        if found is not None and (cutoff - found).days >= horizon
    ]
    return tuple(each for each in counted if each.churned >= _FEWEST)


def return_rates(found: tuple[Returned, ...], *, horizon_days: int) -> dict[str, float]:
    """Return the metrics `return_rate`, of the horizon, and `return_rate_<days>d` of all."""
    rates = {f"return_rate_{each.horizon_days}d": each.rate for each in found}
    whole = next((each.rate for each in found if each.horizon_days == horizon_days), None)
    return rates if whole is None else {"return_rate": whole, **rates}


def _plans(as_of: date, horizon_days: int) -> Iterator[tuple[int, date]]:
    for times in _TIMES:
        horizon = max(1, round(times * horizon_days))
        yield horizon, as_of - timedelta(days=horizon + horizon_days)


def _count(
    days: ir.Table, cutoff: date, horizon: int, watched_days: int, lost_after_days: int
) -> Returned:
    begin, end = ibis.literal(cutoff), ibis.literal(cutoff + timedelta(days=horizon))
    customers = (
        days.group_by("customer_id")
        .agg(last=_.day.max(where=_.day < begin), following=_.day.min(where=_.day >= begin))
        .filter(_["last"] >= ibis.literal(cutoff - timedelta(days=lost_after_days)))
    )
    churned = customers.filter(_.following.isnull() | (_.following >= end))
    row = churned.aggregate(churned=_.count(), returned=_.following.count()).to_pyarrow()
    return Returned(
        horizon, cutoff, watched_days, row["churned"][0].as_py(), row["returned"][0].as_py()
    )
