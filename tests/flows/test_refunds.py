"""Customer value is less the refunds that are delivered, unless the settings leave them in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from features.spine import spine
from flows.canonical import canonical_tables
from flows.panel import label, plan_splits, refunds_to_net
from flows.project import open_project
from tests.flows.bare import ingest_bare
from tests.made import write_shop

AS_OF = date(2024, 10, 25)
SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
[sources.orders]
path = "orders.csv"
columns = { customer_id = "customer", ordered_at = "date", amount = "amount" }
[sources.refunds]
path = "refunds.csv"
[business]
horizon_days = 30
net_refunds = NETS
"""


def total_value(folder: Path, *, nets: bool) -> float:
    """Return the value of all horizons, where 180.00 were paid back in the last of them."""
    write_shop(folder / "orders.csv", customers=150, days=298, first=date(2024, 1, 1))
    days = [AS_OF - timedelta(days=number % 30 + 1) for number in range(120)]
    refunds = [f"r{number},c{number:04},{day},1.50" for number, day in enumerate(days)]
    lines = ["refund_id,customer_id,refunded_at,amount", *refunds]
    (folder / "refunds.csv").write_text("\n".join(lines) + "\n")
    file = folder / "stammkunde.toml"
    file.write_text(SETTINGS.replace("NETS", str(nets).lower()))
    ingest_bare(str(file))
    tables = canonical_tables.fn(str(file), None)
    splits = plan_splits.fn(str(file), tables["orders"], AS_OF, None)
    with open_project(file).open_lake() as lake:
        people, orders = lake.table(tables["customers"]), lake.table(tables["orders"])
        ref = lake.write("spine", "s1", spine(people, orders, splits["clv"].dates))
    netted = refunds_to_net(str(file), tables)
    assert (netted == tables["refunds"]) is nets
    labels = label.fn(
        str(file), orders=tables["orders"], spine_ref=ref, splits=splits, known_at=None,
        refunds=netted,
    )  # fmt: skip
    with open_project(file).open_lake() as lake:
        return float(lake.table(labels)["value"].sum().to_pyarrow().as_py())


def test_refunds_that_are_delivered_are_taken_from_the_value(tmp_path: Path) -> None:
    for name in ("gross", "net"):
        (tmp_path / name).mkdir()
    gross = total_value(tmp_path / "gross", nets=False)
    assert total_value(tmp_path / "net", nets=True) == pytest.approx(gross - 180)
