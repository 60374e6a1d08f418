"""Budgets of alerts, and who is told of."""

from __future__ import annotations

import numpy as np
import pytest

from contracts.errors import UsageError
from forecasting.alerts import Budget, choose, rank_score


@pytest.mark.parametrize(
    ("text", "watched", "alerts"),
    [("1%", 1250, 12), ("0.5 %", 1000, 5), ("250", 1000, 250), ("250", 100, 100), ("100%", 7, 7)],
)
def test_budget_is_a_share_of_the_watched_or_a_count(text: str, watched: int, alerts: int) -> None:
    assert Budget.parse(text).of(watched) == alerts


@pytest.mark.parametrize("text", ["", "0", "0%", "-1", "101%", "1.5", "many", "1%%"])
def test_what_is_no_budget_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="`1%`"):
        Budget.parse(text)


def test_highest_scores_are_told_of_but_nobody_who_is_flagged() -> None:
    score = np.array([0.1, 0.9, 0.5, 0.5, 0.8])
    flagged = np.array([False, True, False, False, False])
    assert choose(score, flagged, 3).tolist() == [4, 2, 3]
    assert choose(score, np.ones(5, np.bool_), 3).tolist() == []


def test_lead_exponent_prefers_those_who_can_still_be_reached() -> None:
    p_left, silent = np.array([0.9, 0.8]), np.array([85.0, 20.0])
    by_chance = rank_score(p_left, silent, until=90, lead_exponent=0.0)
    by_lead = rank_score(p_left, silent, until=90, lead_exponent=0.5)
    assert by_chance.tolist() == p_left.tolist()
    assert by_lead[1] > by_lead[0]
    assert by_lead[0] == pytest.approx(0.9 * 5**0.5)
