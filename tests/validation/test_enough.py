"""What is lacking for a model, held against what training itself can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import NotEnoughData
from tests.made import canonical, order
from training.settings import TrainingSettings
from training.splits import least_history_days, split_by_time
from validation.enough import History, Needs, check_enough, order_history, what_is_lacking

TRAINING = TrainingSettings()
AS_OF = date(2025, 7, 1)
NEEDS = Needs(
    horizon_days=90,
    history_days=least_history_days(90, TRAINING.min_history_days),
    min_customers=TRAINING.min_customers,
    min_churners=TRAINING.min_churners,
    cutoffs=TRAINING.cutoffs,
)
ENOUGH = History(
    as_of=AS_OF, first_order_on=date(2023, 1, 1), customers=5_000, repeat_customers=2_000
)


def since(days: int) -> History:
    return replace(ENOUGH, first_order_on=AS_OF - timedelta(days=days))


def test_nothing_is_lacking_where_there_is_enough() -> None:
    assert what_is_lacking(ENOUGH, NEEDS) == ()
    check_enough(replace(ENOUGH, churners=20, stayed=20), NEEDS)


@pytest.mark.parametrize("horizon_days", [1, 30, 90, 365])
@pytest.mark.parametrize("min_history_days", [1, 30, 200])
def test_history_is_enough_exactly_where_training_finds_cutoffs(
    horizon_days: int, min_history_days: int
) -> None:
    needs = replace(
        NEEDS, horizon_days=horizon_days,
        history_days=least_history_days(horizon_days, min_history_days),
    )  # fmt: skip
    for days in (needs.history_days - 1, needs.history_days):
        try:
            split_by_time(
                as_of=AS_OF,
                first_order_on=AS_OF - timedelta(days=days),
                horizon_days=horizon_days,
                cutoffs=6,
                step_days=30,
                min_history_days=min_history_days,
            )
            possible = True
        except NotEnoughData:
            possible = False
        assert (what_is_lacking(since(days), needs) == ()) is possible


@pytest.mark.parametrize("days", [135, 180, 270, 300, 360, 2_000])
def test_least_number_of_repeat_customers_leaves_room_for_all_cutoffs(days: int) -> None:
    split = split_by_time(
        as_of=AS_OF, first_order_on=AS_OF - timedelta(days=days), horizon_days=90,
        cutoffs=TRAINING.cutoffs, step_days=TRAINING.cutoff_step_days,
        min_history_days=TRAINING.min_history_days,
    )  # fmt: skip
    for repeat_customers in range(25):
        history = replace(since(days), repeat_customers=repeat_customers)
        if repeat_customers * len(split.judged.cutoffs) >= NEEDS.min_churners:
            assert what_is_lacking(history, NEEDS) == ()


def test_short_history_is_said_in_months_beside_the_horizon() -> None:
    needs = replace(NEEDS, history_days=200)

    (line,) = what_is_lacking(since(160), needs)

    assert line == (
        "- needs 7 months of orders before 2025-07-01, has 5 months (since 2025-01-22), to learn "
        "what follows in 90 days and to judge what was learnt. Deliver older orders, or lower "
        "`min_history_days` under [training] if a weaker model will do."
    )


def test_short_times_are_said_in_days() -> None:
    (line,) = what_is_lacking(since(49), replace(NEEDS, history_days=50))

    assert line.startswith("- needs 50 days of orders before 2025-07-01, has 49 days")


@pytest.mark.parametrize("days", range(180, 210))
def test_what_is_lacking_never_looks_as_if_it_were_there(days: int) -> None:
    (line,) = what_is_lacking(since(days), replace(NEEDS, history_days=210))

    assert "needs 7 months" in line
    assert "has 7 months" not in line


def test_everything_that_is_lacking_is_said_at_once() -> None:
    poor = History(
        as_of=AS_OF, first_order_on=AS_OF - timedelta(days=40), customers=12, repeat_customers=3,
        churners=0, stayed=1,
    )  # fmt: skip

    with pytest.raises(NotEnoughData) as refused:
        check_enough(poor, NEEDS)

    first, *lines = str(refused.value).splitlines()
    assert first == "There is too little to learn from:"
    assert [line.split(".")[0] for line in lines[1:]] == [
        "- needs 100 customers with orders, has 12",
        "- needs 4 customers with orders on two days or more, has 3",
        "- needs 20 churners at the past cutoffs, has 0",
        "- needs 20 customers who stayed at the past cutoffs, has 1",
    ]
    assert "has 1 month (since 2025-05-22)" in lines[0]
    assert "lower `min_customers` under [training]" in lines[1]


def test_history_without_an_order_is_lacking_everything() -> None:
    nothing = History(as_of=AS_OF, first_order_on=None, customers=0, repeat_customers=0)

    first, *people = what_is_lacking(nothing, NEEDS)
    assert "has 0 months (no order)" in first
    assert len(people) == 2


def test_the_history_of_orders_counts_who_came_back_and_nothing_of_the_day_itself(
    engine: Backend,
) -> None:
    orders = canonical(
        "orders",
        [
            order("o1", "c1", "2024-03-02", "1.00"),
            order("o2", "c1", "2024-03-02", "1.00"),
            order("o3", "c2", "2024-01-02", "1.00"),
            order("o4", "c2", "2024-05-02", "1.00"),
            order("o5", "c1", "2024-06-01", "1.00"),
            order("o6", "c3", "2024-06-01", "1.00"),
        ],
    )
    found = order_history(engine.create_table("orders", orders), date(2024, 6, 1))
    assert (found.first_order_on, found.customers, found.repeat_customers) == (
        date(2024, 1, 2), 2, 1,
    )  # fmt: skip
