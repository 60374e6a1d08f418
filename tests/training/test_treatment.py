"""Who was treated while a label was watched, by hand: the window, the arms and the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from contracts.leaving import Cause
from features.spine import spine
from tests.made import Row, canonical, order
from training.labels import label_horizons
from training.panel import read_panel
from training.treated_rows import TreatedRows, read_treated
from training.treatment import (
    MOST_WEIGHT,
    count_treated,
    find_treated,
    with_control,
    without_treated,
)

CUTOFF = date(2024, 7, 1)
DAYS = 30


def contact(customer: str, day: str, *, campaign: str = "a", arm: str | None = "treated") -> Row:
    return {
        "campaign_id": campaign, "customer_id": customer, "arm": arm,
        "contacted_at": datetime.fromisoformat(f"{day}T09:00:00"),
    }  # fmt: skip


def labels_of(customers: Iterable[str], *, at: tuple[date, ...] = (CUTOFF,)) -> ir.Table:
    """Return labels of everybody: who has an even number ordered, for 10.00 each."""
    names = list(customers)
    rows = [
        {"customer_id": name, "snapshot_date": day, "horizon_days": DAYS,
         "orders": float(place % 2 == 0), "value": 10.0 * (place % 2 == 0), "wait_days": 1.0}
        for place, name in enumerate(names)
        for day in at
    ]  # fmt: skip
    types = {"customer_id": "string", "snapshot_date": "date", "horizon_days": "int64"}
    amounts = dict.fromkeys(("orders", "value", "wait_days"), "float64")
    return ibis.memtable(rows, schema={**types, **amounts})


def found(
    engine: Backend,
    contacts: list[Row],
    *,
    customers: Iterable[str] = ("c1",),
    weighted: bool = True,
) -> dict[str, dict[str, Any]]:
    table = find_treated(
        labels_of(customers), canonical("contacts", contacts), are_weighted=weighted
    )
    return {row["customer_id"]: row for row in engine.to_pyarrow(table).to_pylist()}


@pytest.mark.parametrize(
    ("day", "is_within"),
    [("2024-06-30", False), ("2024-07-01", True), ("2024-07-30", True), ("2024-07-31", False)],
)
def test_who_is_contacted_from_the_cutoff_to_the_end_of_the_horizon_is_treated(
    engine: Backend, day: str, is_within: bool
) -> None:
    rows = found(engine, [contact("c1", day)])
    assert [row["is_treated"] for row in rows.values()] == [True] * is_within


def test_a_control_is_in_a_holdout_and_treated_by_nobody_else(engine: Backend) -> None:
    contacts = [
        contact("c1", "2024-07-02", arm="holdout"),
        contact("c2", "2024-07-02", arm="holdout"),
        contact("c2", "2024-07-20", campaign="b"),
        contact("c3", "2024-07-02", arm=None),
        contact("c4", "2024-07-02", arm="holdout"),
        contact("c4", "2024-07-31", campaign="b"),
    ]
    rows = found(engine, contacts, customers=("c1", "c2", "c3", "c4", "c5"))
    assert {name: row["is_treated"] for name, row in rows.items()} == {
        "c1": False, "c2": True, "c3": True, "c4": False,
    }  # fmt: skip


def arms(treated: int, holdout: int, *, campaign: str = "a") -> list[Row]:
    return [
        contact(f"{campaign}{number}", "2024-07-05", campaign=campaign,
                arm="treated" if number < treated else "holdout")
        for number in range(treated + holdout)
    ]  # fmt: skip


def test_controls_count_for_all_whom_their_campaign_chose(engine: Backend) -> None:
    contacts = [*arms(8, 2), *arms(3, 3, campaign="b")]
    customers = [row["customer_id"] for row in contacts]
    rows = found(engine, contacts, customers=customers)
    assert {rows["a8"]["weight"], rows["a9"]["weight"]} == {5.0}
    assert {rows[f"b{number}"]["weight"] for number in (3, 4, 5)} == {2.0}
    assert {rows[f"a{number}"]["weight"] for number in range(8)} == {0.0}
    alone = found(engine, contacts, customers=customers, weighted=False)
    assert {row["weight"] for row in alone.values() if not row["is_treated"]} == {1.0}


def test_a_control_counts_for_a_few_at_most(engine: Backend) -> None:
    contacts = arms(59, 1)
    rows = found(engine, contacts, customers=[row["customer_id"] for row in contacts])
    assert rows["a59"]["weight"] == MOST_WEIGHT == 20


def chosen_by_two(customers: list[str], held: Callable[[int], tuple[bool, bool]]) -> list[Row]:
    """Return the contacts of two campaigns that choose the same; `held` are their holdouts."""
    return [
        contact(name, day, campaign=campaign, arm="holdout" if is_held else "treated")
        for number, name in enumerate(customers)
        for campaign, day, is_held in zip(
            ("a", "b"), ("2024-07-03", "2024-07-09"), held(number), strict=True
        )
    ]


def controls_of(rows: dict[str, dict[str, Any]]) -> dict[str, float]:
    return {name: row["weight"] for name, row in rows.items() if not row["is_treated"]}


def test_whom_two_campaigns_left_alone_by_two_draws_counts_for_both(engine: Backend) -> None:
    customers = [f"c{number}" for number in range(8)]
    contacts = chosen_by_two(customers, lambda number: (number % 2 == 0, number % 4 < 2))
    assert controls_of(found(engine, contacts, customers=customers)) == {"c0": 4.0, "c4": 4.0}


def test_a_holdout_that_is_the_same_for_all_campaigns_counts_once(engine: Backend) -> None:
    customers = [f"c{number}" for number in range(8)]
    contacts = chosen_by_two(customers, lambda number: (number < 2, number < 2))
    # The later one chooses eight more, whom the earlier did not: again a quarter is left alone.
    more = [f"d{number}" for number in range(8)]
    contacts += [
        contact(name, "2024-07-09", campaign="b", arm="holdout" if number < 2 else "treated")
        for number, name in enumerate(more)
    ]
    rows = found(engine, contacts, customers=[*customers, *more])
    assert controls_of(rows) == dict.fromkeys(("c0", "c1", "d0", "d1"), 4.0)


def test_where_a_campaign_has_no_control_the_treated_are_known_to_have_none(
    engine: Backend,
) -> None:
    contacts = [*arms(3, 0), *arms(1, 1, campaign="b")]
    rows = found(engine, contacts, customers=[row["customer_id"] for row in contacts])
    assert {name: row["has_control"] for name, row in rows.items()} == {
        "a0": False, "a1": False, "a2": False, "b0": True, "b1": True,
    }  # fmt: skip


def test_what_followed_treated_rows_is_not_known(engine: Backend) -> None:
    contacts = [contact("c0", "2024-07-02"), contact("c1", "2024-07-02", arm="holdout")]
    labels = labels_of(("c0", "c1", "c2"))
    treatment = find_treated(labels, canonical("contacts", contacts), are_weighted=True)
    rows = engine.to_pyarrow(without_treated(labels, treatment).order_by("customer_id")).to_pylist()
    nothing = dict.fromkeys(("orders", "value", "wait_days"))
    assert [{name: row[name] for name in (*nothing, "weight")} for row in rows] == [
        {**nothing, "weight": 0.0},
        {"orders": 0.0, "value": 0.0, "wait_days": 1.0, "weight": 2.0},
        {"orders": 1.0, "value": 10.0, "wait_days": 1.0, "weight": 1.0},
    ]


def test_excluded_churners_are_counted_by_cutoff_among_those_the_model_is_about(
    engine: Backend,
) -> None:
    later = date(2024, 9, 1)
    labels = labels_of([f"a{number}" for number in range(8)], at=(CUTOFF, later))
    contacts = canonical("contacts", [*arms(3, 1), contact("a7", "2024-09-05")])
    treatment = find_treated(labels, contacts, are_weighted=True)
    members = labels.select("customer_id", "snapshot_date").filter(labels.customer_id != "a1")
    counted = engine.create_table("counted", count_treated(labels, treatment, members))
    assert read_treated(counted) == (
        TreatedRows(CUTOFF, DAYS, rows=7, excluded=2, weighted=1, churners=3,
                    excluded_churners=0, without_control=0),
        TreatedRows(later, DAYS, rows=7, excluded=1, weighted=0, churners=3,
                    excluded_churners=1, without_control=1),
    )  # fmt: skip


def test_churners_of_contracts_are_those_whose_contract_ended(engine: Backend) -> None:
    labels = labels_of(("c0", "c1")).mutate(
        **{Cause.VOLUNTARY: ibis.literal(1.0), Cause.PAYMENT: ibis.literal(0.0)}
    )
    treatment = find_treated(
        labels, canonical("contacts", [contact("c0", "2024-07-02")]), are_weighted=True
    )
    [row] = engine.to_pyarrow(count_treated(labels, treatment, labels)).to_pylist()
    assert (row["churners"], row["excluded_churners"]) == (2, 1)


def test_panel_keeps_treated_customers_and_forgets_what_followed(engine: Backend) -> None:
    """Their past is known like that of all; of customers without an order the mean is of others."""
    buyers, newcomers = ([f"{kind}{number}" for number in range(20)] for kind in "bn")
    orders = [order(f"o{name}", name, "2024-06-01", "1.00") for name in buyers]
    orders += [order(f"p{name}", name, "2024-07-09", "5.00") for name in newcomers[:10]]
    customers = [
        {"customer_id": name, "created_at": datetime.fromisoformat("2024-05-01")}
        for name in [*buyers, *newcomers, *(f"m{number}" for number in range(10))]
    ]
    tables = {"orders": canonical("orders", orders), "customers": canonical("customers", customers)}
    rows = spine(tables["customers"], tables["orders"], [CUTOFF])
    labels = label_horizons(rows, tables["orders"], [(CUTOFF, DAYS)], value="amount")
    contacts = [contact(name, "2024-07-02") for name in [*buyers[:5], *newcomers[:5]]]
    treatment = find_treated(labels, canonical("contacts", contacts), are_weighted=True)
    features = rows.mutate(
        days_since_last_order=rows.customer_id.startswith("b").ifelse(30.0, None)
    )
    made = engine.create_table("made", features)
    known = engine.create_table("known", without_treated(labels, treatment))
    panel = read_panel(made, known, definitions={"days_since_last_order": "made"})
    followed = panel.outcomes[DAYS]
    assert len(panel) == 20
    assert (~followed.is_known).sum() == 5
    assert len(panel.labelled([CUTOFF], DAYS)) == 15
    # Of 25 newcomers who were left alone five ordered.
    assert panel.newcomers[CUTOFF, DAYS].orders == pytest.approx(5 / 25)


def test_campaigns_without_a_holdout_are_business_as_usual(engine: Backend) -> None:
    contacts = canonical(
        "contacts",
        [
            contact("c1", "2024-07-02"), contact("c2", "2024-07-02", arm="holdout"),
            contact("c3", "2024-07-02", campaign="b"), contact("c4", "2024-07-02", campaign="b"),
        ],
    )  # fmt: skip
    rows = engine.to_pyarrow(with_control(contacts)).to_pylist()
    assert sorted(row["customer_id"] for row in rows) == ["c1", "c2"]
