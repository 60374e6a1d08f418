"""Orders, their lines, and what is paid back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulation.accounts import Accounts, ordering_accounts
from simulation.columns import canonical, constant, money, named, numbered, numbers, times
from simulation.company import Company
from simulation.drawing import Bools, Ints, Purpose, seconds_of_day, stream
from simulation.fates import Fates
from simulation.people import CATEGORIES, PLANS, People, customer_ids, plans, prices

_ORDER_CHANNELS = ("web", "app", "store", "phone")
_PRODUCTS_PER_CATEGORY = 24
_MOST_LINES = 5
_REFUNDED = 0.04


@dataclass(frozen=True)
class Purchases:
    """All orders of a chunk, by customer and day, those after the end of the files too.

    `number` is that of the first order in the files.
    """

    customer: Ints
    account: Ints
    day: Ints
    second: Ints
    cents: Ints
    discount: Ints
    channel: Ints
    number: int
    is_told: Bools

    @property
    def told(self) -> Ints:
        """The positions of the orders that are in the files."""
        return np.flatnonzero(self.is_told)

    @property
    def numbers(self) -> Ints:
        """The numbers of the orders in the files."""
        return np.arange(self.number, self.number + len(self.told), dtype=np.int64)


def make_purchases(
    company: Company, people: People, fates: Fates, accounts: Accounts, *, number: int
) -> Purchases:
    """Return the orders of a chunk: baskets, now and then discounted; of contracts invoices."""
    random = stream(company, people.chunk, Purpose.PURCHASES)
    customer, day = fates.orders.customer, fates.orders.day
    size = len(customer)
    full = people.basket[customer] * np.exp(0.45 * random.standard_normal(size) - 0.1) * 100
    cents = np.maximum(np.round(full), 100).astype(np.int64)
    if company.is_contract:
        cents = prices(people, customer, day)
    is_discounted = random.random(size) < people.deals[customer]
    share = is_discounted * random.choice([0.1, 0.15, 0.25], size)
    discount = np.round(cents * share).astype(np.int64)
    app, other = people.prefers_app[customer] * 0.8, random.random(size)
    channel = np.select([other < app, other < 0.82, other < 0.97], [1, 0, 2], 3)
    return Purchases(
        customer=customer,
        account=ordering_accounts(people, accounts, customer, day),
        day=day,
        second=seconds_of_day(random, size),
        cents=cents - discount,
        discount=discount,
        channel=np.zeros(size, np.int64) if company.is_contract else channel.astype(np.int64),
        number=number,
        is_told=day < company.days,
    )


def order_table(company: Company, people: People, purchases: Purchases) -> pa.Table:
    """Return `orders`."""
    told = purchases.told
    random = stream(company, people.chunk, Purpose.PURCHASES, 1)
    cents, discount = purchases.cents[told], purchases.discount[told]
    margin = np.round((cents + discount) * (0.3 + 0.2 * random.random(len(told)))) - discount
    return canonical("orders", {
        "order_id": numbered("o", purchases.numbers),
        "customer_id": customer_ids(purchases.account[told]),
        "ordered_at": times(company.start, purchases.day[told], purchases.second[told]),
        "amount": money(cents),
        "discount": money(discount),
        "margin": money(margin.astype(np.int64)),
        "currency": constant("EUR", len(told)),
        "channel": named(_ORDER_CHANNELS, purchases.channel[told]),
    })  # fmt: skip


def line_table(company: Company, people: People, purchases: Purchases) -> pa.Table:
    """Return `order_lines`: one to five of an order, which together are its amount and discount."""
    random = stream(company, people.chunk, Purpose.LINES)
    told = purchases.told
    size = len(told)
    count = 1 + random.binomial(_MOST_LINES - 1, 0.3, size)
    if company.is_contract:
        count = np.ones(size, np.int64)
    is_line = np.arange(_MOST_LINES) < count[:, None]
    weights = (0.2 + random.random((size, _MOST_LINES))) * is_line
    upto = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    row, place = np.nonzero(is_line)
    likes = random.random(len(row)) < 0.5
    category = np.where(
        likes, people.favourite[purchases.customer[told[row]]],
        random.integers(0, len(CATEGORIES), len(row)),
    )  # fmt: skip
    product = _PRODUCTS_PER_CATEGORY * random.beta(1.0, 2.5, len(row))
    number = 1 + category * _PRODUCTS_PER_CATEGORY + np.minimum(product, 23).astype(np.int64)
    products, categories = numbered("p", number, digits=4), named(CATEGORIES, category)
    if company.is_contract:
        plan = named(PLANS, plans(people, purchases.customer[told], purchases.day[told]))
        products, categories = plan, constant("tariff", len(row))
    return canonical("order_lines", {
        "order_id": numbered("o", purchases.numbers[row]),
        "line": numbered("", place + 1),
        "product_id": products,
        "category": categories,
        "quantity": numbers(1.0 + random.geometric(0.7, len(row)) * (likes & (place > 0))),
        "amount": money(_split(purchases.cents[told], upto)[is_line]),
        "discount": money(_split(purchases.discount[told], upto)[is_line]),
    })  # fmt: skip


def _split(total: Ints, upto: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Ints:
    """Return the parts of a total, in whole cents that add up to it."""
    reached = np.floor(total[:, None] * np.minimum(upto, 1.0) + 1e-6).astype(np.int64)
    parts: Ints = np.diff(reached, axis=1, prepend=0)
    return parts


def refund_table(company: Company, people: People, purchases: Purchases) -> pa.Table:
    """Return `refunds`: of one order in 25 the whole or a part, some days later."""
    random = stream(company, people.chunk, Purpose.REFUNDS)
    told = purchases.told
    is_refunded, when, part, at = random.random((4, len(told)))
    day = purchases.day[told] + 2 + np.floor(18 * when).astype(np.int64)
    rows = np.flatnonzero((is_refunded < _REFUNDED) & (day < company.days))
    share = np.where(part[rows] < 0.5, 1.0, part[rows])
    return canonical("refunds", {
        "refund_id": numbered("r", purchases.numbers[rows]),
        "order_id": numbered("o", purchases.numbers[rows]),
        "customer_id": customer_ids(purchases.account[told[rows]]),
        "refunded_at": times(
            company.start, day[rows], (28_000 + 30_000 * at[rows]).astype(np.int64)
        ),
        "amount": money(np.round(purchases.cents[told[rows]] * share).astype(np.int64)),
    })  # fmt: skip
