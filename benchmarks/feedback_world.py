"""Made customers whom campaigns contact by risk, and what they do with and without a contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from contracts.schema import BATCH_COLUMNS
from contracts.tables import TABLES

FIRST_DAY = date(2024, 1, 1)
HORIZON_DAYS = 60
# Of ten customers that are chosen one is left alone.
HOLDOUT_SHARE = 0.1
# What a campaign keeps of those who would have left.
KEPT_SHARE = 0.5

_END = 1000
_MOST_ORDERS = 120
# By what brought a customer, the chance to leave after an order.
_LEAVES = np.array([0.7] * 4 + [0.3] * 2 + [0.02] * 4)
_CHANNELS = np.array([f"channel {number}" for number in range(len(_LEAVES))])

Ints = npt.NDArray[np.int64]
# Customers and the scores of those at risk, as of a day: who, and how likely each is to leave.
Scorer = Callable[["World", date], tuple[Ints, npt.NDArray[np.float64]]]


@dataclass(frozen=True)
class World:
    """Customers with an own pace and channel, all orders they will place, and the contacts so far.

    Orders are (customer, day since `FIRST_DAY`); contacts are (customer, day, campaign, treated).
    """

    seed: int
    arrival: Ints
    channel: Ints
    pace: npt.NDArray[np.float64]
    orders: Ints
    contacts: Ints

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.arrival)

    def stays(self, who: Ints, day: int) -> npt.NDArray[np.bool_]:
        """Return whether customers order in the horizon from a day on."""
        customer, on = self.orders.T
        returns = np.unique(customer[(on >= day) & (on < day + HORIZON_DAYS)])
        return np.isin(who, returns)

    def tables(self, before: date) -> dict[str, ir.Table]:
        """Return the canonical tables as they are known before a day."""
        until = day_of(before)
        orders = self.orders[self.orders[:, 1] < until]
        contacts = self.contacts[self.contacts[:, 1] < until]
        campaign = pa.array([f"campaign {number}" for number in contacts[:, 2].tolist()], "string")
        return {
            "customers": _canonical("customers", {
                "customer_id": names(np.arange(self.customers)),
                "created_at": _times(self.arrival),
                "acquisition_channel": _CHANNELS[self.channel].tolist(),
            }),
            "orders": _canonical("orders", {
                "order_id": [f"o{number}" for number in range(len(orders))],
                "customer_id": names(orders[:, 0]),
                "ordered_at": _times(orders[:, 1]),
                "amount": pa.array([Decimal(10)] * len(orders), pa.decimal128(18, 2)),
            }),
            "contacts": _canonical("contacts", {
                "campaign_id": campaign,
                "customer_id": names(contacts[:, 0]),
                "contacted_at": _times(contacts[:, 1]),
                "arm": np.where(contacts[:, 3] == 1, "treated", "holdout").tolist(),
            }),
        }  # fmt: skip

    def with_campaign(self, number: int, day: int, chosen: Ints, *, is_held: Ints) -> World:
        """Return the world after a campaign: it keeps half of the chosen who would have left.

        Those of `is_held` are left alone. Who is kept begins anew on a day of the horizon, and may
        leave again after any order.
        """
        random = np.random.default_rng([self.seed, number])
        treated = np.setdiff1d(chosen, is_held)
        leaving = treated[~self.stays(treated, day)]
        kept = leaving[random.random(len(leaving)) < KEPT_SHARE]
        start = day + random.integers(1, HORIZON_DAYS, len(kept))
        more = _place_orders(kept, start, self.pace, self.channel, random)
        log = np.column_stack([
            chosen, np.full(len(chosen), day), np.full(len(chosen), number),
            np.isin(chosen, treated),
        ]).astype(np.int64)  # fmt: skip
        return replace(
            self,
            orders=np.concatenate([self.orders, more]),
            contacts=np.concatenate([self.contacts, log]),
        )


def make_world(customers: int, seed: int) -> World:
    """Return customers who come at any time, order by an own pace and may leave after any order."""
    random = np.random.default_rng([seed, 0])
    arrival = random.integers(0, _END, customers)
    channel = random.integers(0, len(_LEAVES), customers)
    pace = random.lognormal(np.log(15), 0.4, customers)
    orders = _place_orders(np.arange(customers), arrival, pace, channel, random)
    return World(seed, arrival, channel, pace, orders, np.empty((0, 4), dtype=np.int64))


def run_campaigns(  # noqa: PLR0913 - which campaigns, and who is left alone
    world: World,
    scorer: Scorer,
    *,
    first: date,
    until: date,
    every_days: int = 30,
    is_holdout_kept: bool,
) -> World:
    """Return the world after campaigns that contact the riskiest tenth, three days after scoring.

    With `is_holdout_kept` the same customers are left alone by all campaigns, else each draws.
    """
    random = np.random.default_rng([world.seed, 1])
    always = np.flatnonzero(random.random(world.customers) < HOLDOUT_SHARE)
    for number in range((until - first).days // every_days):
        scored_on = first + timedelta(days=number * every_days)
        who, risk = scorer(world, scored_on)
        chosen = np.sort(who[np.argsort(-risk, kind="stable")[: len(who) // 10]])
        drawn = chosen[random.random(len(chosen)) < HOLDOUT_SHARE]
        is_held = np.intersect1d(chosen, always) if is_holdout_kept else drawn
        world = world.with_campaign(2 + number, day_of(scored_on) + 3, chosen, is_held=is_held)
    return world


def day_of(day: date) -> int:
    """Return the days since `FIRST_DAY`."""
    return (day - FIRST_DAY).days


def names(who: Ints) -> list[str]:
    """Return the ids of customers."""
    return [f"c{number:06}" for number in who.tolist()]


def _place_orders(
    who: Ints, start: Ints, pace: npt.NDArray[np.float64], channel: Ints,
    random: np.random.Generator,
) -> Ints:  # fmt: skip
    """Return (customer, day) of all orders from a first one at `start` on, until each leaves."""
    shape = (len(who), _MOST_ORDERS)
    gaps = np.maximum(1.0, random.exponential(1.0, shape) * pace[who][:, None])
    gaps[:, 0] = 0.0
    days = (start[:, None] + np.cumsum(gaps, axis=1)).astype(np.int64)
    lasts = random.geometric(_LEAVES[channel[who]])
    is_made = (np.arange(_MOST_ORDERS) < lasts[:, None]) & (days < _END)
    rows, _ = np.nonzero(is_made)
    return np.column_stack([who[rows], days[is_made]])


def _times(days: Ints) -> npt.NDArray[np.datetime64]:
    return (np.datetime64(FIRST_DAY) + days).astype("datetime64[us]")


def _canonical(name: str, columns: dict[str, object]) -> ir.Table:
    """Return columns as a canonical table; the others are NULL."""
    types = {column.name: column.type for column in TABLES[name].columns} | BATCH_COLUMNS
    schema = ibis.schema(types).to_pyarrow()
    rows = len(columns["customer_id"])  # type: ignore[arg-type] # all are as long
    return ibis.memtable(
        pa.table(
            [
                pa.array(columns[each.name]).cast(each.type)
                if each.name in columns
                else pa.nulls(rows, each.type)
                for each in schema
            ],
            schema=schema,
        )
    )
