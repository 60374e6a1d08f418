"""Campaigns, and the log of whom they contacted and whom they left alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, money, named, times
from simulation.company import ROUNDS_PER_CAMPAIGN, Company
from simulation.drawing import Bools, Ints, Purpose, stream
from simulation.fates import Contacts
from simulation.people import People, customer_ids

_CHANNELS = ("email", "post")
_ARMS = ("treated", "holdout")
_LASTS_DAYS = 21
OFFER_CENTS = 500
_CONTACT_CENTS = (5, 85)
_POST_EVERY = 3


def is_by_post(company: Company, week: Ints) -> Bools:
    """Say whether the campaigns of these weeks write letters: every third does."""
    found: Bools = _campaign(company, week) % _POST_EVERY == _POST_EVERY - 1
    return found


def campaign_ids(company: Company, week: Ints) -> pa.Array:
    """Return the ids of the campaigns of these weeks: offer-2023-04-02."""
    names = [f"offer-{_day(company, each)}" for each in _begins(company)]
    return named(names, np.clip(_campaign(company, week), 0, len(names) - 1))


def campaign_table(company: Company) -> pa.Table:
    """Return `campaigns`: offers, every four weeks anew, to those who look like leaving."""
    week = np.array(_begins(company), dtype=np.int64)
    last = np.minimum(week + _begins(company).step - company.rounds.step, company.rounds[-1])
    by_post = is_by_post(company, week).astype(np.int64)
    names = [f"Offers from {_day(company, each)} on" for each in _begins(company)]
    return canonical("campaigns", {
        "campaign_id": campaign_ids(company, week),
        "name": named(names, np.arange(len(week))),
        "channel": named(_CHANNELS, by_post),
        "starts_at": times(company.start, 7 * week),
        "ends_at": times(company.start, 7 * last + _LASTS_DAYS),
        "contact_cost": money(np.array(_CONTACT_CENTS)[by_post]),
        "offer_cost": money(np.full(len(week), OFFER_CENTS)),
    })  # fmt: skip


def contact_table(company: Company, people: People, contacts: Contacts) -> pa.Table:
    """Return `contacts`: who was chosen, by campaign; those left alone have their day, too."""
    random = stream(company, people.chunk, Purpose.CONTACTS)
    size = len(contacts.customer)
    by_post = is_by_post(company, contacts.week).astype(np.int64)
    return canonical("contacts", {
        "campaign_id": campaign_ids(company, contacts.week),
        "customer_id": customer_ids(people.ordinals[contacts.customer]),
        "contacted_at": times(
            company.start, 7 * contacts.week, 32_400 + random.integers(0, 18_000, size)
        ),
        "channel": named(_CHANNELS, by_post),
        "arm": named(_ARMS, contacts.is_held.astype(np.int64)),
    })  # fmt: skip


def _campaign(company: Company, week: Ints) -> Ints:
    """Return the number of the campaign that contacts in a week."""
    return (week - company.rounds.start) // (company.rounds.step * ROUNDS_PER_CAMPAIGN)


def _begins(company: Company) -> range:
    return company.rounds[::ROUNDS_PER_CAMPAIGN]


def _day(company: Company, week: int) -> date:
    return company.start + timedelta(days=7 * week)
