"""A made company with contracts: who leaves, and by what, is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

FIRST_DAY = date(2023, 1, 1)
_DAYS_PER_MONTH = 30


@dataclass(frozen=True)
class _Customer:
    name: str
    begins: int
    ends: int | None
    reason: str
    price: float
    plan: str


def write_company(folder: Path, *, customers: int, days: int, seed: int = 1) -> None:
    """Write `subscriptions.csv`, `orders.csv` (an invoice a month) and `tickets.csv`.

    Whoever has the dear monthly plan ends it much sooner than others, many having complained; small
    contracts end unpaid, too.
    """
    random = np.random.default_rng(seed)
    subscriptions = ["id,customer,started,ended,reason,plan,price"]
    orders, tickets = ["customer,date,amount"], ["id,customer,opened"]
    for number in range(customers):
        each = _draw(random, f"c{number:04}", days)
        begins, ends = _day(each.begins), "" if each.ends is None else _day(each.ends)
        subscriptions.append(
            f"s{number:04},{each.name},{begins},{ends},{each.reason},{each.plan},{each.price:.2f}"
        )
        until = days if each.ends is None else min(each.ends, days)
        for day in range(each.begins, until, _DAYS_PER_MONTH):
            orders.append(f"{each.name},{_day(day)},{each.price:.2f}")
        if each.reason == "cancelled" and random.random() < 0.6:
            for before in random.integers(5, 100, 2):
                if each.begins < until - before:
                    tickets.append(f"t{len(tickets)},{each.name},{_day(int(until - before))}")
        for day in random.integers(each.begins, max(until, each.begins + 1), random.poisson(2.0)):
            tickets.append(f"t{len(tickets)},{each.name},{_day(int(day))}")
    for name, lines in (("subscriptions", subscriptions), ("orders", orders), ("tickets", tickets)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def _draw(random: np.random.Generator, name: str, days: int) -> _Customer:
    begins = int(random.uniform(0, days - 20))
    is_dear = random.random() < 0.4
    plan, price = ("monthly", 60 + 10 * random.random()) if is_dear else ("yearly", 25.0)
    pace = 260 if is_dear else 1600
    lasts = random.exponential(pace) * (0.4 if random.random() < 0.3 else 1.3)
    unpaid = random.exponential(900 if price < 30 else 9000)
    ends = begins + int(min(lasts, unpaid)) + 5
    if ends >= days:
        return _Customer(name, begins, None, "", price, plan)
    reason = "cancelled" if lasts <= unpaid else "Payment_Failure"
    return _Customer(name, begins, ends, reason, price, plan)


def _day(number: int) -> str:
    return str(FIRST_DAY + timedelta(days=number))
