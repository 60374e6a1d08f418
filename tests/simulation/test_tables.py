"""What the tables of a made company hold, and that they agree with each other."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from contracts.rules import NotNull, OneOf, RefersTo
from contracts.tables import TABLES
from simulation.chunks import make_chunk
from simulation.company import Company
from tests.simulation.conftest import Frames

# By country: the ranges that regulators keep free of subscribers, without blanks and brackets.
FICTIONAL = re.compile(
    r"(?:\+49|0)(?:3023125\d{3}|6990009\d{3}|4066969\d{3}|2214710\d{3}|8999998\d{3}"
    r"|17139200\d\d|176040690\d\d)"
    r"|(?:\+33|0)(?:19900|63998)\d{4}"
    r"|(?:\+44|0)(?:7700900\d{3}|2079460\d{3}|1632960\d{3})"
    r"|(?:\+1)?\d{3}55501\d\d"
)


@pytest.fixture(params=["made", "contracts"])
def either(request: pytest.FixtureRequest) -> Frames:
    found: Frames = request.getfixturevalue(request.param)
    return found


def test_every_canonical_table_has_rows_and_fills_every_column(
    made: Frames, contracts: Frames
) -> None:
    for name, schema in TABLES.items():
        assert list(made[name].columns) == [column.name for column in schema.columns]
        for column in schema.columns:
            filled = made[name][column.name].notna().any()
            assert filled or contracts[name][column.name].notna().any(), f"{name}.{column.name}"


def test_keys_are_there_once(either: Frames) -> None:
    for name, schema in TABLES.items():
        if not schema.shares_key:
            assert not either[name].duplicated(list(schema.key)).any(), name
    assert not either["order_lines"].duplicated(["order_id", "line"]).any()


def test_values_are_there_and_refer_to_what_is_there(either: Frames) -> None:
    for name, schema in TABLES.items():
        for column in schema.columns:
            values = either[name][column.name]
            for rule in column.rules:
                if isinstance(rule, NotNull):
                    assert values.notna().all(), f"{name}.{column.name}"
                if isinstance(rule, OneOf):
                    assert set(values.dropna()) == set(rule.values), f"{name}.{column.name}"
                if isinstance(rule, RefersTo):
                    known = either[rule.table][rule.column]
                    assert values.isin(known).all(), f"{name}.{column.name}"
    assert either["refunds"]["order_id"].isin(either["orders"]["order_id"]).all()


def test_nothing_in_the_tables_lies_after_the_last_day(either: Frames, shop: Company) -> None:
    for name in TABLES:
        for column in either[name].select_dtypes("datetime"):
            if name != "campaigns":
                last = either[name][column].max()
                assert last < pd.Timestamp(shop.end), f"{name}.{column}"


def test_lines_add_up_to_their_order(either: Frames) -> None:
    lines = either["order_lines"].groupby("order_id")[["amount", "discount"]].sum()
    orders = either["orders"].set_index("order_id")[["amount", "discount"]]
    assert (lines.loc[orders.index] == orders).all(axis=None)
    assert (either["order_lines"]["amount"] >= 0).all()


def test_no_more_is_paid_back_than_was_paid_and_later(either: Frames) -> None:
    beside = either["refunds"].merge(either["orders"], on="order_id", suffixes=("", "_paid"))
    assert len(beside) == len(either["refunds"])
    assert (beside["amount"] <= beside["amount_paid"]).all()
    assert (beside["refunded_at"] > beside["ordered_at"]).all()
    assert (beside["customer_id"] == beside["customer_id_paid"]).all()


def test_tickets_close_after_they_open_and_are_judged_no_sooner(either: Frames) -> None:
    tickets = either["tickets"]
    is_open = tickets["closed_at"].isna()
    assert 0 < is_open.mean() < 0.2
    assert (tickets["closed_at"] > tickets["opened_at"])[~is_open].all()
    assert tickets.loc[is_open, ["satisfaction", "solved"]].isna().all(axis=None)


def test_addresses_lead_to_nobody(either: Frames) -> None:
    people = either["identities"]
    assert people["email"].dropna().str.fullmatch(r"[a-z0-9.-]+@example\.(com|org)").all()
    assert not people["email"].dropna().duplicated().any()
    numbers = people["phone"].dropna().str.replace("(0)", "", regex=False)
    for number in numbers.str.replace(r"[ ()/-]", "", regex=True):
        assert FICTIONAL.fullmatch(number), number


def test_identities_are_as_awkward_as_those_of_people(made: Frames) -> None:
    people = made["identities"]
    names = people["first_name"].fillna("") + " " + people["last_name"]
    for awkward in ("ü", "ß", "é", "-", "'", "=1+1", "+49", "🌻", ";", '"', ","):
        assert names.str.contains(awkward, regex=False).any(), awkward
    assert names.str.len().max() > 250
    assert people["email"].isna().mean() == pytest.approx(0.05, abs=0.02)
    assert people["phone"].isna().mean() == pytest.approx(0.35, abs=0.05)
    assert people["postal_code"].str.startswith("0").any()
    assert set(people["country"]) == {"DE", "AT", "CH", "FR", "GB", "US"}


def test_second_accounts_are_of_known_people_and_some_were_merged(made: Frames) -> None:
    customers = made["customers"].set_index("customer_id")
    second = made["truth"].set_index("customer_id")["second_account"].dropna()
    assert 20 < len(second) < 80
    merged = customers.loc[second, "merged_into"]
    assert merged.isna().any()
    assert (merged.fillna(pd.Series(second.index, second)) == second.index).all()
    assert customers["merged_into"].notna().sum() == merged.notna().sum() > 0
    assert made["orders"]["customer_id"].isin(second).any()


def test_customers_come_over_time_and_some_never_order(made: Frames, shop: Company) -> None:
    truth = made["customers"][made["customers"]["merged_into"].isna()]
    began = (truth["created_at"] - pd.Timestamp(shop.start)).dt.days
    year = shop.days / 2
    assert 0 < ((began > 0) & (began < year)).sum() < (began >= year).sum()
    assert (began < 0).mean() == pytest.approx(0.4, abs=0.05)
    with_orders = truth["customer_id"].isin(made["orders"]["customer_id"])
    assert 0.02 < 1 - with_orders.mean() < 0.12


def test_baskets_have_a_heavy_tail_with_one_very_large_customer(made: Frames) -> None:
    spent = made["orders"].groupby("customer_id")["amount"].sum().astype(float)
    assert spent.idxmax() == "K0000007"
    assert spent.max() > 0.1 * spent.sum()
    rest = spent.drop("K0000007").sort_values(ascending=False)
    assert rest.iloc[: len(rest) // 10].sum() > 0.35 * rest.sum()


def test_more_is_bought_before_christmas(made: Frames) -> None:
    months = made["orders"]["ordered_at"].dt.to_period("M").value_counts()
    assert months["2023-12"] > 1.25 * months["2023-10"]
    assert months["2023-12"] > 1.25 * months["2024-02"]


def test_the_ledger_has_every_story(made: Frames) -> None:
    ledger = made["consents"].sort_values("changed_at", kind="stable")
    said = ledger.groupby(["customer_id", "purpose"])["status"].agg(" ".join)
    stories = set(said.loc[:, "marketing"])
    assert {"granted", "objected", "granted withdrawn", "granted withdrawn granted"} <= stories
    assert set(ledger["channel"].dropna()) == {"email", "phone", "post", "sms"}
    assert ledger["channel"].isna().any()
    nothing = ~made["customers"]["customer_id"].isin(ledger["customer_id"])
    assert 0.05 < nothing.mean() < 0.2


def test_mail_goes_to_those_who_agreed_to_it(made: Frames) -> None:
    ledger = made["consents"].query("purpose == 'marketing'")
    ledger = ledger[ledger["channel"].isna() | (ledger["channel"] == "email")]
    sent = made["interactions"].query("kind == 'sent'")
    days = sent["occurred_at"].dt.normalize()
    asked = pd.DataFrame({"customer_id": sent["customer_id"], "day": days}).sort_values("day")
    said = ledger.assign(day=ledger["changed_at"].dt.normalize()).sort_values("changed_at")
    standing = pd.merge_asof(asked, said.sort_values("day", kind="stable"), on="day",
                             by="customer_id")  # fmt: skip
    assert len(standing) > 10_000
    assert (standing["status"] == "granted").all()


def test_points_are_earned_before_they_are_redeemed(made: Frames) -> None:
    points = made["interactions"].dropna(subset="points").sort_values("occurred_at")
    assert set(points["kind"]) == {"earn", "redeem"}
    balance = points.groupby("customer_id")["points"].cumsum()
    assert (balance >= 0).all()
    assert np.sign(points["points"]).isin([-1, 0, 1]).all()


def test_a_larger_company_goes_on_where_the_chunk_before_it_ended() -> None:
    last = make_chunk(Company(customers=20_100), 1, rows={"orders": 70, "interactions": 9})
    assert last["truth"]["customer_id"].to_pylist() == [f"K00{n}" for n in range(20_000, 20_100)]
    assert last["orders"]["order_id"][0].as_py() == "o70"
    assert last["interactions"]["interaction_id"][0].as_py() == "i9"
    assert last["order_lines"]["order_id"][0].as_py() == "o70"
