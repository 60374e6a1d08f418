"""Contracts: those that all customers have, or in a shop a pass for free delivery."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, constant, money, named, numbered, times, where
from simulation.company import Company
from simulation.drawing import Bools, Floats, Ints, Purpose, pick, stream
from simulation.fates import Fates
from simulation.people import PLANS, PRICES_CENTS, People, customer_ids

_VOLUNTARY = ("cancelled", "too expensive", "moved", "competitor")
_REASONS = (*_VOLUNTARY, "payment_failure", "plan change", "not renewed")
_UNPAID, _CHANGED, _NOT_RENEWED = 4, 5, 6
_PASS_SHARE, _PASS_CENTS, _PASS_DAYS = 0.15, 3900, 365


def subscription_table(company: Company, people: People, fates: Fates) -> pa.Table:
    """Return `subscriptions`, by customer; who changes the plan has two, one after the other."""
    if not company.is_contract:
        return _passes(company, people, fates)
    random = stream(company, people.chunk, Purpose.SUBSCRIPTIONS)
    who = np.flatnonzero(people.begins < company.days)
    ends = np.where(fates.left_on < company.days, fates.left_on, np.inf)[who]
    reason = np.where(
        fates.is_unpaid[who], _UNPAID, pick(random, [0.5, 0.25, 0.15, 0.1], len(who))
    )  # fmt: skip
    began = np.minimum(people.arrival, np.floor(np.minimum(people.begins, company.days)))[who]
    changes = np.where(people.changes_on[who] < np.minimum(ends, company.days),
                       people.changes_on[who], np.inf)  # fmt: skip
    is_changed = np.isfinite(changes)
    first = _table(
        company, people, who, began, np.minimum(ends, changes),
        np.where(is_changed, _CHANGED, reason), people.plan[who], part="a",
    )  # fmt: skip
    again = np.flatnonzero(is_changed)
    second = _table(
        company, people, who[again], changes[again], ends[again], reason[again],
        people.next_plan[who[again]], part="b",
    )  # fmt: skip
    return pa.concat_tables([first, second])


def _table(  # noqa: PLR0913, PLR0917 - the columns
    company: Company,
    people: People,
    who: Ints,
    began: Floats,
    ends: Floats,
    reason: Ints,
    plan: Ints,
    *,
    part: str,
) -> pa.Table:
    return _canonical(
        company, people, who, began, ends, reason, part,
        plan=named(PLANS, plan), price=money(PRICES_CENTS[plan]),
    )  # fmt: skip


def _passes(company: Company, people: People, fates: Fates) -> pa.Table:
    random = stream(company, people.chunk, Purpose.SUBSCRIPTIONS)
    has_pass, when, renews = random.random((3, len(people)))
    begins = np.where(np.isfinite(people.begins), people.begins, company.days)
    began = np.floor(begins + 1 + 120 * when)
    latest = np.minimum(fates.left_on, company.days)
    who = np.flatnonzero((has_pass < _PASS_SHARE) & (began < latest))
    ends = np.where(renews < 0.6, np.inf, began + _PASS_DAYS)[who]
    ends[ends >= company.days] = np.inf
    return _canonical(
        company, people, who, began[who], ends, np.full(len(who), _NOT_RENEWED), "p",
        plan=constant("free delivery", len(who)), price=money(np.full(len(who), _PASS_CENTS)),
    )  # fmt: skip


def _canonical(  # noqa: PLR0913, PLR0917 - the columns
    company: Company,
    people: People,
    who: Ints,
    began: Floats,
    ends: Floats,
    reason: Ints,
    part: str,
    *,
    plan: pa.Array,
    price: pa.Array,
) -> pa.Table:
    is_over: Bools = np.isfinite(ends)
    last = np.where(is_over, ends, 0).astype(np.int64)
    return canonical("subscriptions", {
        "subscription_id": numbered(f"{part}-", people.ordinals[who]),
        "customer_id": customer_ids(people.ordinals[who]),
        "started_at": times(company.start, began.astype(np.int64)),
        "ended_at": where(is_over, times(company.start, last)),
        "plan": plan,
        "price": price,
        "end_reason": where(is_over, named(_REASONS, reason)),
    })  # fmt: skip
