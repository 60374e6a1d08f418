"""Scoring sees customers as training saw them, and states the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
from ibis import _
from ibis.backends.duckdb import Backend

from contracts.errors import ModelMissing
from contracts.scores import SCORE_COLUMNS
from features.catalogue import build_families, by_stream, join_families, switched_on
from features.spine import spine
from forecasting.churn import as_hybrid
from forecasting.hybrid import ColdStart
from scoring.forecasts import (
    as_customers,
    read_snapshot,
    state_churn,
    state_cold_start,
    state_value,
    unseen_categories,
)
from scoring.registry import Champion, find_champion, load
from tests.made import canonical, order
from tests.panels import AS_OF, HOLDOUT, small_lessons, small_models

Made = tuple[Backend, dict[str, ir.Table]]


def snapshot_of(made: Made, day: date, *, orders: ir.Table | None = None) -> pa.Table:
    """Return the customers of a day as scoring builds and reads them: one date, by itself."""
    engine, tables = made
    known = tables if orders is None else {**tables, "orders": orders}
    rows = spine(known["customers"], known["orders"], [day])
    streams = [
        build_families(names, rows, known, only_date=day)
        for names in by_stream(switched_on(["orders"])).values()
    ]
    features = join_families([*streams, known["beside"]])
    # One engine for all: memtables must not meet another's tables.
    return read_snapshot(engine.create_table("snapshot", features, overwrite=True))


@pytest.fixture(scope="module")
def snapshot(made: Made) -> pa.Table:
    """Return the customers at the date of the run."""
    return snapshot_of(made, AS_OF)


@pytest.fixture(scope="module")
def churn(store: Path) -> Champion:
    return find_champion(store, "churn")


@pytest.mark.parametrize("day", [HOLDOUT, AS_OF])
def test_a_training_snapshot_is_scored_as_it_was_learnt_from(
    day: date, made: Made, store: Path, churn: Champion
) -> None:
    trained = small_lessons().panel.customers_at(day)
    scored = as_customers(snapshot_of(made, day), churn, day)
    assert (scored.names, scored.day) == (trained.names, trained.day)
    np.testing.assert_array_equal(scored.X, trained.X)
    model, clv = load(store, churn), load(store, find_champion(store, "clv"))
    np.testing.assert_array_equal(
        state_churn(model, scored)["churn_probability"].to_numpy(),
        as_hybrid(small_models()["churn"].model).forecast(trained).no_order,
    )
    np.testing.assert_array_equal(
        state_value(clv, scored)["clv"].to_numpy(),
        as_hybrid(small_models()["clv"].model).forecast(trained).value,
    )


def test_features_in_another_order_and_one_more_change_nothing(
    snapshot: pa.Table, churn: Champion
) -> None:
    turned = snapshot.select(snapshot.column_names[::-1])
    turned = turned.append_column("unheard_of", turned["noise"])
    np.testing.assert_array_equal(
        as_customers(turned, churn, AS_OF).X, as_customers(snapshot, churn, AS_OF).X
    )


def test_a_snapshot_without_the_features_is_refused(snapshot: pa.Table, churn: Champion) -> None:
    fewer = snapshot.drop_columns(["opens", "gap_max"])
    with pytest.raises(ModelMissing, match=r"fitted with features .* lacks: gap_max, opens"):
        as_customers(fewer, churn, AS_OF)


def test_what_is_stated_are_columns_of_the_scores_in_a_sensible_order(
    snapshot: pa.Table, store: Path
) -> None:
    champion = find_champion(store, "clv")
    seen = as_customers(snapshot, champion, AS_OF)
    stated = state_value(load(store, champion), seen)
    assert set(stated) <= set(SCORE_COLUMNS)
    low, middle, high = (stated[f"clv_p{level}"].to_numpy() for level in (10, 50, 90))
    assert (low >= 0).all()
    assert ((low <= middle) & (middle <= high)).all()
    assert (stated["clv"].to_numpy() > 0).all()
    first, second, third = (
        stated[f"next_order_p{level}"].to_numpy(zero_copy_only=False) for level in (10, 50, 90)
    )
    assert (first >= np.datetime64(AS_OF)).all()
    assert ((first <= second) & (second <= third)).all()
    assert (third < np.datetime64(AS_OF) + 60).all()


def test_who_never_ordered_is_not_among_those_a_model_reads(made: Made, snapshot: pa.Table) -> None:
    orders = made[1]["orders"].filter(_.customer_id != "c00000")
    without = snapshot_of(made, AS_OF, orders=orders)
    assert "c00000" not in without["customer_id"].to_pylist()
    assert without.num_rows == snapshot.num_rows - 1


def test_a_customer_of_yesterday_of_whom_nothing_else_is_known_gets_numbers(
    made: Made, store: Path
) -> None:
    """One order, all gaps and windows unknown: no NaN lifts or sinks anybody."""
    engine, tables = made
    lone = engine.create_table(
        "lone", canonical("orders", [order("o1", "c00000", "2024-11-30", "20.00")]), overwrite=True
    )
    others = tables["orders"].filter(_.customer_id != "c00000")
    orders = others.union(lone.select(*others.columns))
    snapshot = snapshot_of(made, AS_OF, orders=orders)
    for name, state in {"churn": state_churn, "clv": state_value}.items():
        champion = find_champion(store, name)
        stated = state(load(store, champion), as_customers(snapshot, champion, AS_OF))
        for column in stated.values():
            assert column.null_count == 0
            assert not np.isnan(column.to_numpy(zero_copy_only=False).astype(float)).any()
        place = snapshot["customer_id"].to_pylist().index("c00000")
        score = stated["churn_probability" if name == "churn" else "clv"].to_numpy()
        assert np.quantile(score, 0.02) < score[place] < np.quantile(score, 0.9)


def test_what_newcomers_did_is_stated_of_newcomers_and_nothing_where_it_is_not_known() -> None:
    model = as_hybrid(small_models()["clv"].model)
    known = replace(model, cold_start=ColdStart(no_order=0.9, orders=0.2, value=7.0))
    unknown = replace(model, cold_start=None)
    assert state_cold_start(known, known) == {
        "churn_probability": 0.9, "expected_orders": 0.2, "clv": 7.0,
    }  # fmt: skip
    assert state_cold_start(unknown, unknown) == {}


def test_many_customers_of_a_kind_that_training_never_saw_are_told(churn: Champion) -> None:
    known = churn.contract.features[0]
    contract = replace(
        churn.contract, features=(replace(known, name="kind", categories=("gold",)),)
    )
    champion = replace(churn, contract=contract)
    few, many = (pa.table({"kind": ["gold"] * (100 - count) + ["new"] * count}) for count in (5, 6))
    assert unseen_categories(champion, as_customers(few, champion, AS_OF)) == ()
    assert unseen_categories(champion, as_customers(many, champion, AS_OF)) == (
        "6.0% of the customers have a `kind` that training never saw",
    )
