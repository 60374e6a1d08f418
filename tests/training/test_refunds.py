"""Value is what was paid and kept: refunds of the orders of a horizon are taken from it, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from ibis.backends.duckdb import Backend

from features.spine import spine
from tests.made import Row, canonical, order
from tests.panels import anew, small_lessons, with_outcomes
from training.kinds import CLV
from training.labels import LABEL_KEY, label_horizons
from training.refunds import net_of_refunds

CUTOFF = date(2024, 7, 1)
CREATED = datetime.fromisoformat("2024-01-01T00:00:00")
BEFORE = order("before", "c1", "2024-06-20", "40.00", margin=Decimal(10))
WITHIN = order("within", "c1", "2024-07-05", "100.00", margin=Decimal(30))
OTHER = order("other", "c2", "2024-07-06", "60.00", margin=Decimal(6))


def refund(order_id: str | None, day: str, amount: str, customer: str = "c1") -> Row:
    return {
        "refund_id": f"r{order_id}{day}", "order_id": order_id, "customer_id": customer,
        "refunded_at": datetime.fromisoformat(f"{day}T09:00:00"), "amount": Decimal(amount),
    }  # fmt: skip


def values(
    engine: Backend, refunds: list[Row], *more: Row, value: str = "amount"
) -> dict[str, float]:
    orders = canonical("orders", [BEFORE, WITHIN, OTHER, *more])
    people = [{"customer_id": each, "created_at": CREATED} for each in ("c1", "c2")]
    customers = canonical("customers", people)
    labels = label_horizons(spine(customers, orders, [CUTOFF]), orders, [(CUTOFF, 30)], value=value)
    net = net_of_refunds(labels, orders, canonical("refunds", refunds), value=value)
    assert net.columns == labels.columns
    rows = engine.to_pyarrow(net.order_by(*LABEL_KEY)).to_pylist()
    return {row["customer_id"]: row["value"] for row in rows}


def test_a_refund_is_taken_from_the_order_it_is_for(engine: Backend) -> None:
    assert values(engine, [refund("within", "2024-07-10", "25.00")])["c1"] == 75


def test_only_orders_and_refunds_of_the_horizon_count(engine: Backend) -> None:
    refunds = [refund("before", "2024-07-10", "40.00"), refund("within", "2024-07-31", "25.00")]
    assert values(engine, refunds)["c1"] == 100
    assert values(engine, [refund("within", "2024-07-30", "25.00")])["c1"] == 75


def test_a_refund_of_an_unknown_order_counts_on_its_day(engine: Backend) -> None:
    assert values(engine, [refund(None, "2024-07-10", "25.00")])["c1"] == 75
    assert values(engine, [refund("gone", "2024-06-30", "25.00")])["c1"] == 100


def test_refunds_of_one_order_add_up(engine: Backend) -> None:
    refunds = [refund("within", "2024-07-10", "25.00"), refund("within", "2024-07-12", "5.00")]
    assert values(engine, refunds)["c1"] == 70


def test_what_stands_among_the_orders_below_zero_is_not_taken_twice(engine: Backend) -> None:
    returned = order("return", "c1", "2024-07-10", "-25.00")
    assert values(engine, [], returned)["c1"] == 75
    assert values(engine, [refund("within", "2024-07-10", "25.00")], returned)["c1"] == 75


def test_of_the_margin_a_refund_takes_its_share(engine: Backend) -> None:
    refunds = [refund("within", "2024-07-10", "50.00"), refund(None, "2024-07-10", "9.00", "c2")]
    found = values(engine, refunds, value="margin")
    assert found == {"c1": pytest.approx(15), "c2": pytest.approx(6)}


def test_no_refunds_change_nothing(engine: Backend) -> None:
    assert values(engine, []) == {"c1": 100, "c2": 60}


def test_what_an_order_leaves_after_refunds_is_learnt() -> None:
    lessons = small_lessons()
    half = with_outcomes(lessons.panel, lambda each: replace(each, value=each.value / 2))
    plan = lessons.splits["clv"].final
    whole, net = (
        anew(lessons, panel=panel, is_net=True).course(plan, CLV.targets).base.value_share
        for panel in (lessons.panel, half)
    )
    assert net == pytest.approx(whole / 2)
    assert anew(lessons, panel=half).course(plan, CLV.targets).base.value_share == 1
