"""Which reasons a customer gets, and that they are the same whatever the seed of the trees."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
import xgboost as xgb

from contracts.feature_contract import FeatureContract
from contracts.reasons import ORDER_HISTORY, FeatureMeaning, sentence
from contracts.scores import REASON_COLUMNS, REASON_RANKS
from features.catalogue import build_families
from features.meanings import meanings
from features.spine import spine
from forecasting.contributions import PARAMETRIC, Contributions, Member, contributions, reference
from scoring.reasons import sums_by_meaning, top_reasons
from tests.made import canonical, write_shop
from training.labels import label_horizons

MEANINGS = {**meanings(), PARAMETRIC: FeatureMeaning(ORDER_HISTORY)}

# A customer whose silence, service and mail speak of risk, and whose discounts are as ever.
CUSTOMER = {
    "days_since_last_order": 74.0, "gap_median": 31.0, "overdue_ratio": 1.9,
    "open_ticket_count": 1.0, "ticket_count_90d": 2.0, "open_rate_90d": 0.05,
    "open_rate_usual": 0.4, "discount_share_90d": 0.1, "discount_share": 0.1,
    "amount_90d": 20.0, "amount_90d_usual": 90.0,
}  # fmt: skip

Reason = tuple[str, float, float | None, str]


def reasons_of(
    contributed: dict[str, float],
    customer: dict[str, float | None] | None = None,
    *,
    shared: float = 0.0,
) -> list[Reason]:
    """Return the reasons of one customer; `shared` is what each feature adds for everybody."""
    known = CUSTOMER | (customer or {})
    names = tuple(contributed)
    found = top_reasons(
        Contributions(names, np.array([list(contributed.values())]), 0.0),
        np.full(len(names), shared),
        pa.table({name: pa.array([value], pa.float64()) for name, value in known.items()}),
        meanings=MEANINGS,
    )
    [row] = found.to_pylist()
    parts = ("code", "value", "own_normal", "direction")
    told = [tuple(row[f"reason_{rank}_{part}"] for part in parts) for rank in REASON_RANKS]
    return [reason for reason in told if reason[0] is not None]


def codes(contributed: dict[str, float], **customer: float | None) -> list[str]:
    return [code for code, *_ in reasons_of(contributed, customer)]


def test_reason_has_value_own_normal_and_direction() -> None:
    assert reasons_of({"days_since_last_order": 1.0}) == [("silence", 74.0, 31.0, "raises")]


def test_contributions_of_one_meaning_add_up() -> None:
    apart = {"days_since_last_order": 0.2, "overdue_ratio": 0.3, PARAMETRIC: 0.2}
    assert codes({"open_rate_90d": 0.6, **apart}) == ["silence", "opens"]
    assert codes({"open_rate_90d": 0.8, **apart}) == ["opens", "silence"]


def test_sums_by_meaning_lose_nothing_but_what_is_never_told() -> None:
    names = ("days_since_last_order", "overdue_ratio", "open_rate_90d", "country")
    differences = np.array([[0.1, 0.2, -0.4, 5.0], [0.0, 1.0, 1.0, 1.0]])
    told, sums = sums_by_meaning(names, differences, MEANINGS)
    assert told == ("silence", "engagement")
    np.testing.assert_allclose(sums, [[0.3, -0.4], [1.0, 1.0]])


def test_who_is_at_risk_is_told_first_what_raises_the_risk() -> None:
    found = reasons_of(
        {"days_since_last_order": 0.5, "open_rate_90d": -0.7, "open_ticket_count": 0.6},
        {"open_rate_90d": 0.6},
    )
    assert [(code, direction) for code, *_, direction in found] == [
        ("open_tickets", "raises"), ("silence", "raises"), ("opens", "lowers"),
    ]  # fmt: skip


def test_who_is_not_is_told_first_what_lowers_it() -> None:
    found = reasons_of(
        {"days_since_last_order": 0.5, "open_rate_90d": -0.7}, {"open_rate_90d": 0.6}
    )
    assert [(code, direction) for code, *_, direction in found] == [
        ("opens", "lowers"), ("silence", "raises"),
    ]  # fmt: skip


def test_largest_reason_in_the_direction_of_the_risk_is_never_crowded_out() -> None:
    contributed = {
        "days_since_last_order": -0.5, "open_rate_90d": -0.6, "amount_90d": -0.7,
        "open_ticket_count": 0.4, "country": 2.0,
    }  # fmt: skip
    calm: dict[str, float | None] = {
        "days_since_last_order": 5.0, "open_rate_90d": 0.6, "amount_90d": 200.0,
    }  # fmt: skip
    found = [code for code, *_ in reasons_of(contributed, calm)]
    assert found == ["open_tickets", "spend_90d", "opens"]


def test_what_all_customers_share_is_no_reason() -> None:
    contributed = {"days_since_last_order": 0.7, "open_ticket_count": 1.0}
    assert [code for code, *_ in reasons_of(contributed, shared=0.69)] == ["open_tickets"]


def test_fact_is_the_weightiest_of_its_meaning() -> None:
    assert codes({"open_ticket_count": 0.3, "ticket_count_90d": 0.2}) == ["open_tickets"]
    assert codes({"open_ticket_count": 0.2, "ticket_count_90d": 0.3}) == ["tickets"]


def test_fact_without_value_leaves_its_meaning_to_another() -> None:
    found = reasons_of(
        {"open_ticket_count": 0.3, "ticket_count_90d": 0.1}, {"open_ticket_count": None}
    )
    assert found == [("tickets", 2.0, None, "raises")]


def test_silence_that_is_usual_is_told_without_the_usual() -> None:
    found = reasons_of({"days_since_last_order": 1.0}, {"days_since_last_order": 25.0})
    assert found == [("silence", 25.0, None, "raises")]


def test_meaning_without_a_true_fact_gives_no_reason() -> None:
    assert codes({"discount_share_90d": 1.0, "days_since_last_order": 0.5}) == ["silence"]


def test_what_moves_the_odds_little_is_no_reason() -> None:
    assert codes({"days_since_last_order": 1.0, "open_ticket_count": 0.04}) == ["silence"]


def test_what_a_customer_is_is_no_reason() -> None:
    assert codes({"country": 3.0, "loyalty_tier": 2.0, "days_since_last_order": 0.2}) == ["silence"]


def test_customers_of_whom_nothing_can_be_told_have_nulls() -> None:
    assert reasons_of({"country": 3.0, "days_since_last_order": 0.0}) == []


def test_feature_without_a_meaning_is_refused() -> None:
    with pytest.raises(KeyError, match="shoe_size"):
        reasons_of({"shoe_size": 1.0})


def test_nobody_gets_a_table_without_rows() -> None:
    found = top_reasons(
        Contributions(("days_since_last_order",), np.zeros((0, 1)), 0.0), np.zeros(1),
        pa.table({"days_since_last_order": pa.array([], pa.float64())}), meanings=MEANINGS,
    )  # fmt: skip
    assert found.num_rows == 0


def test_columns_are_those_of_score_rows() -> None:
    found = top_reasons(
        Contributions(("days_since_last_order",), np.ones((2, 1)), 0.0), np.zeros(1),
        pa.table({"days_since_last_order": [3.0, 4.0]}), meanings=MEANINGS,
    )  # fmt: skip
    types = {"string": pa.string(), "float64": pa.float64()}
    assert found.schema == pa.schema({name: types[kind] for name, kind in REASON_COLUMNS.items()})


# --- On a made shop: two boosters, fitted with five seeds. ---

CUTOFF, TODAY, HORIZON_DAYS = date(2024, 7, 1), date(2024, 9, 1), 60
FAMILIES = ("rfm", "rhythm", "trend", "windows")


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[pa.Table, npt.NDArray[np.float64], pa.Table]:
    """Return features and labels at a past cutoff, and the features of today."""
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    write_shop(file, customers=500, days=400, first=date(2023, 10, 1))
    rows = [
        {"order_id": f"o{number}", "customer_id": row["customer"], "ordered_at": row["date"],
         "amount": row["amount"]}
        for number, row in enumerate(read_orders(file))
    ]  # fmt: skip
    orders = canonical("orders", rows)
    ids = sorted({row["customer_id"] for row in rows})
    customers = canonical("customers", [{"customer_id": name} for name in ids])
    tables, engine = {"orders": orders, "customers": customers}, ibis.duckdb.connect()
    seen = spine(customers, orders, [CUTOFF, TODAY])
    built = engine.to_pyarrow(build_families(FAMILIES, seen, tables))
    past, present = (
        built.filter(pc.equal(built["snapshot_date"], pa.scalar(day))) for day in (CUTOFF, TODAY)
    )
    labels = label_horizons(
        spine(customers, orders, [CUTOFF]), orders, [(CUTOFF, HORIZON_DAYS)], value="amount"
    )
    followed = engine.to_pyarrow(labels.order_by("customer_id"))["orders"].to_numpy()
    return past, np.asarray(followed == 0, dtype=np.float64), present


def read_orders(file: Path) -> list[dict[str, Any]]:
    types = {"date": pa.timestamp("us"), "amount": pa.decimal128(18, 2)}
    convert = pyarrow.csv.ConvertOptions(column_types=types)
    return list(pyarrow.csv.read_csv(file, convert_options=convert).to_pylist())


def history_log_odds(rows: pa.Table) -> npt.NDArray[np.float64]:
    """Return what a simple model of order histories would say: silence by the own pace."""
    silence, frequency, age = (
        rows[name].to_numpy() for name in ("days_since_last_order", "frequency", "T")
    )
    return np.asarray(silence * (frequency + 1) / (age + 30) - 2, dtype=np.float64)


def fit_and_explain(
    shop: tuple[pa.Table, npt.NDArray[np.float64], pa.Table], seed: int
) -> tuple[Contributions, pa.Table]:
    past, churned, present = shop
    contract = FeatureContract.learn(past, {})
    settings = {
        "objective": "binary:logistic", "max_depth": 4, "learning_rate": 0.1, "subsample": 0.8,
        "colsample_bytree": 0.7, "min_child_weight": 10, "nthread": 1, "seed": seed,
    }  # fmt: skip
    members = []
    for margins in ([history_log_odds(past), history_log_odds(present)], [None, None]):
        names = list(contract.names)
        matrix = xgb.DMatrix(
            contract.matrix(past), label=churned, base_margin=margins[0], feature_names=names
        )
        booster = xgb.train(settings, matrix, 40)
        members.append(Member(booster, contract.matrix(present), contract.names, margins[1]))
    [found] = contributions(members)
    return found, top_reasons(found, reference(iter([found])), present, meanings=MEANINGS)


@pytest.fixture(scope="module")
def explained(
    shop: tuple[pa.Table, npt.NDArray[np.float64], pa.Table],
) -> list[tuple[Contributions, pa.Table]]:
    """Return contributions and reasons of five ensembles that differ by their seed."""
    return [fit_and_explain(shop, seed) for seed in range(5)]


def test_top_reason_is_the_same_for_four_in_five_customers_whatever_the_seed(
    explained: list[tuple[Contributions, pa.Table]],
) -> None:
    top = [np.array(told["reason_1_code"].to_pylist(), dtype=str) for _, told in explained]
    always_same = np.mean([len(set(codes)) == 1 for codes in zip(*top, strict=True)])
    assert always_same >= 0.8


def test_every_reason_can_be_said(explained: list[tuple[Contributions, pa.Table]]) -> None:
    _, told = explained[0]
    said = 0
    for row in told.to_pylist():
        for rank in REASON_RANKS:
            code, value, normal, direction = (
                row[f"reason_{rank}_{part}"]
                for part in ("code", "value", "own_normal", "direction")
            )
            if code is not None:
                assert sentence(code, value, normal, direction, language="de", currency="EUR")
                assert sentence(code, value, normal, direction, language="en", currency="EUR")
                said += 1
    assert said > 2 * told.num_rows


def test_silence_by_the_own_pace_is_what_the_riskiest_are_told(
    explained: list[tuple[Contributions, pa.Table]],
) -> None:
    found, told = explained[0]
    riskiest = np.argsort(-found.log_odds)[: len(found.values) // 5]
    rows = told.take(pa.array(riskiest))
    top = np.array(rows["reason_1_code"].to_pylist(), dtype=str)
    assert np.mean(top == "silence") > 0.7
    assert set(rows["reason_1_direction"].to_pylist()) == {"raises"}
