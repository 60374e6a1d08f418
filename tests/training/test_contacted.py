"""Whom campaigns chose, and who of them left after the contact, by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from tests.made import Row, canonical, order
from training.contacted import (
    campaign_times,
    chosen_by_campaigns,
    who_left,
    who_left_contracts,
)


def contact(customer: str, day: str, *, campaign: str = "a", arm: str | None = "treated") -> Row:
    return {
        "campaign_id": campaign, "customer_id": customer, "arm": arm,
        "contacted_at": datetime.fromisoformat(f"{day}T09:00:00"),
    }  # fmt: skip


def at(day: str) -> datetime:
    return datetime.fromisoformat(day)


def chosen(*contacts: Row) -> ir.Table:
    return chosen_by_campaigns(canonical("contacts", contacts))


def rows(engine: Backend, table: ir.Table, *order_by: str) -> list[dict[str, Any]]:
    return list(engine.to_pyarrow(table.order_by(*order_by)).to_pylist())


def test_whoever_is_contacted_at_all_by_a_campaign_is_treated_by_it(engine: Backend) -> None:
    found = chosen(
        contact("c1", "2024-07-09"), contact("c1", "2024-07-02", arm="holdout"),
        contact("c2", "2024-07-03", arm="holdout"), contact("c2", "2024-07-01", campaign="b"),
        contact("c3", "2024-07-04", arm=None),
    )  # fmt: skip
    told = [
        (row["campaign_id"], row["customer_id"], row["is_treated"], row["contacted_on"])
        for row in rows(engine, found, "campaign_id", "customer_id")
    ]
    assert told == [
        ("a", "c1", True, date(2024, 7, 2)),
        ("a", "c2", False, date(2024, 7, 3)),
        ("a", "c3", True, date(2024, 7, 4)),
        ("b", "c2", True, date(2024, 7, 1)),
    ]


def test_left_has_who_orders_nothing_from_the_contact_to_the_end_of_the_horizon(
    engine: Backend,
) -> None:
    found = chosen(*(contact(f"c{number}", "2024-07-02") for number in range(4)))
    orders = [
        order("o0", "c0", "2024-07-01", "5.00"), order("o1", "c1", "2024-07-02", "5.00"),
        order("o2", "c2", "2024-07-31", "5.00"), order("o3", "c3", "2024-08-01", "5.00"),
    ]  # fmt: skip
    left = who_left(found, canonical("orders", orders), horizon_days=30)
    assert [row["has_left"] for row in rows(engine, left, "customer_id")] == [
        True, False, False, True,
    ]  # fmt: skip


def test_of_contracts_left_has_whose_contract_ended_and_who_had_none_is_not_asked(
    engine: Backend,
) -> None:
    contracts = [
        {"subscription_id": name, "customer_id": name, "started_at": at("2024-01-01"),
         "ended_at": ended}
        for name, ended in (
            ("c0", at("2024-07-10")), ("c1", None), ("c2", at("2024-05-01")),
        )
    ]  # fmt: skip
    found = chosen(*(contact(f"c{number}", "2024-07-02") for number in range(3)))
    # Ingested at the end of June; who had ended by then is under no contract.
    known = [{**row, "ingested_at": at("2024-08-01")} for row in contracts]
    left = who_left_contracts(
        found, canonical("orders", []), canonical("subscriptions", known),
        horizon_days=30, words=(),
    )  # fmt: skip
    told = {row["customer_id"]: row["has_left"] for row in rows(engine, left, "customer_id")}
    assert told == {"c0": True, "c1": False}


def test_a_campaign_begins_no_later_than_its_first_contact(engine: Backend) -> None:
    found = chosen(
        contact("c1", "2024-07-02"), contact("c2", "2024-07-20", arm="holdout"),
        contact("c1", "2024-05-02", campaign="b"), contact("c1", "2024-06-02", campaign="c"),
    )  # fmt: skip
    campaigns: list[Row] = [
        {"campaign_id": "a", "name": "summer", "starts_at": at("2024-06-30")},
        {"campaign_id": "b", "name": None, "starts_at": at("2024-05-09")},
    ]
    times = engine.to_pyarrow(campaign_times(canonical("campaigns", campaigns), found)).to_pylist()
    assert [(each["campaign_id"], each["name"], each["starts_on"]) for each in times] == [
        ("b", None, date(2024, 5, 2)), ("c", None, date(2024, 6, 2)),
        ("a", "summer", date(2024, 6, 30)),
    ]  # fmt: skip
    assert (
        times[-1] | {"treated": 1, "holdout": 1, "last_contact_on": date(2024, 7, 20)} == times[-1]
    )
    unnamed = engine.to_pyarrow(campaign_times(None, found)).to_pylist()
    assert [each["starts_on"] for each in unnamed] == [
        date(2024, 5, 2), date(2024, 6, 2), date(2024, 7, 2),
    ]  # fmt: skip
