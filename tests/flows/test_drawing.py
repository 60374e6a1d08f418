"""Customers are drawn out of a base with all that is known of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.sample import sample_customers
from flows.canonical import canonical_tables
from flows.drawing import draw_customers
from flows.names import TableRefs
from flows.project import open_project
from tests.flows.bare import ingest_bare


@pytest.fixture(scope="module")
def tables(shop: Path) -> TableRefs:
    ingest_bare(str(shop))
    return canonical_tables.fn(str(shop), None)


def test_drawn_customers_keep_all_their_rows(shop: Path, tables: TableRefs) -> None:
    drawn = draw_customers.fn(str(shop), tables, 120)
    assert drawn.keys() == tables.keys()
    with open_project(shop).open_lake() as lake:
        who = set(lake.table(drawn["customers"]).to_pyarrow()["customer_id"].to_pylist())
        orders = lake.table(tables["orders"]).order_by("order_id").to_pyarrow().to_pylist()
        kept = lake.table(drawn["orders"]).order_by("order_id").to_pyarrow().to_pylist()
        # A binomial draw of 400 customers lies in four standard deviations around 120.
        assert 120 - 37 < len(who) < 120 + 37
        assert kept == [row for row in orders if row["customer_id"] in who]


def test_out_of_the_drawn_a_panel_draws_anew(shop: Path, tables: TableRefs) -> None:
    drawn = draw_customers.fn(str(shop), tables, 200)
    project = open_project(shop)
    with project.open_lake() as lake:
        known = lake.table(drawn["customers"])
        most = sample_customers(known, share=0.75, seed=project.settings.training.seed)
        count, all_drawn = (int(each.count().to_pyarrow().as_py()) for each in (most, known))
        assert 0.6 < count / all_drawn < 0.87


def test_the_same_customers_are_drawn_again(shop: Path, tables: TableRefs) -> None:
    assert draw_customers.fn(str(shop), tables, 50) == draw_customers.fn(str(shop), tables, 50)
    assert draw_customers.fn(str(shop), tables, 50) != draw_customers.fn(str(shop), tables, 51)
