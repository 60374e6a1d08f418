"""Splits by time: train cutoffs, then the holdout cutoff, each with a whole mature horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.errors import NotEnoughData


@dataclass(frozen=True)
class Split:
    """Cutoffs of one model, oldest first.

    `[cutoff, cutoff + horizon_days)` of every train cutoff ends at or before `holdout`, and that
    of `holdout` at or before the date of the run, so no label can still change and none overlaps
    the holdout's.
    """

    train: tuple[date, ...]
    holdout: date
    horizon_days: int

    @property
    def mature(self) -> tuple[date, ...]:
        """All cutoffs with known outcomes: what the model that scores is fitted on."""
        return (*self.train, self.holdout)


def split_by_time(  # noqa: PLR0913 - the facts of a plan, all named
    *,
    as_of: date,
    first_order_on: date,
    horizon_days: int,
    cutoffs: int,
    step_days: int,
    min_history_days: int,
) -> Split:
    """Return the newest split that the history allows.

    Raises
    ------
    NotEnoughData
        The history holds no train cutoff beside the holdout.
    """
    horizon = timedelta(days=horizon_days)
    holdout = as_of - horizon
    newest = holdout - horizon
    oldest = first_order_on + timedelta(days=min_history_days)
    if newest < oldest:
        has, needs = (as_of - first_order_on).days, 2 * horizon_days + min_history_days
        raise NotEnoughData(
            f"A horizon of {horizon_days} days needs {needs} days of orders before {as_of}; table "
            f"`orders` has {has} (since {first_order_on}). Deliver older orders, choose a shorter "
            "`horizon_days` or `clv_horizon_days` under [business], or a later --as-of."
        )
    steps = min(cutoffs - 1, (newest - oldest).days // step_days)
    train = tuple(newest - timedelta(days=step_days * step) for step in range(steps, -1, -1))
    return Split(train, holdout, horizon_days)
