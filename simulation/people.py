"""Who the customers are: when they come, how they buy, and what a contact does to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, named, numbered, numbers, times, where
from simulation.company import CHUNK, Company
from simulation.drawing import Bools, Floats, Ints, Purpose, pick, stream

CHANNELS = ("search", "social", "recommendation", "affiliate", "store", "mailing")
COUNTRIES = ("DE", "AT", "CH", "FR", "GB", "US")
TIERS = (None, "silver", "gold")
CATEGORIES = (
    "coffee", "tea", "bread", "cheese", "wine", "garden", "kitchen", "linen", "toys", "books",
)  # fmt: skip
PLANS = ("monthly", "yearly", "premium")
PRICES_CENTS: Ints = np.array([2490, 1990, 4490])

# What a contact does. `KEPT_SHARES`: of those who would leave in the `KEPT_DAYS` after it, the
# share that stays because of it; below zero, so many more leave. `LEAVING_RATES` are a day.
UPLIFT_TYPES = ("persuadable", "sure_thing", "lost_cause", "sleeping_dog")
PERSUADABLE, SURE_THING = 0, 1
KEPT_SHARES: Floats = np.array([0.6, 0.0, 0.0, -3.0])
LEAVING_RATES: Floats = np.array([1 / 750, 1 / 6000, 1 / 420, 1 / 1400])
KEPT_DAYS = 90

HOLDOUT_SHARE = 0.1

_CHANNEL_SHARES = [0.30, 0.22, 0.16, 0.12, 0.12, 0.08]
# By what brought a customer: how many are of which type. So types can be told apart, somewhat.
_TYPE_SHARES: Floats = np.array([
    [0.46, 0.32, 0.16, 0.06], [0.42, 0.20, 0.32, 0.06], [0.30, 0.58, 0.08, 0.04],
    [0.28, 0.12, 0.54, 0.06], [0.38, 0.48, 0.08, 0.06], [0.50, 0.28, 0.12, 0.10],
])  # fmt: skip
_PLAN_RATES: Floats = np.array([2.2, 0.3, 0.6])
_UNPAID_RATES: Floats = np.array([1 / 2200, 1 / 9000, 1 / 14000])
# By what brought a customer: how much more often contracts are not paid.
_UNPAID_BY_CHANNEL: Floats = np.array([0.6, 2.2, 0.3, 3.5, 0.3, 0.3])

# The one very large customer, by number.
LARGEST = 7


@dataclass(frozen=True)
class People:
    """The customers of a chunk, an entry each. Days are counted from the start of the company.

    `arrival` is the day of the registration (below zero: before the start), `begins` that of the
    first order (infinity: never); `pace_days` the mean gap between orders, `basket` the mean order
    in the currency, `deals` the share of orders with a discount, `opens` the share of mails that is
    opened in good times. On the day `changes_on` a contract goes from `plan` to `next_plan`.
    """

    chunk: int
    arrival: Ints
    begins: Floats
    pace_days: Floats
    basket: Floats
    deals: Floats
    opens: Floats
    uplift: Ints
    leaving_rate: Floats
    unpaid_rate: Floats
    is_held: Bools
    channel: Ints
    country: Ints
    tier: Ints
    favourite: Ints
    prefers_app: Floats
    birth_year: Ints
    plan: Ints
    next_plan: Ints
    changes_on: Floats

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def ordinals(self) -> Ints:
        """The numbers of the customers in the company."""
        first = self.chunk * CHUNK
        return np.arange(first, first + len(self), dtype=np.int64)

    @property
    def kept_share(self) -> Floats:
        """What a contact does to each, by the type."""
        shares: Floats = KEPT_SHARES[self.uplift]
        return shares


def make_people(company: Company, chunk: int) -> People:
    """Return the customers of a chunk.

    Four in ten were customers before the start; the others come over time, the more the later.
    Three in a hundred never order.
    """
    random = stream(company, chunk, Purpose.PEOPLE)
    members = company.members(chunk)
    size = len(members)
    is_old = random.random(size) < 0.4
    when = random.random(size)
    arrival = np.floor(np.where(is_old, -730 * when, company.days * when**0.7)).astype(np.int64)
    pace = np.clip(random.lognormal(np.log(24), 0.55, size), 4, 120)
    begins = np.where(is_old, pace, 0.6 * pace * (random.random(size) < 0.3)) * random.random(size)
    begins = np.maximum(arrival, 0) + begins
    begins[random.random(size) < 0.03] = np.inf
    channel = pick(random, _CHANNEL_SHARES, size)
    uplift = _types(random, channel)
    plan = pick(random, [0.45, 0.35, 0.20], size)
    changes = random.random(size) < 0.08
    basket = random.lognormal(np.log(38), 0.75, size)
    tier = pick(random, [0.68, 0.22, 0.10], size)
    deals = random.beta(1.2, 4.0, size)
    opens = np.clip(random.beta(4, 3, size), 0.05, 0.95)
    unpaid = _UNPAID_RATES[plan] * _UNPAID_BY_CHANNEL[channel]
    is_contract = company.is_contract
    people = People(
        chunk=chunk,
        arrival=arrival,
        begins=begins,
        pace_days=np.full(size, 30.0) if is_contract else pace,
        basket=PRICES_CENTS[plan] / 100 if is_contract else basket,
        deals=np.zeros(size) if is_contract else deals,
        opens=opens,
        uplift=uplift,
        leaving_rate=LEAVING_RATES[uplift] * (_PLAN_RATES[plan] if is_contract else 1.0),
        unpaid_rate=unpaid if is_contract else np.zeros(size),
        is_held=random.random(size) < HOLDOUT_SHARE,
        channel=channel,
        country=pick(random, [0.70, 0.09, 0.06, 0.06, 0.05, 0.04], size),
        tier=tier,
        favourite=pick(random, [1 / (place + 2) for place in range(len(CATEGORIES))], size),
        prefers_app=random.beta(1.0, 1.5, size),
        birth_year=random.integers(1938, 2006, size),
        plan=plan,
        next_plan=(plan + 1 + random.integers(0, 2, size)) % len(PLANS),
        changes_on=np.where(
            changes, np.floor(begins + 60 + 500 * random.random(size)), np.inf
        ),
    )  # fmt: skip
    if members.start == 0:
        _enlarge(people, is_contract=is_contract)
    return people


def _types(random: np.random.Generator, channel: Ints) -> Ints:
    bounds = np.cumsum(_TYPE_SHARES[channel], axis=1)
    drawn = (random.random(len(channel))[:, None] >= bounds).sum(axis=1)
    types: Ints = np.minimum(drawn, len(UPLIFT_TYPES) - 1).astype(np.int64)
    return types


def _enlarge(people: People, *, is_contract: bool) -> None:
    """Make one customer very large: a company that orders day after day, and stays."""
    people.arrival[LARGEST], people.begins[LARGEST] = -700, 0.5
    people.uplift[LARGEST] = SURE_THING
    people.leaving_rate[LARGEST] = people.unpaid_rate[LARGEST] = 0.0
    people.country[LARGEST] = 0
    if not is_contract:
        people.pace_days[LARGEST], people.basket[LARGEST] = 2.0, 1900.0


def customer_ids(ordinals: Ints) -> pa.Array:
    """Return the ids of customers by their number in the company."""
    return numbered("K", ordinals, digits=7)


def customer_table(company: Company, people: People, postal_area: pa.Array) -> pa.Table:
    """Return `customers`, without the second accounts of those who have two."""
    random = stream(company, people.chunk, Purpose.ACCOUNTS, 1)
    size = len(people)
    return canonical("customers", {
        "customer_id": customer_ids(people.ordinals),
        "created_at": times(company.start, people.arrival, 25_200),
        "merged_into": pa.nulls(size, pa.string()),
        "country": named(COUNTRIES, people.country),
        "postal_area": postal_area,
        "acquisition_channel": where(
            random.random(size) < 0.95, named(CHANNELS, people.channel)
        ),
        "birth_year": where(random.random(size) < 0.7, numbers(people.birth_year)),
        "loyalty_tier": named(TIERS, people.tier),
    })  # fmt: skip


def prices(people: People, customer: Ints, day: Ints) -> Ints:
    """Return what a period of the contract of a customer costs on a day, in cents."""
    cents: Ints = PRICES_CENTS[plans(people, customer, day)]
    return cents


def plans(people: People, customer: Ints, day: Ints) -> Ints:
    """Return the plan that the contract of a customer has on a day."""
    is_changed = day >= people.changes_on[customer]
    return np.where(is_changed, people.next_plan[customer], people.plan[customer])
