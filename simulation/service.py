"""Service tickets, and answers to surveys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulation.columns import canonical, named, numbered, numbers, times, where
from simulation.company import Company
from simulation.drawing import Purpose, pick, seconds_of_day, stream
from simulation.fates import Fates
from simulation.people import CATEGORIES, People, customer_ids

_TOPICS = ("delivery", "product", "invoice", "return", "account")
_CHANNELS = ("email", "phone", "web", "app")
_NEVER_CLOSED = 0.1
_NPS, _PREFERENCE = 0.06, 0.1


def ticket_table(company: Company, people: People, fates: Fates, *, number: int) -> pa.Table:
    """Return `tickets`, whose first has this number: bad ones take long, or are never closed."""
    random = stream(company, people.chunk, Purpose.TICKETS)
    orders = np.flatnonzero(fates.orders.has_ticket)
    opened = fates.orders.day[orders] + random.integers(0, 4, len(orders))
    rows = np.flatnonzero(opened < company.days)
    opened, is_bad = opened[rows], fates.orders.is_bad[orders[rows]]
    customer = fates.orders.customer[orders[rows]]
    size = len(rows)
    at = seconds_of_day(random, size)
    lasts = np.where(is_bad, 5 + 20 * random.random(size), 0.1 + 3 * random.random(size))
    closes = 86_400 * opened + at + (86_400 * lasts).astype(np.int64)
    is_closed = ~(is_bad & (random.random(size) < _NEVER_CLOSED)) & (
        closes < 86_400 * company.days
    )  # fmt: skip
    satisfaction = np.where(is_bad, random.integers(1, 4, size), random.integers(3, 6, size))
    mood = np.clip(np.where(is_bad, -0.5, 0.2) + 0.3 * random.standard_normal(size), -1, 1)
    is_solved = random.random(size) < np.where(is_bad, 0.3, 0.96)
    return canonical("tickets", {
        "ticket_id": numbered("t", np.arange(number, number + size, dtype=np.int64)),
        "customer_id": customer_ids(people.ordinals[customer]),
        "opened_at": times(company.start, opened, at),
        "closed_at": where(is_closed, times(company.start, np.zeros(size, np.int64), closes)),
        "topic": named(_TOPICS, pick(random, [0.4, 0.25, 0.15, 0.12, 0.08], size)),
        "channel": named(_CHANNELS, pick(random, [0.4, 0.3, 0.2, 0.1], size)),
        "satisfaction": where(
            is_closed & (random.random(size) < 0.45), numbers(satisfaction.astype(np.float64))
        ),
        "solved": where(is_closed, numbers(is_solved)),
        "sentiment": where(random.random(size) < 0.8, numbers(np.round(mood, 2))),
    })  # fmt: skip


def survey_table(company: Company, people: People, fates: Fates, *, number: int) -> pa.Table:
    """Return `surveys`, whose first has this number: NPS after orders, and what is liked most."""
    random = stream(company, people.chunk, Purpose.SURVEYS)
    orders = np.flatnonzero(random.random(len(fates.orders.day)) < _NPS)
    who, ordered = fates.orders.customer[orders], fates.orders.day[orders]
    cool = fates.is_cool[ordered // 7, who]
    score = 8.3 - 2.5 * cool - 3.0 * fates.orders.is_bad[orders]
    score = np.clip(np.round(score + 1.5 * random.standard_normal(len(orders))), 0, 10)
    begun = np.isfinite(people.begins) & (random.random(len(people)) < _PREFERENCE)
    asked = np.flatnonzero(begun)
    customer = np.concatenate([who, asked])
    day = np.concatenate([
        ordered + random.integers(1, 9, len(orders)), np.floor(people.begins[asked]) + 2
    ]).astype(np.int64)  # fmt: skip
    is_nps = np.arange(len(customer)) < len(orders)
    scores = np.concatenate([score, np.zeros(len(asked))])
    rows = np.flatnonzero(day < company.days)
    size = len(rows)
    mood = np.clip((scores[rows] - 6) / 5 + 0.2 * random.standard_normal(size), -1, 1)
    likes = named(CATEGORIES, people.favourite[customer[rows]])
    return canonical("surveys", {
        "survey_id": numbered("s", np.arange(number, number + size, dtype=np.int64)),
        "customer_id": customer_ids(people.ordinals[customer[rows]]),
        "answered_at": times(company.start, day[rows], seconds_of_day(random, size)),
        "question": named(("preference", "nps"), is_nps[rows].astype(np.int64)),
        "score": where(is_nps[rows], numbers(scores[rows])),
        "answer": where(~is_nps[rows], likes),
        "sentiment": where(
            is_nps[rows] & (random.random(size) < 0.3), numbers(np.round(mood, 2))
        ),
    })  # fmt: skip
