"""Made data for tests: canonical tables by hand, and a made shop with known habits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from contracts.schema import BATCH_COLUMNS
from contracts.tables import TABLES

INGESTED = datetime.fromisoformat("2024-06-30T12:00:00")

Row = dict[str, Any]


def canonical(name: str, rows: Sequence[Row]) -> ir.Table:
    """Return `rows` as the canonical table `name`; what a row leaves out is NULL."""
    types = {column.name: column.type for column in TABLES[name].columns} | BATCH_COLUMNS
    batch = {"ingested_at": INGESTED, "batch_id": "b1"}
    complete = [{**dict.fromkeys(types), **batch, **row} for row in rows]
    return ibis.memtable(pa.Table.from_pylist(complete, schema=ibis.schema(types).to_pyarrow()))


def order(order_id: str, customer_id: str, day: str, amount: str, **more: Any) -> Row:
    """Return one order placed at noon of `day`."""
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": datetime.fromisoformat(f"{day}T12:00:00"),
        "amount": Decimal(amount),
        **more,
    }


def line(order_id: str, product: str, category: str, amount: str, **more: Any) -> Row:
    """Return one order line."""
    return {
        "order_id": order_id,
        "product_id": product,
        "category": category,
        "amount": Decimal(amount),
        **more,
    }


def write_shop(file: Path, *, customers: int, days: int, first: date, seed: int = 1) -> None:
    """Write an order log as CSV: customer, date, amount.

    Everybody has an own pace (a mean gap of 5 to 40 days) and an own basket; a third leave for
    good at some time. So the silence measured by the own pace says who has left.
    """
    random = np.random.default_rng(seed)
    lines = ["customer,date,amount"]
    for number in range(customers):
        gap, basket = random.uniform(5, 40), random.lognormal(3, 0.5)
        leaves = random.uniform(60, days) if random.random() < 1 / 3 else days
        day = random.uniform(0, 60)
        while day < leaves:
            amount = basket * random.lognormal(0, 0.3)
            lines.append(f"c{number:04},{first + timedelta(days=int(day))},{amount:.2f}")
            day += max(1.0, random.gamma(3, gap / 3))
    file.write_text("\n".join(lines) + "\n")


_WORDS = {
    "channel": ("store", "web", "app", "email"),
    "kind": ("sent", "open", "click", "visit", "redeem"),
    "question": ("nps", "preference", "NPS"),
    "arm": ("treated", "holdout"),
    "topic": ("delivery", "invoice"),
    "country": ("DE", "AT", "FR"),
}


def random_tables(seed: int, *, rows: int, around: date, days: int = 500) -> dict[str, list[Row]]:
    """Return rows of every canonical table: few customers, times `days` to both sides of `around`.

    A fifth of what may be NULL is. A third of the rows is ingested a day after INGESTED.
    """
    random = np.random.default_rng(seed)
    middle = datetime.combine(around, datetime.min.time())
    made: dict[str, list[Row]] = {}
    for name, schema in TABLES.items():
        made[name] = []
        for number in range(rows):
            late = timedelta(days=int(random.random() < 1 / 3))
            row: Row = {"ingested_at": INGESTED + late, "batch_id": "b1"}
            for column in schema.columns:
                if column.name in schema.key and not column.name.startswith("c"):
                    row[column.name] = f"{column.name}{number}"
                elif not column.required and random.random() < 0.2:
                    row[column.name] = None
                else:
                    row[column.name] = _random_value(random, column.name, column.type, middle, days)
            made[name].append(row)
    for row in made["order_lines"]:
        row["order_id"] = f"order_id{random.integers(rows)}"
    made["customers"] = [
        {**row, "customer_id": f"c{number}", "ingested_at": INGESTED}
        for number, row in enumerate(made["customers"][:8])
    ]
    return made


def _random_value(
    random: np.random.Generator, name: str, type_: str, middle: datetime, days: int
) -> Any:
    if type_.startswith("timestamp"):
        return middle + timedelta(seconds=int(random.integers(-days * 86_400, days * 86_400)))
    if type_.startswith("decimal"):
        return Decimal(int(random.integers(-500, 50_000))) / 100
    if type_ == "float64":
        is_sentiment = name == "sentiment"
        return float(random.integers(-10, 11)) / 10 if is_sentiment else float(random.integers(11))
    if type_ == "boolean":
        return bool(random.integers(2))
    if type_ == "int64":
        return int(random.integers(1950, 2000))
    return _random_word(random, name)


def _random_word(random: np.random.Generator, name: str) -> str:
    if name == "customer_id":
        return f"c{random.integers(8)}"
    return str(random.choice(_WORDS.get(name, ("a", "b", "c"))))
