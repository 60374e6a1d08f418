"""Whether there is enough to learn a model from, in words that need no statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

import ibis.expr.types as ir
from ibis import _

from contracts.errors import NotEnoughData

_DAYS_PER_MONTH = 365.25 / 12

# Shorter times are counted in days.
_MONTHS_FROM_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class History:
    """What the orders strictly before the date of a run hold.

    Attributes
    ----------
    first_order_on
        None where there is no order.
    customers, repeat_customers
        Customers with orders, and those with orders on at least two days.
    churners, stayed
        Outcomes at all past cutoffs that are learnt from, each customer counted once a cutoff;
        None before labels are made.
    """

    as_of: date
    first_order_on: date | None
    customers: int
    repeat_customers: int
    churners: int | None = None
    stayed: int | None = None

    @property
    def days(self) -> int:
        """Days from the first order to the date of the run."""
        return 0 if self.first_order_on is None else (self.as_of - self.first_order_on).days


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What training needs: days of orders, customers and outcomes.

    `horizon_days` is the longest horizon of its models.
    """

    horizon_days: int
    history_days: int
    min_customers: int
    min_churners: int
    cutoffs: int = 1


def order_history(orders: ir.Table, as_of: date) -> History:
    """Return what the orders strictly before a date hold, from one scan of them."""
    days = orders.select("customer_id", day=_.ordered_at.date()).filter(_.day < as_of)
    people = days.group_by("customer_id").agg(first=_.day.min(), newest=_.day.max())
    found = people.aggregate(
        first=_["first"].min(), customers=_.count(), repeat=_.count(where=_.newest > _["first"])
    )
    row = found.to_pyarrow().to_pylist()[0]
    return History(
        as_of=as_of, first_order_on=row["first"], customers=row["customers"],
        repeat_customers=row["repeat"],
    )  # fmt: skip


def check_enough(history: History, needs: Needs) -> None:
    """Check a history before a model is trained on it.

    Raises
    ------
    NotEnoughData
        Something is lacking; the message has a line for all of it.
    """
    lacks = what_is_lacking(history, needs)
    if lacks:
        raise NotEnoughData("\n".join(["There is too little to learn from:", *lacks]))


def what_is_lacking(history: History, needs: Needs) -> tuple[str, ...]:
    """Return a line for each thing that is lacking, and what to do; none where training can do.

    Only what training would refuse is lacking here: its customers and outcomes are counted at past
    cutoffs, where there are never more of them than these figures allow.
    """
    return tuple(_lacks(history, needs))


def _lacks(history: History, needs: Needs) -> Iterator[str]:
    if history.days < needs.history_days:
        yield _history_lacks(history, needs)
    people = (
        ("customers with orders", history.customers, needs.min_customers, "min_customers"),
        (
            "customers with orders on two days or more",
            history.repeat_customers, _least_repeaters(needs), "min_churners",
        ),
        ("churners at the past cutoffs", history.churners, needs.min_churners, "min_churners"),
        (
            "customers who stayed at the past cutoffs",
            history.stayed, needs.min_churners, "min_churners",
        ),
    )  # fmt: skip
    for what, has, least, setting in people:
        if has is not None and has < least:
            yield (
                f"- needs {least:,} {what}, has {has:,}. Deliver more customers or older orders, "
                f"or lower `{setting}` under [training] if a weaker model will do."
            )


def _least_repeaters(needs: Needs) -> int:
    """Return how many customers came back at least, if `min_churners` are to have stayed.

    Whoever stays orders before a cutoff and after it, and is counted once a cutoff.
    """
    return ceil(needs.min_churners / needs.cutoffs)


def _history_lacks(history: History, needs: Needs) -> str:
    since = "no order" if history.first_order_on is None else f"since {history.first_order_on}"
    needed, found = f"{needs.history_days} days", f"{history.days} days"
    if needs.history_days >= _MONTHS_FROM_DAYS:
        # Rounded apart, so that what is lacking never looks as if it were there.
        needed = _months(ceil(needs.history_days / _DAYS_PER_MONTH))
        found = _months(floor(history.days / _DAYS_PER_MONTH))
    return (
        f"- needs {needed} of orders before {history.as_of}, has {found} ({since}), to learn what "
        f"follows in {needs.horizon_days} days and to judge what was learnt. Deliver older orders, "
        "or lower `min_history_days` under [training] if a weaker model will do."
    )


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"
