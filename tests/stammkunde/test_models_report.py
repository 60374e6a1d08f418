"""What people read of versions, decisions, and who was champion when."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flows.models import History
from stammkunde.models_report import (
    champion_report,
    history_report,
    leaderboard_report,
    promotion_report,
    version_list,
)
from training.leaderboard import Leaderboard, Place
from training.ledger import Decision, Entry, Outcome
from training.versions import Version

FIRST = Decision(
    version="1", run_id="a", outcome=Outcome.CHAMPION, champion_before=None, champion_after="1",
    approver="rule", reason="the first of grade A or B", grade="A", as_of="2026-11-01",
    holdout="2026-10-01",
)  # fmt: skip
WAITS = Decision(
    version="2", run_id="b", outcome=Outcome.CHALLENGER, champion_before="1", champion_after="1",
    approver="rule", reason="not clearly above champion 1", grade="B", as_of="2026-11-01",
    holdout="2026-10-01", compared_with="1", difference=(-0.01, 0.02),
)  # fmt: skip
FORCED = Decision(
    version="3", run_id="c", outcome=Outcome.CHAMPION, champion_before="1", champion_after="3",
    approver="C. Example", reason="a trial", grade="C", as_of="2026-11-01", holdout="2026-10-01",
    forced=True,
)  # fmt: skip
HISTORY = History(
    "churn",
    tuple(
        Entry(number, datetime(2026, 11, day, 8, 30, tzinfo=UTC), decision)
        for number, day, decision in ((1, 2, FIRST), (2, 3, WAITS), (3, 9, FORCED))
    ),
    champion="3",
)


def test_the_history_says_when_who_why_and_how_often_the_holdout_decided() -> None:
    lines = history_report([HISTORY])
    assert lines[0] == "model churn: champion 3"
    _, first, waits, forced = lines[2:6]
    assert "2026-11-02 08:30" in first
    assert "-0.010 to +0.020" in waits
    assert "once" in waits
    assert "champion (forced)" in forced
    assert "C. Example" in forced


def test_an_alias_moved_in_mlflow_is_told() -> None:
    moved = History("churn", HISTORY.entries, champion="2")
    assert "the alias was moved in MLflow since; the next decision enters that" in history_report(
        [moved]
    )
    assert not any("moved in MLflow" in line for line in history_report([HISTORY]))


def test_who_was_champion_on_a_day() -> None:
    assert champion_report([HISTORY], date(2026, 11, 8)) == [
        "churn: version 1 was champion at the end of 2026-11-08 (UTC), since 2026-11-02 08:30, "
        "approved by rule: the first of grade A or B"
    ]
    assert "version 3 was champion" in champion_report([HISTORY], date(2026, 11, 9))[0]
    assert champion_report([HISTORY], date(2026, 11, 1)) == [
        "churn: no version was champion at the end of 2026-11-01 (UTC)"
    ]


def test_without_a_model_the_remedy_is_to_train() -> None:
    for told in (version_list([]), history_report([]), champion_report([], date(2026, 11, 1))):
        assert told == ["Nothing is registered yet. Train first: stammkunde train."]


def test_versions_are_listed_with_grade_alias_and_metric() -> None:
    tags = {"grade": "B", "grade_reason": "not clearly above", "as_of": "2026-11-01"}
    listed = version_list(
        [Version("churn", "2", "b", ("challenger",), tags, "auc", 0.75, (0.7, 0.8))]
    )
    assert listed[1].split()[:4] == ["churn/2", "challenger", "B", "2026-11-01"]
    assert "0.700 to 0.800" in listed[1]


def test_a_promotion_says_what_it_changed() -> None:
    assert promotion_report("churn", HISTORY.entries[2])[0] == (
        "churn/3 is champion, approved by C. Example; before it was churn/1"
    )


def test_the_leaderboard_names_the_best_first_and_grades_what_is_registered() -> None:
    places = (
        Place("churn", "hybrid", 0.5, (0.4, 0.6), "A"),
        Place("churn", "rule: recency", 0.25, None, None),
    )
    board = Leaderboard("train 2026-11-01", "r1", {"churn": "auc", "clv": "gini"},
                        {"churn": "2026-10-01"}, places)  # fmt: skip
    lines = leaderboard_report(board)
    assert lines[0] == "train 2026-11-01 (MLflow run r1)"
    assert lines[2] == "model churn, judged on 2026-10-01"
    assert lines[4].split() == ["approach", "auc", "90", "%", "interval", "grade"]
    assert lines[5].split() == ["hybrid", "0.500", "0.400", "to", "0.600", "A"]
    assert lines[6].split() == ["rule:", "recency", "0.250"]
    assert len(lines) == 7
    assert leaderboard_report(None)[0].startswith("Nothing is registered")
