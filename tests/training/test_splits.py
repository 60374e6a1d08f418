"""Cutoffs never overlap what they are judged on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import NotEnoughData
from training.splits import split_by_time

AS_OF = date(2024, 7, 1)


@given(
    history=st.integers(1, 1500),
    horizon=st.integers(1, 400),
    cutoffs=st.integers(1, 12),
    step=st.integers(1, 60),
    least=st.integers(1, 90),
)
def test_every_label_is_mature_and_no_horizon_reaches_into_the_holdout(
    history: int, horizon: int, cutoffs: int, step: int, least: int
) -> None:
    first = AS_OF - timedelta(days=history)
    wanted = {"as_of": AS_OF, "first_order_on": first, "horizon_days": horizon}
    limits = {"cutoffs": cutoffs, "step_days": step, "min_history_days": least}
    if history < 2 * horizon + least:
        with pytest.raises(NotEnoughData):
            split_by_time(**wanted, **limits)  # type: ignore[arg-type]
        return
    split = split_by_time(**wanted, **limits)  # type: ignore[arg-type]
    ends = [cutoff + timedelta(days=horizon) for cutoff in split.mature]
    assert max(ends) <= AS_OF
    assert max(ends[:-1]) <= split.holdout
    assert min(split.train) >= first + timedelta(days=least)
    assert list(split.mature) == sorted(set(split.mature))
    assert 1 <= len(split.train) <= cutoffs


def test_too_short_a_history_says_what_is_there_and_what_is_needed() -> None:
    with pytest.raises(NotEnoughData, match=r"needs 210 days of orders before 2024-07-01.*has 100"):
        split_by_time(
            as_of=AS_OF, first_order_on=AS_OF - timedelta(days=100), horizon_days=90, cutoffs=6,
            step_days=30, min_history_days=30,
        )  # fmt: skip
