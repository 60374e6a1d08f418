"""Mails that are sent, opened and clicked, visits, and points."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, named, numbered, numbers, times, where
from simulation.company import Company
from simulation.consents import Consents
from simulation.drawing import Ints, Purpose, seconds_of_day, stream
from simulation.fates import Fates
from simulation.people import People, customer_ids
from simulation.purchases import Purchases
from simulation.treatment import campaign_ids, is_by_post

_KINDS = ("sent", "open", "click", "visit", "login", "earn", "redeem")
_SENT, _OPEN, _CLICK, _VISIT, _LOGIN, _EARN, _REDEEM = range(7)
_CHANNELS = ("email", "web", "app", "store")
_EMAIL, _WEB, _APP, _STORE = range(4)

_DAYS_BETWEEN_MAILS = 21
_COOL_OPENS, _GONE_OPENS = 0.3, 0.12
_CLICKS = 0.25
_VISITS_A_WEEK, _COOL_VISITS, _GONE_VISITS = 0.3, 0.06, 0.01

# Rows of (customer, day, second of the day, channel, kind, campaign week or -1, points).
Rows = Ints


def interaction_table(  # noqa: PLR0913 - all that leads to an interaction
    company: Company,
    people: People,
    consents: Consents,
    fates: Fates,
    purchases: Purchases,
    *,
    number: int,
) -> pa.Table:
    """Return `interactions`, whose first has this number, by customer and day."""
    found = np.concatenate([
        _newsletters(company, people, consents, fates), _campaign_mails(company, people, fates),
        _visits(company, people, fates), _shopping(company, people, purchases),
        _points(company, people, purchases),
    ], axis=1)  # fmt: skip
    rows = found[:, found[1] < company.days]
    customer, day, second, channel, kind, week, points = rows[:, np.lexsort((rows[1], rows[0]))]
    size = len(customer)
    return canonical("interactions", {
        "interaction_id": numbered("i", np.arange(number, number + size, dtype=np.int64)),
        "customer_id": customer_ids(people.ordinals[customer]),
        "occurred_at": times(company.start, day, second),
        "channel": named(_CHANNELS, channel),
        "kind": named(_KINDS, kind),
        "campaign_id": where(week >= 0, campaign_ids(company, np.maximum(week, 0))),
        "points": where(kind >= _EARN, numbers(points.astype(np.float64))),
    })  # fmt: skip


def _newsletters(company: Company, people: People, consents: Consents, fates: Fates) -> Rows:
    """Return newsletters every three weeks to those who agreed, and what became of them."""
    random = stream(company, people.chunk, Purpose.MAIL)
    sent = []
    for day in range(3, company.days, _DAYS_BETWEEN_MAILS):
        who = np.flatnonzero(consents.may_mail(day))
        sent.append(_rows(who, day, 32_400 + who % 600, _EMAIL, _SENT))
    mails = np.concatenate(sent, axis=1)
    return np.concatenate([mails, *_answers(people, fates, mails, random)], axis=1)


def _campaign_mails(company: Company, people: People, fates: Fates) -> Rows:
    random = stream(company, people.chunk, Purpose.MAIL, 1)
    contacts = fates.contacts
    is_mailed = ~contacts.is_held & ~is_by_post(company, contacts.week)
    who, week = contacts.customer[is_mailed], contacts.week[is_mailed]
    mails = _rows(who, 7 * week, 36_000 + who % 900, _EMAIL, _SENT, week=week)
    return np.concatenate([mails, *_answers(people, fates, mails, random)], axis=1)


def _answers(
    people: People, fates: Fates, mails: Rows, random: np.random.Generator
) -> tuple[Rows, Rows]:
    """Return what is opened, and clicked: less in a cool mood, hardly anything after leaving."""
    customer, day, second = mails[:3]
    chance = people.opens[customer] * np.where(
        fates.is_cool[day // 7, customer], _COOL_OPENS, 1.0
    )  # fmt: skip
    chance = chance * np.where(day >= fates.left_on[customer], _GONE_OPENS, 1.0)
    opens, clicks = random.random((2, len(customer)))
    later = second + 60 + (40_000 * random.random(len(customer)) ** 3).astype(np.int64)
    is_open = opens < chance
    opened = mails[:, is_open].copy()
    opened[2], opened[4] = later[is_open], _OPEN
    clicked = opened[:, clicks[is_open] < _CLICKS].copy()
    clicked[2] += 45
    clicked[4] = _CLICK
    return opened, clicked


def _visits(company: Company, people: People, fates: Fates) -> Rows:
    """Return visits without an order, some of them logged in."""
    random = stream(company, people.chunk, Purpose.VISITS)
    found = []
    for week in range(company.days // 7):
        chance = np.where(fates.is_cool[week], _COOL_VISITS, _VISITS_A_WEEK)
        chance = np.where(7 * week >= fates.left_on, _GONE_VISITS, chance)
        chance = np.where(people.arrival > 7 * week, 0.0, chance)
        comes, uses_app = random.random((2, len(people)))
        who = np.flatnonzero(comes < chance)
        in_app = uses_app[who] < people.prefers_app[who]
        day = 7 * week + random.integers(0, 7, len(who))
        found.append(
            _rows(
                who, day, seconds_of_day(random, len(who)), np.where(in_app, _APP, _WEB),
                np.where(in_app, _LOGIN, _VISIT),
            )
        )  # fmt: skip
    return np.concatenate(found, axis=1)


def _shopping(company: Company, people: People, purchases: Purchases) -> Rows:
    """Return the visits that orders were placed in, a few minutes before them."""
    if company.is_contract:
        return np.empty((7, 0), np.int64)
    random = stream(company, people.chunk, Purpose.VISITS, 1)
    online = np.flatnonzero((purchases.channel < 2) & (random.random(len(purchases.day)) < 0.6))
    second = purchases.second[online] - random.integers(60, 900, len(online))
    channel = np.where(purchases.channel[online] == 1, _APP, _WEB)
    kind = np.where(channel == _APP, _LOGIN, _VISIT)
    return _rows(purchases.customer[online], purchases.day[online], second, channel, kind)


def _points(company: Company, people: People, purchases: Purchases) -> Rows:
    """Return the points that orders of members bring, and some that are redeemed."""
    random = stream(company, people.chunk, Purpose.POINTS)
    members = np.flatnonzero(people.tier[purchases.customer] > 0)
    who, day = purchases.customer[members], purchases.day[members]
    second = purchases.second[members] + 30
    points = purchases.cents[members] // 100
    redeems = np.flatnonzero(random.random(len(members)) < 0.08)
    return np.concatenate([
        _rows(who, day, second, _STORE, _EARN, points=points),
        _rows(
            who[redeems], day[redeems], second[redeems] + 30, _STORE, _REDEEM,
            points=-(points[redeems] // 2),
        ),
    ], axis=1)  # fmt: skip


def _rows(  # noqa: PLR0913 - the columns
    customer: Ints,
    day: Ints | int,
    second: Ints,
    channel: Ints | int,
    kind: Ints | int,
    *,
    week: Ints | int = -1,
    points: Ints | int = 0,
) -> Rows:
    columns = np.broadcast_arrays(customer, day, second, channel, kind, week, points)
    return np.stack(columns).astype(np.int64)
