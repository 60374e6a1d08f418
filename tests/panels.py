"""Made customers whose habits are known, and the panel that the product makes of their orders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis.backends.duckdb import Backend

from contracts.business import BusinessSettings
from contracts.economics import EconomicsSettings
from features.catalogue import build_families, by_stream, join_families, switched_on
from features.definitions import definitions
from features.spine import spine
from tests.made import Row, canonical
from training.kinds import KINDS
from training.labels import count_daily, label_horizons
from training.lessons import Lessons
from training.models import FittedModel, fit
from training.panel import Outcomes, Panel, read_daily, read_panel
from training.settings import TrainingSettings
from training.splits import split_by_time
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

FIRST_DAY = date(2024, 1, 1)
AS_OF = date(2024, 12, 1)
HORIZON_DAYS = 60
SHOP = BusinessSettings(horizon_days=HORIZON_DAYS)
QUICK = TrainingSettings(rounds=80, bootstrap_rounds=60, cutoffs=3)
SPLIT = split_by_time(
    as_of=AS_OF, first_order_on=FIRST_DAY, horizon_days=HORIZON_DAYS, cutoffs=QUICK.cutoffs,
    step_days=QUICK.cutoff_step_days, min_history_days=QUICK.min_history_days,
)  # fmt: skip
HOLDOUT = SPLIT.holdout
CUSTOMERS, FEW = 1000, 300
DEFINITIONS = {**definitions(), "opens": "made", "noise": "made"}

# Nobody comes to the shop later, so that there is something to know of everybody.
_LAST_ARRIVAL = 250
_MOST_ORDERS = 100

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MadeBase:
    """Customers with an own pace, an own basket and a chance to leave after every order.

    `days` is (customers, orders), days from `FIRST_DAY`; `is_made` says which of them are, `amount`
    what they were worth. Orders go on for a horizon beyond `AS_OF`.
    """

    days: npt.NDArray[np.int64]
    is_made: Flags
    amount: npt.NDArray[np.float64]

    def has_left(self, day: date) -> Flags:
        """Return of each customer whether there will never be another order."""
        return np.equal(self._whole, self._before(day))

    def orders(self) -> pa.Table:
        """Return the orders as rows."""
        who, _ = np.nonzero(self.is_made)
        days = np.datetime64(FIRST_DAY) + self.days[self.is_made]
        return pa.table(
            {
                "order_id": [f"o{number}" for number in range(len(who))],
                "customer_id": [_name(number) for number in who.tolist()],
                "ordered_at": days.astype("datetime64[us]"),
                "amount": [Decimal(f"{amount:.2f}") for amount in self.amount[self.is_made]],
            }
        )

    def orders_from(self, day: date) -> npt.NDArray[np.int64]:
        """Return the orders to come of those who have ordered before a day."""
        before = self._before(day)
        ahead: npt.NDArray[np.int64] = self._whole - before
        return ahead[before > 0]

    @property
    def _whole(self) -> npt.NDArray[np.int64]:
        return np.asarray(self.is_made.sum(axis=1))

    def _before(self, day: date) -> npt.NDArray[np.int64]:
        return np.asarray((self.is_made & (self.days < (day - FIRST_DAY).days)).sum(axis=1))


@cache
def make_base(customers: int, seed: int) -> MadeBase:
    """Return customers whose purchases are Poisson, and who may leave after each of them."""
    random = np.random.default_rng(seed)
    shape = (customers, _MOST_ORDERS)
    arrival = random.uniform(0, _LAST_ARRIVAL, (customers, 1))
    pace = random.lognormal(np.log(15), 0.6, (customers, 1))
    gaps = np.maximum(1.0, random.exponential(1.0, shape) * pace)
    gaps[:, 0] = 0.0
    days = (arrival + np.cumsum(gaps, axis=1)).astype(np.int64)
    leaves_after = random.geometric(random.beta(1.0, 7.0, (customers, 1)))
    end = (AS_OF - FIRST_DAY).days + HORIZON_DAYS
    is_made = (np.arange(_MOST_ORDERS) < leaves_after) & (days < end)
    basket = random.lognormal(3.0, 0.6, (customers, 1))
    return MadeBase(days, is_made, basket * random.gamma(4.0, 0.25, shape))


@cache
def lessons_of(customers: int, *, seed: int = 3, is_shuffled: bool = False) -> Lessons:
    """Return what models learn from a made base; nothing is fitted yet.

    With `is_shuffled` the rows of all tables came in another order.
    """
    with made_tables(customers, seed=seed, is_shuffled=is_shuffled) as (engine, tables):
        rows = engine.create_table(
            "rows", spine(tables["customers"], tables["orders"], SPLIT.dates)
        )
        families = by_stream(switched_on(["orders"]))
        streams = [
            engine.create_table(f"features_{stream}", build_families(names, rows, tables))
            for stream, names in families.items()
        ]
        features = engine.create_table("features", join_families([*streams, tables["beside"]]))
        labels = label_horizons(rows, tables["orders"], SPLIT.labelled, value="amount")
        panel = read_panel(features, engine.create_table("labels", labels), definitions=DEFINITIONS)
        daily = read_daily(count_daily(tables["orders"], before=AS_OF))
    return Lessons(
        panel, daily, dict.fromkeys(KINDS, SPLIT), SHOP, EconomicsSettings(), QUICK, threads=2
    )


@cache
def fitted_models() -> dict[str, FittedModel]:
    """Return the models of the base that shows what a model can."""
    return {name: fit(kind, lessons_of(CUSTOMERS)) for name, kind in KINDS.items()}


def small_lessons() -> Lessons:
    """Return what models learn from in a moment, where it does not matter how good they are."""
    hasty = QUICK.model_copy(update={"rounds": 20, "bootstrap_rounds": 20})
    splits = dict.fromkeys(KINDS, replace(SPLIT, earlier=None))
    return anew(lessons_of(FEW), settings=hasty, splits=splits)


@cache
def small_models() -> dict[str, FittedModel]:
    """Return the models of `small_lessons`."""
    lessons = small_lessons()
    return {name: fit(kind, lessons) for name, kind in KINDS.items()}


@contextmanager
def made_tables(
    customers: int, *, seed: int = 3, is_shuffled: bool = False
) -> Iterator[tuple[Backend, dict[str, ir.Table]]]:
    """Yield an engine with `orders` and `customers` of a made base, and `beside` to join to them.

    `beside` has more features of all customers at all dates: `opens`, which are fewer once somebody
    has left, and `noise`, which knows nothing.
    """
    base = make_base(customers, seed)
    names = [_name(number) for number in range(customers)]
    tables = {
        "orders": canonical("orders", base.orders().to_pylist()),
        "customers": canonical("customers", [_customer(name) for name in names]),
        "beside": ibis.memtable(_beside(base, names, seed)),
    }
    with TemporaryDirectory() as spill, open_engine(EngineSettings(), spill=Path(spill)) as engine:
        for name, rows in tables.items():
            stored = engine.to_pyarrow(rows)
            order = np.arange(stored.num_rows)
            if is_shuffled:
                np.random.default_rng(seed).shuffle(order)
            engine.create_table(name, stored.take(order))
        yield engine, {name: engine.table(name) for name in tables}


def _beside(base: MadeBase, names: list[str], seed: int) -> pa.Table:
    parts = []
    for day in SPLIT.dates:
        random = np.random.default_rng([seed, day.toordinal()])
        opens = random.poisson(np.where(base.has_left(day), 1.5, 4.0))
        parts.append(
            pa.table(
                {
                    "customer_id": names,
                    "snapshot_date": pa.array([day] * len(names), pa.date32()),
                    "opens": opens.astype(float),
                    "noise": random.normal(size=len(names)),
                }
            )
        )
    return pa.concat_tables(parts)


def _customer(name: str) -> Row:
    """Return somebody who was known from the first day on, and ordered later."""
    return {"customer_id": name, "created_at": datetime.combine(FIRST_DAY, time())}


def _name(number: int) -> str:
    return f"c{number:05}"


def anew(lessons: Lessons, **changes: Any) -> Lessons:
    """Return the lessons with changes, and with nothing fitted yet."""
    return replace(lessons, _fitted={}, **changes)


def with_outcomes(
    panel: Panel, change: Callable[[Outcomes], Outcomes], *, at: Collection[date] = SPLIT.dates
) -> Panel:
    """Return the panel with other outcomes at these dates."""
    is_changed = np.isin(panel.snapshot_dates, np.array(list(at), "datetime64[D]"))

    def changed(followed: Outcomes) -> Outcomes:
        other = change(followed)
        return Outcomes(
            np.where(is_changed, other.orders, followed.orders),
            np.where(is_changed, other.value, followed.value),
            np.where(is_changed, other.wait_days, followed.wait_days),
        )

    return replace(panel, outcomes={days: changed(each) for days, each in panel.outcomes.items()})


def turned(followed: Outcomes) -> Outcomes:
    """Return outcomes in which whoever came back stayed away, and the other way round."""
    stayed = followed.churned
    return Outcomes(stayed, 10 * stayed, np.where(stayed > 0, 5.0, np.nan))
