"""What is true of made customers, and whether their tables tell of it."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.company import Company
from tests.simulation.conftest import Frames

NEVER = pd.Timestamp("2200-01-01")
OUTCOMES = ("left_on", "left_on_if_left_alone", "left_on_if_contacted")


def chosen(made: Frames) -> pd.DataFrame:
    """Return one row per contact, with the truth about the customer."""
    return made["contacts"].merge(made["truth"], on="customer_id")


def test_nobody_orders_after_leaving(made: Frames, contracts: Frames) -> None:
    for company in (made, contracts):
        truth = company["truth"]
        second = truth.dropna(subset="second_account")
        person = pd.Series(second["customer_id"].values, second["second_account"].values)
        orders = company["orders"].assign(
            customer_id=company["orders"]["customer_id"].replace(person.to_dict())
        )
        last = orders.groupby("customer_id")["ordered_at"].max()
        left = truth.set_index("customer_id")["left_on"].dropna()
        both = left.index.intersection(last.index)
        assert len(both) > 1000
        assert (last[both] < left[both]).all()
        assert left.max() < pd.Timestamp(Company().end) + pd.Timedelta(days=90)


def test_who_has_left_buys_nothing_ahead_and_most_others_do(made: Frames, shop: Company) -> None:
    truth = made["truth"]
    gone = truth["left_on"] <= pd.Timestamp(shop.end)
    assert (truth.loc[gone, "orders_ahead"] == 0).all()
    assert ((truth["value_ahead"] > 0) == (truth["orders_ahead"] > 0)).all()
    here = ~gone & (truth["first_order_on"] < pd.Timestamp(shop.end))
    assert (truth.loc[here, "orders_ahead"] > 0).mean() > 0.8


def test_of_both_outcomes_the_one_of_the_arm_came_true(made: Frames) -> None:
    truth = made["truth"].fillna(dict.fromkeys(OUTCOMES, NEVER))
    held = truth["in_holdout"]
    assert held.mean() == pytest.approx(0.1, abs=0.02)
    alone, contacted = truth["left_on_if_left_alone"], truth["left_on_if_contacted"]
    assert (truth["left_on"] == alone.where(held, contacted)).all()
    never = ~truth["customer_id"].isin(made["contacts"]["customer_id"])
    assert (alone[never] == contacted[never]).all()
    assert (alone != contacted).sum() > 100


def test_the_same_customers_are_left_alone_by_all_campaigns(made: Frames) -> None:
    rows = chosen(made)
    assert ((rows["arm"] == "holdout") == rows["in_holdout"]).all()
    assert rows.groupby(["campaign_id", "arm"]).size().unstack().min().min() >= 20


@pytest.mark.parametrize("name", ["made", "contracts"])
def test_contacts_do_to_each_type_what_the_truth_says(
    name: str, request: pytest.FixtureRequest
) -> None:
    rows = chosen(request.getfixturevalue(name))
    later = pd.Timedelta(days=90)
    for column in ("left_on_if_left_alone", "left_on_if_contacted"):
        rows[column] = rows[column] < rows["contacted_at"] + later
    first = rows[~rows.duplicated("customer_id")]
    share = first.groupby("uplift_type")[["left_on_if_left_alone", "left_on_if_contacted"]].mean()
    alone, contacted = share["left_on_if_left_alone"], share["left_on_if_contacted"]
    assert contacted["persuadable"] < 0.7 * alone["persuadable"]
    assert contacted["sleeping_dog"] > 1.2 * alone["sleeping_dog"]
    assert contacted["sure_thing"] == alone["sure_thing"]
    assert contacted["lost_cause"] == alone["lost_cause"]


def test_contacted_persuadables_stay_more_often_than_those_left_alone(made: Frames) -> None:
    rows = chosen(made).query("uplift_type == 'persuadable' and contacted_at < '2024-09-01'")
    after = rows.reset_index().merge(made["orders"][["customer_id", "ordered_at"]])
    came = (after["ordered_at"] - after["contacted_at"]).dt.days.between(0, 89)
    rows["stays"] = rows.index.isin(after.loc[came, "index"])
    stays = rows.groupby("arm")["stays"].mean()
    assert stays["treated"] > stays["holdout"] + 0.15


def test_fewer_mails_are_opened_before_leaving_and_hardly_any_after_it(made: Frames) -> None:
    mails = made["interactions"].query("kind in ('sent', 'open')")
    mails = mails.merge(made["truth"][["customer_id", "left_on"]], on="customer_id")
    until = (mails["left_on"] - mails["occurred_at"]).dt.days
    phase = pd.cut(until, [-10_000, -1, 60, 10_000], labels=["after", "before", "long before"])
    counts = mails.groupby([phase, "kind"], observed=True).size().unstack()
    opened = counts["open"] / counts["sent"]
    assert opened["after"] < 0.2 < opened["before"] < 0.92 * opened["long before"]


def test_who_had_a_bad_ticket_leaves_sooner(made: Frames) -> None:
    tickets = made["tickets"].merge(made["truth"], on="customer_id")
    tickets = tickets[tickets["opened_at"] < "2024-09-01"]
    leaves = (tickets["left_on"] - tickets["opened_at"]).dt.days.between(0, 60)
    is_bad = tickets["solved"] == False  # noqa: E712 - NULL is neither
    assert leaves[is_bad].mean() > 1.8 * leaves[tickets["solved"] == True].mean()  # noqa: E712


def test_contracts_end_when_customers_leave_by_their_will_or_unpaid(contracts: Frames) -> None:
    rows = contracts["subscriptions"].merge(contracts["truth"], on="customer_id")
    ended = rows[rows["ended_at"].notna() & (rows["end_reason"] != "plan change")]
    assert (ended["ended_at"] == ended["left_on"]).all()
    unpaid = ended["end_reason"] == "payment_failure"
    assert (unpaid == ended["left_unpaid"].astype(bool)).all()
    assert 0.05 < unpaid.mean() < 0.3
    assert rows.loc[rows["ended_at"].isna(), "end_reason"].isna().all()
    running = rows[rows["ended_at"].isna()]
    assert (running["left_on"].isna() | (running["left_on"] >= pd.Timestamp(Company().end))).all()


def test_who_changes_the_plan_pays_its_price_from_then_on(contracts: Frames) -> None:
    rows = contracts["subscriptions"]
    second = rows[rows["subscription_id"].str.startswith("b-")]
    first = rows[rows["end_reason"] == "plan change"].set_index("customer_id")
    assert len(second) == len(first) > 50
    before = first.loc[second["customer_id"]]
    assert (before["ended_at"].to_numpy() == second["started_at"].to_numpy()).all()
    assert (before["plan"].to_numpy() != second["plan"].to_numpy()).all()
    paid = contracts["orders"].merge(second, on="customer_id")
    paid = paid[~paid["customer_id"].isin(contracts["truth"]["second_account"])]
    later = paid[paid["ordered_at"] >= paid["started_at"]]
    assert len(later) > 50
    assert (later["amount"] == later["price"]).all()
