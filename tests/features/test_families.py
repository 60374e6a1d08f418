"""Every family on histories that a person can check."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from math import exp, log
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from contracts.schema import SNAPSHOT_KEY
from contracts.tables import TABLES
from features.catalogue import (
    FAMILIES,
    FEATURES,
    build_families,
    by_stream,
    join_families,
    switched_on,
)
from features.family import FeatureFamily
from features.spine import spine
from tests.made import Row, canonical, line, order

SNAPSHOT = date(2024, 7, 1)


def family_of(feature: str) -> FeatureFamily:
    [found] = [each for each in FAMILIES.values() if FEATURES[feature] in each.features]
    return found


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00")


def made(rows: dict[str, list[Row]]) -> dict[str, ir.Table]:
    """Return canonical tables of `rows`; without customers, those who ordered."""
    who = {row["customer_id"] for row in rows["orders"]}
    customers: list[Row] = [{"customer_id": each} for each in sorted(who)]
    return {name: canonical(name, each) for name, each in {"customers": customers, **rows}.items()}


def values(
    family: str, tables: dict[str, ir.Table], engine: Backend, day: date = SNAPSHOT
) -> dict[str, dict[str, Any]]:
    rows = build_families([family], spine(tables["customers"], tables["orders"], [day]), tables)
    return {row["customer_id"]: row for row in engine.to_pyarrow(rows).to_pylist()}


def test_rfm_of_a_regular_customer(tables: dict[str, ir.Table], engine: Backend) -> None:
    # Order days 2 April (10), 22 April (20 + 5), 21 June (40); 1 July is the snapshot itself.
    regular = values("rfm", tables, engine)["regular"]
    assert regular["frequency"] == 2
    assert regular["recency"] == 80
    assert regular["T"] == 90
    assert regular["days_since_last_order"] == 10
    assert regular["order_count"] == 4
    assert regular["amount_total"] == 75
    assert regular["mean_order_value"] == 18.75
    assert regular["monetary_value"] == 32.5
    assert regular["last_order_value"] == 40
    assert regular["largest_order_value"] == 40


def test_rfm_of_one_order_knows_no_repeat_value(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    once = values("rfm", tables, engine)["once"]
    assert (once["frequency"], once["recency"], once["T"]) == (0, 0, 60)
    assert once["monetary_value"] is None
    assert once["mean_order_value"] == 7.5


def test_rhythm_is_measured_between_order_days(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    # Gaps of 20 and 60 days; two orders on one day have no gap between them.
    regular = values("rhythm", tables, engine)["regular"]
    assert regular["gap_mean"] == 40
    assert regular["gap_median"] == 40
    assert regular["gap_sd"] == 20
    assert regular["gap_max"] == 60
    assert regular["gap_last"] == 60
    assert regular["overdue_ratio"] == pytest.approx(10 / 47)
    assert regular["silence_hazard"] == pytest.approx(1 - exp(-10 / 40))


def test_rhythm_of_one_order_is_not_known(tables: dict[str, ir.Table], engine: Backend) -> None:
    once = values("rhythm", tables, engine)["once"]
    assert {once[feature.name] for feature in FAMILIES["rhythm"].features} == {None}


def test_windows_end_before_the_snapshot(tables: dict[str, ir.Table], engine: Backend) -> None:
    regular = values("windows", tables, engine)["regular"]
    assert regular["order_count_7d"] == 0
    assert (regular["order_count_14d"], regular["amount_14d"]) == (1, 40)
    assert (regular["order_count_60d"], regular["amount_60d"]) == (1, 40)
    # 2 April is 90 days before 1 July and just inside; 22 April is 70 days before.
    assert (regular["order_count_90d"], regular["amount_90d"]) == (4, 75)
    assert regular["amount_365d"] == 75
    assert regular["amount_90d_year_before"] == 0
    # One order before the last 30 days would be one in 60 days, and there were three.
    assert regular["order_count_30d_usual"] == pytest.approx(3 * 30 / 60)
    assert regular["order_count_90d_usual"] is None


def test_the_year_before_is_the_same_window_a_year_earlier(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    # Of the 30 days before 1 July 2024 only 21 June had an order.
    regular = values("windows", tables, engine, date(2025, 7, 1))["regular"]
    assert regular["amount_30d_year_before"] == 40
    assert regular["amount_90d_year_before"] == 75
    assert regular["amount_365d"] == 999


def test_trend_compares_with_before_and_with_the_own_past(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    regular = values("trend", tables, engine)["regular"]
    assert regular["order_count_change_30d"] == 1
    assert regular["amount_change_30d"] == 40
    assert regular["order_count_change_90d"] == 4
    assert regular["order_rate_30d_to_own"] == pytest.approx((1 / 30) / (4 / 90))
    # Least squares through (-90, 10), (-70, 25), (-10, 40).
    assert regular["order_value_slope"] == pytest.approx(9 / 26)


def test_basket_counts_breadth_and_habits(tables: dict[str, ir.Table], engine: Backend) -> None:
    # Lines so far: milk (dairy), milk (dairy) and soap (care), bread (bakery).
    regular = values("basket", tables, engine)["regular"]
    assert regular["product_count"] == 3
    assert (regular["category_count"], regular["category_count_90d"]) == (3, 3)
    assert regular["lines_per_order"] == pytest.approx(4 / 3)
    assert regular["discounted_line_share"] == 0.25
    assert regular["top_category_share"] == 0.5
    shares = (0.5, 0.25, 0.25)
    assert regular["category_entropy"] == pytest.approx(-sum(p * log(p) for p in shares))
    assert regular["habit_share"] == 0
    later = values("basket", tables, engine, date(2024, 8, 1))["regular"]
    # By then only bread (41 days ago) and caviar (31 days ago) are of the last 90 days.
    assert (later["category_count"], later["category_count_90d"]) == (4, 2)
    assert later["lapsed_category_count_90d"] == 2
    assert later["lines_per_order_90d"] == 1


def test_what_was_bought_twice_before_is_a_habit(engine: Backend) -> None:
    days = ("2024-01-01", "2024-02-01", "2024-06-01", "2024-06-02")
    kinds = ("tea", "tea", "tea", "coffee")
    rows = {
        "orders": [order(f"o{n}", "c", day, "1.00") for n, day in enumerate(days)],
        "order_lines": [line(f"o{n}", "p", kind, "1.00") for n, kind in enumerate(kinds)],
    }
    found = values("basket", made(rows), engine)["c"]
    assert found["habit_share"] == 0.25
    assert found["habit_share_90d"] == 0.5


def test_price_is_discount_over_the_full_price(engine: Backend) -> None:
    bought = [
        order("o1", "c", "2024-01-01", "90.00", discount=Decimal("10.00")),
        order("o2", "c", "2024-06-01", "100.00"),
    ]
    found = values("price", made({"orders": bought}), engine)["c"]
    assert found["discount_share"] == 0.05
    assert found["discount_share_90d"] == 0
    assert (found["full_price_share"], found["full_price_share_90d"]) == (0.5, 1)


def test_refunds_are_a_share_of_what_was_ordered(engine: Backend) -> None:
    rows = {
        "orders": [
            order("o1", "c", "2023-01-01", "60.00"), order("o2", "c", "2024-06-01", "40.00"),
        ],
        "refunds": [
            {"refund_id": "r", "customer_id": "c", "refunded_at": noon("2024-06-21"),
             "amount": Decimal("30.00")},
        ],
    }  # fmt: skip
    found = values("refunds", made(rows), engine)["c"]
    assert (found["refund_count"], found["refund_count_365d"]) == (1, 1)
    assert (found["refund_share"], found["refund_share_365d"]) == (0.3, 0.75)
    assert found["days_since_refund"] == 10


def test_channels_are_shares_of_orders_with_one(engine: Backend) -> None:
    bought = [
        order("o1", "c", "2023-01-01", "1.00", channel="store"),
        order("o2", "c", "2023-02-01", "1.00", channel="Store"),
        order("o3", "c", "2024-06-01", "1.00", channel="web"),
        order("o4", "c", "2024-06-02", "1.00"),
    ]
    found = values("channel", made({"orders": bought}), engine)["c"]
    assert found["store_share"] == pytest.approx(2 / 3)
    assert (found["store_share_180d"], found["web_share_180d"]) == (0, 1)
    assert found["app_share"] == 0


def test_engagement_is_judged_by_what_was_sent(engine: Backend) -> None:
    # Before: 4 sent, 2 opened. Lately one customer is mailed and silent, the other is not mailed.
    past = [("sent", "2024-01-01")] * 4 + [("open", "2024-01-02"), ("open", "2024-01-03")]
    lately = [("sent", "2024-06-01"), ("sent", "2024-06-02")]
    rows = {
        "interactions": [
            {"customer_id": who, "kind": kind, "occurred_at": noon(day)}
            for who, events in (("silent", past + lately), ("unmailed", past))
            for kind, day in events
        ],
        "orders": [order("o1", who, "2023-01-01", "1.00") for who in ("silent", "unmailed")],
    }
    found = values("engagement", made(rows), engine)
    silent, unmailed = found["silent"], found["unmailed"]
    assert (silent["open_rate_usual"], silent["open_rate_90d"]) == (0.5, 0)
    assert silent["open_rate_90d_to_own"] == 0
    assert (unmailed["open_rate_usual"], unmailed["open_rate_90d"]) == (0.5, None)
    assert (unmailed["sent_count_90d"], unmailed["open_count_90d"]) == (0, 0)
    assert unmailed["days_since_open"] == 180
    # Four messages between 1 January and 2 April, 92 days.
    assert unmailed["sent_count_90d_usual"] == pytest.approx(4 * 90 / 92)


def test_a_ticket_is_open_until_the_day_it_was_closed(engine: Backend) -> None:
    ticket = {"customer_id": "c", "topic": "delivery"}
    rows = {
        "tickets": [
            {**ticket, "ticket_id": "t1", "opened_at": noon("2024-05-01"),
             "closed_at": noon("2024-05-03"), "satisfaction": 4.0},
            {**ticket, "ticket_id": "t2", "opened_at": noon("2024-06-11"),
             "closed_at": noon("2024-07-05"), "satisfaction": 1.0},
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }  # fmt: skip
    then = values("service", made(rows), engine)["c"]
    assert (then["open_ticket_count"], then["open_ticket_days"]) == (1, 20)
    assert then["unsolved_ticket_count"] == 1
    assert (then["satisfaction_mean"], then["bad_ticket_count_365d"]) == (4, 0)
    assert then["repeated_topic_count_365d"] == 1
    later = values("service", made(rows), engine, date(2024, 7, 6))["c"]
    assert (later["open_ticket_count"], later["satisfaction_mean"]) == (0, 2.5)
    assert (later["bad_ticket_count_365d"], later["days_since_bad_ticket"]) == (1, 1)


def test_a_ticket_ends_badly_unsolved_or_judged_bad_once_that_is_known(engine: Backend) -> None:
    endings = [
        ("2024-06-12", True, 4.0), ("2024-06-13", True, 2.0), ("2024-06-14", False, None),
        ("2024-06-15", None, None), ("2024-07-01", False, 1.0), (None, False, 1.0),
    ]  # fmt: skip
    rows: dict[str, list[Row]] = {
        "tickets": [
            {"ticket_id": f"t{n}", "customer_id": "c", "opened_at": noon("2024-06-11"),
             "closed_at": closed and noon(closed), "solved": solved, "satisfaction": judged}
            for n, (closed, solved, judged) in enumerate(endings)
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }  # fmt: skip
    found = values("service", made(rows), engine)["c"]
    assert (found["bad_ticket_count"], found["bad_ticket_count_365d"]) == (2, 2)
    # The last that was known to have ended badly by then was closed on 14 June.
    assert found["days_since_bad_ticket"] == 17


def test_service_since_the_last_order_begins_on_its_day(engine: Backend) -> None:
    tickets = [
        # Of the order before; then of the last one, on its day and later; then after the snapshot.
        ("2024-05-31", "2024-06-08", False, 1.0), ("2024-06-01", "2024-06-04", True, 4.0),
        ("2024-06-10", "2024-06-20", False, 3.0), ("2024-06-21", None, None, None),
        ("2024-06-22", "2024-07-01", False, 1.0), ("2024-07-01", "2024-07-01", False, 1.0),
    ]  # fmt: skip
    rows: dict[str, list[Row]] = {
        "tickets": [
            {"ticket_id": f"t{n}", "customer_id": who, "opened_at": noon(opened),
             "closed_at": closed and noon(closed), "solved": solved, "satisfaction": judged}
            for who in ("c", "never ordered")
            for n, (opened, closed, solved, judged) in enumerate(tickets)
        ],
        "customers": [{"customer_id": who, "created_at": noon("2024-01-01")}
                      for who in ("c", "never ordered", "mute")],
        "orders": [
            order(day, who, day, "1.00")
            for who in ("c", "mute") for day in ("2024-05-01", "2024-06-01", "2024-07-01")
        ],
    }  # fmt: skip
    found = values("service_since_order", made(rows), engine)
    c = found["c"]
    assert (c["ticket_count_since_order"], c["open_ticket_count_since_order"]) == (4, 2)
    assert c["open_ticket_days_since_order"] == 10
    assert (c["bad_ticket_count_since_order"], c["longest_ticket_days_since_order"]) == (1, 10)
    assert c["worst_satisfaction_since_order"] == 3
    for who in ("never ordered", "mute"):
        assert set(found[who].values()) == {who, SNAPSHOT, 0, None}
    # The order of 1 July begins anew: one ticket, of its day.
    later = values("service_since_order", made(rows), engine, date(2024, 7, 2))["c"]
    assert (later["ticket_count_since_order"], later["bad_ticket_count_since_order"]) == (1, 1)


def test_answers_since_the_last_order_are_judged_by_the_rate_before_it(engine: Backend) -> None:
    events = {
        "2023-01-10": ("sent", "open"),
        "2024-04-03": ("sent", "sent", "open"),
        # The day of the last order is before it.
        "2024-06-01": ("sent", "open", "click"),
        "2024-06-05": ("sent", "visit"),
        "2024-06-10": ("sent", "open", "login"),
        "2024-06-20": ("sent", "sent", "open", "click"),
        "2024-07-01": ("sent", "open", "click", "visit"),
    }
    rows = {
        "interactions": [
            {"customer_id": "c", "kind": kind, "occurred_at": noon(day)}
            for day, kinds in events.items() for kind in kinds
        ],
        "orders": [
            order(f"{who} {day}", who, day, "1.00")
            for who in ("c", "mute") for day in ("2022-05-01", "2024-06-01", "2024-07-01")
        ],
    }  # fmt: skip
    found = values("since_order", made(rows), engine)
    c = found["c"]
    counts = {each: c[f"{each}_count_since_order"] for each in ("sent", "open", "click", "visit")}
    assert counts == {"sent": 4, "open": 2, "click": 1, "visit": 2}
    # Before: four messages, three of them opened. 3 April is 59 days before 1 June.
    rate = (3 + 1.2) / (4 + 3.2)
    assert c["open_rate_before_order"] == pytest.approx(rate)
    assert c["open_count_since_order_expected"] == pytest.approx(4 * rate)
    assert c["open_rate_since_order_to_own"] == pytest.approx((2 + rate) / (5 * rate))
    at_own_rate = 2 * log(rate) + 2 * log(1 - rate)
    dropped = 2 * log(rate / 5) + 2 * log(1 - rate / 5)
    assert c["open_drop_log_ratio"] == pytest.approx(dropped - at_own_rate)
    assert c["days_from_order_to_open"] == 9
    assert (c["sent_count_60d_before_order"], c["open_count_60d_before_order"]) == (3, 2)
    assert c["open_rate_60d_before_order_to_own"] == pytest.approx((2 + rate) / (4 * rate))
    assert set(found["mute"].values()) == {"mute", SNAPSHOT, 0, None}


def test_messages_opened_again_and_again_are_one_message_opened(engine: Backend) -> None:
    events = {"2024-05-01": ["sent", *["open"] * 9], "2024-06-20": ["sent", *["open"] * 3]}
    rows = {
        "interactions": [
            {"customer_id": "c", "kind": kind, "occurred_at": noon(day)}
            for day, kinds in events.items() for kind in kinds
        ],
        "orders": [order("o1", "c", "2024-06-01", "1.00")],
    }  # fmt: skip
    found = values("since_order", made(rows), engine)["c"]
    assert found["open_rate_before_order"] == pytest.approx(2.2 / 4.2)
    assert found["open_drop_log_ratio"] == pytest.approx(3 * log(0.2))


def test_order_days_are_told_beside_each_other(engine: Backend) -> None:
    bought = [
        order("o1", "c", "2024-01-01", "10.00"),
        order("o2", "c", "2024-02-01", "60.00", discount=Decimal("20.00")),
        order("o3", "c", "2024-06-01", "12.00"),
        order("o4", "c", "2024-06-01", "6.00", discount=Decimal("2.00")),
        order("o5", "c", "2024-07-01", "999.00"),
    ]
    c = values("order_value", made({"orders": bought}), engine)["c"]
    assert (c["first_order_value"], c["order_value_median"]) == (10, 18)
    assert c["largest_order_share"] == pytest.approx(60 / 88)
    assert c["last_order_value_to_mean"] == pytest.approx(18 / (88 / 3))
    assert c["last_order_discount_share"] == pytest.approx(2 / 20)
    then = values("order_value", made({"orders": bought[:1]}), engine)["c"]
    assert then["last_order_discount_share"] == 0


def test_silence_on_surveys_is_a_value_and_preferences_expire(engine: Backend) -> None:
    answers = [
        ("nps", "2023-01-01", 9.0), ("nps", "2023-06-01", 5.0), ("preference", "2023-06-01", None)
    ]  # fmt: skip
    rows = {
        "surveys": [
            {"survey_id": f"s{n}", "customer_id": "c", "question": question,
             "answered_at": noon(day), "score": score}
            for n, (question, day, score) in enumerate(answers)
        ],
        "orders": [order("o1", who, "2022-12-01", "1.00") for who in ("c", "mute")],
    }  # fmt: skip
    then = values("voice", made(rows), engine, date(2023, 7, 1))["c"]
    assert (then["nps_last"], then["nps_mean"], then["nps_change"]) == (5, 7, -2)
    assert (then["is_silent_on_nps"], then["preference_count"]) == (0, 1)
    later = values("voice", made(rows), engine)
    assert (later["c"]["is_silent_on_nps"], later["c"]["preference_count"]) == (1, 0)
    assert (later["mute"]["is_silent_on_nps"], later["mute"]["answer_count"]) == (1, 0)


TEXTS = (
    # Two texts of one day count as two, and together they are the last word of that day.
    ("2023-03-01", -0.5), ("2024-02-01", 1.0), ("2024-06-11", 0.5), ("2024-06-11", -1.0),
    # These say nothing: no text, and the day of the snapshot.
    ("2024-06-20", None), ("2024-07-01", -1.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("of", "table", "key", "time"),
    [
        ("ticket", "tickets", "ticket_id", "opened_at"),
        ("survey", "surveys", "survey_id", "answered_at"),
    ],
)
def test_sentiment_is_judged_by_the_own_mean(
    of: str, table: str, key: str, time: str, engine: Backend
) -> None:
    rows = {
        table: [
            {key: f"t{n}", "customer_id": "c", time: noon(day), "sentiment": said}
            for n, (day, said) in enumerate(TEXTS)
        ],
        "orders": [order("o1", who, "2023-01-01", "1.00") for who in ("c", "mute")],
    }
    found = values(f"{of}_sentiment", made(rows), engine)
    c = found["c"]
    assert (c[f"{of}_sentiment_mean"], c[f"{of}_sentiment_last"]) == (0, -0.25)
    assert c[f"{of}_sentiment_change"] == -0.25
    # 1 February is 151 days before 1 July, 11 June 20; 1 March of the year before is 488.
    assert c[f"{of}_sentiment_mean_180d"] == pytest.approx((1.0 + 0.5 - 1.0) / 3)
    assert c[f"{of}_sentiment_min_365d"] == -1
    assert (c[f"negative_{of}_text_count_365d"], c[f"days_since_negative_{of}_text"]) == (1, 20)
    then = values(f"{of}_sentiment", made(rows), engine, date(2024, 3, 1))["c"]
    assert (then[f"{of}_sentiment_mean"], then[f"{of}_sentiment_last"]) == (0.25, 1)
    # 1 March 2023 is 366 days before 1 March 2024.
    assert (then[f"negative_{of}_text_count_365d"], then[f"days_since_negative_{of}_text"]) == (
        0, 366,
    )  # fmt: skip
    assert set(found["mute"].values()) == {"mute", SNAPSHOT, 0, None}


def test_texts_that_were_never_scored_leave_sentiment_unknown(engine: Backend) -> None:
    rows = {
        "tickets": [{"ticket_id": "t1", "customer_id": "c", "opened_at": noon("2024-06-11")}],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }
    found = values("ticket_sentiment", made(rows), engine)["c"]
    assert set(found.values()) == {"c", SNAPSHOT, 0, None}


def test_a_contract_runs_until_the_day_it_ended(engine: Backend) -> None:
    rows = {
        "subscriptions": [
            {"subscription_id": "s1", "customer_id": "c", "started_at": noon("2023-07-02"),
             "ended_at": noon("2024-07-10"), "plan": "S", "price": Decimal("5.00")},
            {"subscription_id": "s2", "customer_id": "c", "started_at": noon("2024-06-01"),
             "plan": "L", "price": Decimal("9.00")},
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }  # fmt: skip
    then = values("contract", made(rows), engine)["c"]
    assert (then["running_contract_count"], then["contract_price"]) == (2, 14)
    assert (then["contract_days"], then["days_to_contract_anniversary"]) == (365, 0)
    assert (then["plan_change_count"], then["days_since_contract_end"]) == (1, None)
    assert then["contract_plan"] == "S"
    later = values("contract", made(rows), engine, date(2024, 7, 20))["c"]
    assert (later["running_contract_count"], later["contract_price"]) == (1, 9)
    assert (later["ended_contract_count"], later["days_since_contract_end"]) == (1, 10)
    assert later["contract_plan"] == "L"


def test_pressure_counts_contacts_and_not_the_holdout(engine: Backend) -> None:
    rows = {
        "contacts": [
            {"campaign_id": "k", "customer_id": "c", "contacted_at": noon(day), "arm": arm}
            for day, arm in (("2024-04-15", "treated"), ("2024-06-21", None),
                             ("2024-06-30", "holdout"))
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }  # fmt: skip
    found = values("pressure", made(rows), engine)["c"]
    assert (found["contact_count_30d"], found["contact_count_90d"]) == (1, 2)
    assert found["days_since_contact"] == 10


def test_redemptions_are_counted(engine: Backend) -> None:
    rows = {
        "interactions": [
            {"customer_id": "c", "kind": kind, "occurred_at": noon("2024-06-21")}
            for kind in ("redeem", "redemption", "visit")
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }
    found = values("loyalty", made(rows), engine)["c"]
    assert (found["redemption_count_90d"], found["days_since_redemption"]) == (2, 10)


def test_points_are_earned_and_redeemed(engine: Backend) -> None:
    rows = {
        "interactions": [
            {"customer_id": "c", "kind": kind, "occurred_at": noon(day), "points": points}
            for kind, day, points in (
                ("earn", "2024-01-03", 120.0), ("earn", "2024-06-01", 40.0),
                ("redeem", "2024-06-11", -100.0), ("visit", "2024-06-21", None),
            )
        ],
        "orders": [order("o1", "c", "2023-01-01", "1.00")],
    }  # fmt: skip
    found = values("loyalty", made(rows), engine)["c"]
    assert (found["points_balance"], found["points_earned_90d"]) == (60, 40)
    assert found["days_since_points"] == 30
    # The first event is 180 days old: 120 points in the 90 days before the last 90.
    assert found["points_earned_90d_usual"] == pytest.approx(120)


def test_a_profile_is_text_and_tenure_begins_with_creation(engine: Backend) -> None:
    who = {"customer_id": "c", "country": "AT", "created_at": noon("2024-06-21")}
    found = values("profile", made({"customers": [who], "orders": []}), engine)["c"]
    assert (found["country"], found["loyalty_tier"], found["tenure_days"]) == ("AT", None, 10)


def test_anniversary_of_the_first_order_comes_round(engine: Backend) -> None:
    rows = {"orders": [order("o1", "c", "2023-07-05", "1.00")]}
    assert values("occasion", made(rows), engine)["c"]["days_to_anniversary"] == 3


@pytest.mark.parametrize("family", FAMILIES)
def test_customer_without_orders_keeps_a_row(
    family: str, tables: dict[str, ir.Table], engine: Backend
) -> None:
    others = {name: canonical(name, []) for name in TABLES if name not in tables}
    found = values(family, {**others, **tables}, engine)
    assert set(found) == {"regular", "once", "never"}
    for feature in FAMILIES[family].features:
        if feature.name != "tenure_days":
            assert found["never"][feature.name] == feature.if_no_events


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_an_expression_that_needs_no_data(family: str) -> None:
    unbound = {name: ibis.table(canonical(name, []).schema(), name=name) for name in TABLES}
    dates = ibis.table({"customer_id": "string", "snapshot_date": "date"}, name="spine")
    rows = build_families([family], dates, unbound)
    types = dict(rows.schema().items())
    for feature in FAMILIES[family].features:
        assert str(types[feature.name]) == ("string" if feature.is_category else "float64")
    assert "snapshot_date" in str(ibis.to_sql(rows, dialect="duckdb"))


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_says_what_it_is_and_what_its_absence_means(name: str) -> None:
    feature = FEATURES[name]
    assert feature.unit
    assert feature.description
    assert feature.absence or family_of(name).absence
    if feature.own_normal:
        assert FEATURES[feature.own_normal].unit in (feature.unit, "money per order")


def test_feature_names_are_unique_over_all_families() -> None:
    names = [feature.name for family in FAMILIES.values() for feature in family.features]
    assert len(names) == len(set(names))


def test_a_family_is_off_where_its_table_is_absent() -> None:
    assert "basket" not in switched_on(["customers", "orders"])
    assert "basket" in switched_on(["customers", "orders", "order_lines"])


def test_joined_families_keep_the_rows_of_the_spine(
    tables: dict[str, ir.Table], engine: Backend
) -> None:
    rows = spine(tables["customers"], tables["orders"], [date(2024, 4, 3), SNAPSHOT])
    joined = join_families(
        [build_families(names, rows, tables) for names in by_stream(switched_on(tables)).values()]
    )
    assert engine.to_pyarrow(joined.count()).as_py() == engine.to_pyarrow(rows.count()).as_py()
    on = switched_on(tables)
    expected = sum(len(FAMILIES[name].features) for name in on) + len(SNAPSHOT_KEY)
    assert len(joined.columns) == expected
