"""What no company knows: who has left and when, and who would have, contacted or left alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulation.accounts import Accounts
from simulation.columns import dates, money, named, numbers, where
from simulation.company import Company
from simulation.drawing import Floats
from simulation.fates import Fates
from simulation.people import UPLIFT_TYPES, People, customer_ids
from simulation.purchases import Purchases


def truth_table(  # noqa: PLR0913, PLR0917 - all that is true
    company: Company,
    people: People,
    fates: Fates,
    otherwise: Floats,
    purchases: Purchases,
    accounts: Accounts,
) -> pa.Table:
    """Return one row per person.

    `otherwise` is when each would have left with the other arm, of contacted and left alone.
    """
    size = len(people)
    ahead = ~purchases.is_told & (purchases.day < company.days + company.horizon_days)
    who, cents = purchases.customer[ahead], purchases.cents[ahead]
    value = np.bincount(who, weights=cents, minlength=size).round().astype(np.int64)
    second = np.full(size, -1, dtype=np.int64)
    second[accounts.customer] = accounts.second
    known = company.days + company.horizon_days
    left, other = (np.where(each < known, each, np.inf) for each in (fates.left_on, otherwise))
    held = people.is_held
    return pa.table({
        "customer_id": customer_ids(people.ordinals),
        "left_on": dates(company.start, left),
        "left_unpaid": where(np.isfinite(left), numbers(fates.is_unpaid)),
        "left_on_if_left_alone": dates(company.start, np.where(held, left, other)),
        "left_on_if_contacted": dates(company.start, np.where(held, other, left)),
        "in_holdout": numbers(held),
        "uplift_type": named(UPLIFT_TYPES, people.uplift),
        "kept_share": numbers(people.kept_share),
        "leaving_rate_per_day": numbers(people.leaving_rate + people.unpaid_rate),
        "first_order_on": dates(company.start, np.floor(people.begins)),
        "pace_days": numbers(people.pace_days),
        "mean_basket": numbers(np.round(people.basket, 2)),
        "orders_ahead": numbers(np.bincount(who, minlength=size)),
        "value_ahead": money(value),
        "second_account": where(second >= 0, customer_ids(np.maximum(second, 0))),
    })  # fmt: skip
