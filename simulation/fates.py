"""What customers live through, week by week: orders, trouble, campaigns, and leaving.

Nothing that happens to one customer changes what is drawn for another, or for the same customer in
another week. So the same customers can be lived twice, contacted and left alone, and what differs
is what the contacts did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.company import Company
from simulation.consents import Consents
from simulation.drawing import Bools, Floats, Ints, Purpose, stream
from simulation.people import KEPT_DAYS, People

# Moods come and go. In a cool one customers open few mails and leave sooner.
_COOLS_A_DAY, _WARMS_A_DAY = 1 / 320, 1 / 80
COOL_LEAVES, TROUBLED_LEAVES = 6, 5
TROUBLE_DAYS = 60
# Of orders: those with a ticket, and those whose ticket ends badly, in good and in cool moods.
_TICKETS, _BAD_TICKETS, _BAD_TICKETS_COOL = 0.08, 0.02, 0.04
# Of contracts there is more to ask.
_MORE_TICKETS = 3.0
_MOST_ORDERS_A_WEEK = 7


@dataclass(frozen=True)
class Events:
    """What happened to customers (positions in the chunk) on days, a row each.

    Of orders `has_ticket` and `is_bad` say whether a ticket followed, and ended badly.
    """

    customer: Ints
    day: Ints
    has_ticket: Bools
    is_bad: Bools


@dataclass(frozen=True)
class Contacts:
    """Whom campaigns chose: customer, the week, and whether left alone."""

    customer: Ints
    week: Ints
    is_held: Bools


@dataclass(frozen=True)
class Fates:
    """What became of the customers of a chunk.

    `left_on` is the first day without them (infinity: still there when all ends), `is_unpaid` says
    that they left because they did not pay; `is_cool` is the mood by week and customer.
    """

    left_on: Floats
    is_unpaid: Bools
    is_cool: Bools
    orders: Events
    contacts: Contacts


def live(company: Company, people: People, consents: Consents, is_held: Bools) -> Fates:
    """Return what becomes of customers, of whom campaigns leave those of `is_held` alone."""
    lives = _Lives(company, people, consents, is_held)
    for week in range(company.weeks):
        lives.live_through(week)
    customer, day, has_ticket, is_bad = (
        np.concatenate(column) for column in zip(*lives.orders, strict=True)
    )
    order = np.lexsort((day, customer))
    chosen = lives.contacts or [(np.empty(0, np.int64), np.empty(0, np.int64))]
    who, began = (np.concatenate(column) for column in zip(*chosen, strict=True))
    return Fates(
        left_on=lives.left_on,
        is_unpaid=lives.is_unpaid,
        is_cool=np.stack(lives.moods),
        orders=Events(customer[order], day[order], has_ticket[order], is_bad[order]),
        contacts=Contacts(who, began, is_held[who]),
    )


class _Lives:
    """The state of all customers of a chunk, at the start of a week."""

    def __init__(
        self, company: Company, people: People, consents: Consents, is_held: Bools
    ) -> None:
        self.company, self.people, self.consents, self.is_held = company, people, consents, is_held
        size = len(people)
        random = stream(company, people.chunk, Purpose.PATIENCE)
        # Hazards add up to wear; who is worn beyond an exponential patience leaves.
        self.patience, self.credit = random.exponential(size=size), random.exponential(size=size)
        self.wear, self.debt = np.zeros(size), np.zeros(size)
        self.left_on = np.full(size, np.inf)
        self.is_unpaid = np.zeros(size, dtype=bool)
        self.is_cool = random.random(size) < 0.2
        self.next_order = people.begins.copy()
        self.last_order = np.full(size, np.nan)
        self.order_count = np.zeros(size, dtype=np.int64)
        self.troubled_until = np.zeros(size)
        self.chosen_on = np.full(size, -np.inf)
        self.treated_on = np.full(size, -np.inf)
        self.tickets = _MORE_TICKETS if company.is_contract else 1.0
        self.season = _season(company)
        self.orders: list[tuple[Ints, Ints, Bools, Bools]] = []
        self.contacts: list[tuple[Ints, Ints]] = []
        self.moods: list[Bools] = []

    def live_through(self, week: int) -> None:
        start = 7 * week
        random = stream(self.company, self.people.chunk, Purpose.WEEK, week)
        if week in self.company.rounds:
            self._contact(week, start)
        flips = random.random(len(self.people))
        self.is_cool = np.where(self.is_cool, flips >= 7 * _WARMS_A_DAY, flips < 7 * _COOLS_A_DAY)
        self.moods.append(self.is_cool)
        self._leave(start, random.random(len(self.people)))
        self._order(start, random)

    def _leave(self, start: int, when: Floats) -> None:
        here = (self.people.begins < start + 7) & np.isinf(self.left_on)
        rate = self.people.leaving_rate * np.where(self.is_cool, COOL_LEAVES, 1.0)
        rate = rate * np.where(self.troubled_until > start, TROUBLED_LEAVES, 1.0)
        is_kept = start - self.treated_on < KEPT_DAYS
        rate = rate * np.where(is_kept, 1 - self.people.kept_share, 1.0)
        self.wear += 7 * rate * here
        self.debt += 7 * self.people.unpaid_rate * here
        is_unpaid = here & (self.debt > self.credit)
        leaves = here & ((self.wear > self.patience) | is_unpaid)
        # Whoever comes places one order at least.
        day = np.maximum(np.floor(start + 7 * when), np.floor(self.people.begins) + 1)
        self.left_on[leaves] = day[leaves]
        self.is_unpaid |= is_unpaid

    def _order(self, start: int, random: np.random.Generator) -> None:
        until = np.minimum(start + 7, self.left_on)
        for _ in range(_MOST_ORDERS_A_WEEK):
            due = self.next_order < until
            if not due.any():
                return
            day = np.floor(np.where(due, self.next_order, 0)).astype(np.int64)
            trouble = random.random(len(due)) / self.tickets
            bad = due & (trouble < np.where(self.is_cool, _BAD_TICKETS_COOL, _BAD_TICKETS))
            who = np.flatnonzero(due)
            self.orders.append((who, day[who], trouble[who] < _TICKETS, bad[who]))
            self.troubled_until[bad] = day[bad] + TROUBLE_DAYS
            self.last_order[who] = day[who]
            self.order_count[who] += 1
            self.next_order[who] += self._gaps(random, day)[who]

    def _gaps(self, random: np.random.Generator, day: Ints) -> Floats:
        """Return the days to the next order: an own pace, less in season; invoices are monthly."""
        noise = random.standard_normal(len(day))
        if self.company.is_contract:
            return np.full(len(day), 30.4375)
        return np.maximum(
            1.0, self.people.pace_days * np.exp(0.45 * noise - 0.1) / self.season[day]
        )

    def _contact(self, week: int, start: int) -> None:
        """Let a campaign choose who looks risky and may be mailed, and treat all but the held."""
        random = stream(self.company, self.people.chunk, Purpose.CAMPAIGN, week)
        luck, patience, days = random.random((3, len(self.people)))
        chosen = self._looks_risky(start) & self.consents.may_mail(start)
        chosen &= start - self.chosen_on >= KEPT_DAYS
        self.chosen_on[chosen] = start
        treated = chosen & ~self.is_held
        self.treated_on[treated] = start
        returns = treated & np.isfinite(self.left_on) & (luck < self.people.kept_share)
        self.left_on[returns] = np.inf
        self.wear[returns] = 0.0
        self.patience[returns] = -np.log1p(-patience[returns])
        self.next_order[returns] = (start + 1 + 13 * days)[returns]
        who = np.flatnonzero(chosen)
        self.contacts.append((who, np.full(len(who), week)))

    def _looks_risky(self, start: int) -> Bools:
        """Apply the simple rule of the company, which knows no more than its tables hold.

        A shop fears for whoever ordered before and has been silent for more than 1.5 times the mean
        gap, for four months at most; a company under contract for who had trouble lately, or has
        had the monthly plan for two months or more: a sixth of these, in turn.
        """
        people = self.people
        if self.company.is_contract:
            is_monthly = (people.plan == 0) & (start - people.begins >= 60)
            is_next = people.ordinals % 6 == start // 28 % 6
            runs = np.isinf(self.left_on) & (people.begins < start)
            risky: Bools = runs & ((is_monthly & is_next) | (self.troubled_until > start))
            return risky
        silence = np.nan_to_num(start - self.last_order, nan=0.0)
        pace = (self.last_order - np.floor(people.begins)) / np.maximum(self.order_count - 1, 1)
        waits: Bools = (silence > 1.5 * np.maximum(pace, 7)) & (silence < 120)
        return (self.order_count >= 2) & waits


def _season(company: Company) -> Floats:
    """Return how much more is bought on each day than on the average: most before Christmas."""
    first = company.start.timetuple().tm_yday
    day_of_year = (first + np.arange(7 * company.weeks + 7)) % 365
    distance = np.abs((day_of_year - 345 + 182) % 365 - 182)
    spring = np.sin(day_of_year * 2 * np.pi / 365)
    season: Floats = 0.93 + 0.6 * np.exp(-((distance / 22.0) ** 2)) + 0.06 * spring
    return season
