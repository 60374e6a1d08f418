"""The ledger of consents: who agreed to what, on which channel, and took it back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, named, times, where
from simulation.company import Company
from simulation.drawing import Bools, Ints, Purpose, pick, seconds_of_day, stream
from simulation.people import People, customer_ids

PURPOSES = ("profiling", "marketing", "ad_matching")
CONTACT_CHANNELS = ("email", "phone", "post", "sms", None)
STATUSES = ("granted", "withdrawn", "objected")
GRANTED, WITHDRAWN, OBJECTED = range(3)
_EMAIL, _PHONE, _POST, _SMS, _ALL = range(5)
_SOURCES = ("checkout", "preference centre", "newsletter form", "letter", "service desk")
_WORDINGS = ("2021-04", "2024-02")
_NEW_WORDING_FROM = 400


class Story(IntEnum):
    """What a customer says of a purpose, over the years."""

    NOTHING = 0
    GRANTS = 1
    GRANTS_BY_CHANNEL = 2
    WITHDRAWS = 3
    GRANTS_AGAIN = 4
    OBJECTS = 5
    OBJECTS_TO_CALLS = 6
    WITHDRAWS_EMAIL = 7


_STORIES = (
    [0.45, 0.44, 0.00, 0.04, 0.02, 0.05, 0.00, 0.00],
    [0.10, 0.44, 0.16, 0.09, 0.05, 0.06, 0.05, 0.05],
    [0.52, 0.30, 0.00, 0.08, 0.03, 0.07, 0.00, 0.00],
)
_MARKETING = 1
# Customers who said nothing at all, about no purpose.
_SILENT_SHARE = 0.08


@dataclass(frozen=True)
class Consents:
    """What the customers of a chunk said. Entries of the ledger, and the times they turn on.

    `says_no_on` is the day on which a story turns, `says_yes_again_on` the day on which it turns
    back; both are days of the company, by purpose and customer.
    """

    stories: Ints
    says_no_on: Ints
    says_yes_again_on: Ints
    arrival: Ints

    def may_mail(self, day: Ints | int) -> Bools:
        """Return who agrees to marketing by e-mail on a day; every customer, or day, its entry."""
        story, no = self.stories[_MARKETING], self.says_no_on[_MARKETING]
        again = self.says_yes_again_on[_MARKETING]
        turns = np.isin(story, [Story.WITHDRAWS, Story.GRANTS_AGAIN, Story.WITHDRAWS_EMAIL])
        is_granted = turns & ((day < no) | ((story == Story.GRANTS_AGAIN) & (day >= again)))
        always = np.isin(story, [Story.GRANTS, Story.GRANTS_BY_CHANNEL, Story.OBJECTS_TO_CALLS])
        found: Bools = (always | is_granted) & (day >= self.arrival)
        return found


def make_consents(company: Company, people: People) -> Consents:
    """Return what the customers of a chunk say: something else of each purpose."""
    random = stream(company, people.chunk, Purpose.CONSENTS)
    size = len(people)
    is_silent = random.random(size) < _SILENT_SHARE
    stories = np.stack([pick(random, shares, size) for shares in _STORIES])
    stories[:, is_silent] = Story.NOTHING
    span = company.days - 1 - people.arrival
    no = people.arrival + np.floor(span * (0.1 + 0.5 * random.random(stories.shape)))
    again = people.arrival + np.floor(span * (0.65 + 0.3 * random.random(stories.shape)))
    return Consents(stories, no.astype(np.int64), again.astype(np.int64), people.arrival)


def consent_table(company: Company, people: People, consents: Consents) -> pa.Table:
    """Return `consents`: an entry each time that somebody says something, oldest first."""
    random = stream(company, people.chunk, Purpose.CONSENTS, 1)
    entries = np.concatenate(
        [_entries(consents, purpose) for purpose in range(len(PURPOSES))], axis=1
    )
    order = np.lexsort((entries[4], entries[0]))
    customer, purpose, channel, status, day = entries[:, order]
    size = len(customer)
    is_refusal = status != GRANTED
    source = np.where(is_refusal, random.integers(1, 5, size), random.integers(0, 3, size))
    return canonical("consents", {
        "customer_id": customer_ids(people.ordinals[customer]),
        "purpose": named(PURPOSES, purpose),
        "channel": named(CONTACT_CHANNELS, channel),
        "status": named(STATUSES, status),
        "changed_at": times(company.start, day, seconds_of_day(random, size)),
        "source": named(_SOURCES, source),
        "text_version": where(
            ~is_refusal, named(_WORDINGS, (day >= _NEW_WORDING_FROM).astype(np.int64))
        ),
    })  # fmt: skip


def _entries(consents: Consents, purpose: int) -> Ints:
    """Return (customer, purpose, channel, status, day) of all that is said of one purpose."""
    story = consents.stories[purpose]
    grants = ~np.isin(story, [Story.NOTHING, Story.OBJECTS])
    by_channel = np.isin(story, [Story.GRANTS_BY_CHANNEL, Story.WITHDRAWS_EMAIL])
    arrival, no, again = (
        consents.arrival, consents.says_no_on[purpose], consents.says_yes_again_on[purpose],
    )  # fmt: skip
    numbers = np.arange(len(story))
    said = [
        (grants & ~by_channel, _ALL, GRANTED, arrival),
        (by_channel, _EMAIL, GRANTED, arrival),
        (by_channel & (numbers % 2 == 0), _POST, GRANTED, arrival),
        (by_channel & (numbers % 3 == 0), _SMS, GRANTED, arrival),
        (np.isin(story, [Story.WITHDRAWS, Story.GRANTS_AGAIN]), _ALL, WITHDRAWN, no),
        (story == Story.WITHDRAWS_EMAIL, _EMAIL, WITHDRAWN, no),
        (story == Story.OBJECTS, _ALL, OBJECTED, no),
        (story == Story.OBJECTS_TO_CALLS, _PHONE, OBJECTED, no),
        (story == Story.GRANTS_AGAIN, _ALL, GRANTED, again),
    ]
    found = [_rows(who, purpose, channel, status, day) for who, channel, status, day in said]
    return np.concatenate(found, axis=1)


def _rows(who: Bools, purpose: int, channel: int, status: int, day: Ints) -> Ints:
    customer = np.flatnonzero(who)
    same = np.ones_like(customer)
    return np.stack([customer, purpose * same, channel * same, status * same, day[customer]])
