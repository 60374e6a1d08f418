"""A made shop whose customers leave silently, and whose true days of leaving are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.feature_contract import ContractedFeature, FeatureContract
from forecasting.customers import Customers
from forecasting.season import DailyOrders
from forecasting.warning_settings import WarningSettings
from training.silences import Silences
from training.warning import WarningLessons

Days = npt.NDArray[np.int64]

FEATURES = (
    "frequency", "recency", "T", "amount_total", "days_since_last_order", "overdue_ratio",
    "sent_since_order", "opened_since_order", "own_open_rate",
)  # fmt: skip
CONTRACT = FeatureContract(tuple(ContractedFeature(name, "made") for name in FEATURES))
FIRST = 19_000
DAYS = 900


@dataclass(frozen=True)
class Shop:
    """Order days, messages (day and whether opened) and the day of leaving of each customer."""

    orders: list[Days]
    messages: list[Days]
    opened: list[npt.NDArray[np.bool_]]
    left_on: Days

    def silences(self, dates: Sequence[int], *, end: int = FIRST + DAYS) -> Silences:
        """Return who is watched at dates; orders from `end` on are not known."""
        rows, snapshot, customer, followed = [], [], [], []
        for day in dates:
            for number, orders in enumerate(self.orders):
                before = orders[orders < day]
                if len(before) < 3 or day - before[-1] > 90:
                    continue
                later = orders[(orders >= day) & (orders < end)]
                rows.append(self._features(number, before, day))
                snapshot.append(day)
                customer.append(number)
                followed.append(float(later[0]) if len(later) else np.nan)
        return Silences(
            np.array(rows, np.float32), CONTRACT, np.array(snapshot), np.array(customer),
            np.array(followed),
        )  # fmt: skip

    def customers(self, day: int) -> Customers:
        """Return all customers with orders before a day."""
        seen = [(k, orders[orders < day]) for k, orders in enumerate(self.orders)]
        rows = [self._features(k, before, day) for k, before in seen if len(before)]
        return Customers(np.array(rows, np.float32), FEATURES, day)

    def daily(self) -> DailyOrders:
        """Return the order days of all customers."""
        first, repeat = np.zeros(DAYS), np.zeros(DAYS)
        for orders in self.orders:
            first[orders[0] - FIRST] += 1
            np.add.at(repeat, orders[1:] - FIRST, 1)
        return DailyOrders(FIRST, first, repeat)

    def lessons(
        self,
        silences: Silences,
        *,
        fits: Sequence[int],
        settings: WarningSettings,
        threads: int = 2,
    ) -> WarningLessons:
        """Return what fits on these days learn from."""
        bases = {day: self.customers(day) for day in fits}
        return WarningLessons(silences, bases, self.daily(), settings, seed=1, threads=threads)

    def _features(self, number: int, before: Days, day: int) -> list[float]:
        messages, opened = self.messages[number], self.opened[number]
        since = (messages > before[-1]) & (messages < day)
        until = messages <= before[-1]
        gap = float(np.median(np.diff(before))) if len(before) > 1 else 90.0
        silence = float(day - before[-1])
        rate = (opened[until].sum() + 1.2) / (until.sum() + 3.2)
        return [
            len(before) - 1, before[-1] - before[0], day - before[0], 20.0 * len(before), silence,
            silence / (gap + 7), since.sum(), opened[since].sum(), rate,
        ]  # fmt: skip


def make_shop(customers: int, *, seed: int = 1) -> Shop:
    """Return customers with an own pace who leave after an order with a chance of 4 %.

    They get a message every 20 days, and open it at an own rate; who has left hardly opens any.
    """
    random = np.random.default_rng(seed)
    orders, messages, opened, left_on = [], [], [], []
    for _ in range(customers):
        rate = 0.005 + random.gamma(1.5, 1 / 40)
        days = [random.integers(0, 300)]
        left = DAYS * 2
        while days[-1] < DAYS:
            if random.random() < 0.04:
                left = int(days[-1])
                break
            days.append(days[-1] + 1 + int(random.exponential(1 / rate)))
        own = np.array([day for day in days if day < DAYS], np.int64)
        sent = np.arange(own[0] + random.integers(1, 20), DAYS, 20)
        open_rate = random.beta(4, 4)
        orders.append(own + FIRST)
        messages.append(sent + FIRST)
        opened.append(random.random(len(sent)) < np.where(sent > left, 0.1, 1.0) * open_rate)
        left_on.append(left + FIRST)
    return Shop(orders, messages, opened, np.array(left_on))
