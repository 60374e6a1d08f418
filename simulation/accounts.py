"""Second accounts: some people register twice, and the company finds out about some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulation.columns import canonical, constant, times, where
from simulation.company import Company
from simulation.drawing import Bools, Ints, Purpose, stream
from simulation.people import LARGEST, People, customer_ids

_SHARE, _MERGED_SHARE = 0.012, 0.7
# So long after the first one the second account is used, every other order.
_USED_DAYS = 150


@dataclass(frozen=True)
class Accounts:
    """Who has a second account (positions in the chunk), since when, and whether it was merged."""

    customer: Ints
    opened_on: Ints
    is_merged: Bools
    second: Ints


def make_accounts(company: Company, people: People) -> Accounts:
    """Return the second accounts of the customers of a chunk.

    Their numbers follow those of all customers.
    """
    random = stream(company, people.chunk, Purpose.ACCOUNTS)
    has_second, when, merged = random.random((3, len(people)))
    begins = np.where(np.isfinite(people.begins), people.begins, company.days)
    opened = np.floor(begins + 5 + 200 * when).astype(np.int64)
    is_one = (has_second < _SHARE) & (opened < company.days)
    is_one[people.ordinals == LARGEST] = False
    who = np.flatnonzero(is_one)
    return Accounts(
        who, opened[who], merged[who] < _MERGED_SHARE, people.ordinals[who] + company.customers
    )


def ordering_accounts(people: People, accounts: Accounts, customer: Ints, day: Ints) -> Ints:
    """Return by the number of which account each order was placed; orders come by customer."""
    number = people.ordinals[customer]
    opened = np.full(len(people), np.iinfo(np.int64).max // 2)
    second = people.ordinals.copy()
    opened[accounts.customer], second[accounts.customer] = accounts.opened_on, accounts.second
    since = day - opened[customer]
    is_second = (since >= 0) & (since < _USED_DAYS) & (np.arange(len(customer)) % 2 == 0)
    return np.where(is_second, second[customer], number)


def second_customers(
    company: Company, people: People, accounts: Accounts, customers: pa.Table
) -> pa.Table:
    """Return the rows of second accounts in `customers`; what they share comes from the first."""
    firsts = customers.take(pa.array(accounts.customer))
    ids = customer_ids(people.ordinals[accounts.customer])
    size = len(ids)
    shared = {name: firsts[name].combine_chunks() for name in firsts.column_names}
    return canonical("customers", shared | {
        "customer_id": customer_ids(accounts.second),
        "created_at": times(company.start, accounts.opened_on, 30_000),
        "merged_into": where(accounts.is_merged, ids),
        "birth_year": pa.nulls(size, pa.int64()),
        "loyalty_tier": constant(None, size),
    })  # fmt: skip


def second_identities(accounts: Accounts, identities: pa.Table) -> pa.Table:
    """Return the rows of second accounts in `identities`: another address, and no telephone."""
    firsts = identities.take(pa.array(accounts.customer))
    shared = {name: firsts[name].combine_chunks() for name in firsts.column_names}
    email = pc.binary_join_element_wise("zweit.", shared["email"], "")
    return canonical("identities", shared | {
        "customer_id": customer_ids(accounts.second),
        "email": email,
        "phone": constant(None, len(accounts.second)),
    })  # fmt: skip
