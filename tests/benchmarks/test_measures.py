"""What must be reached, which peer is the best, and how both are told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.measures import Goal, Measure, Row, compare
from benchmarks.quality.small import excess_pct, log_loss
from benchmarks.quality.table import Part, keep, lines
from benchmarks.quality.warning import of_budget

GINI = Measure("Gini", "gini", Goal(low=0.7), 0.65)
RMSE = Measure("RMSE", "rmse", Goal(high=1.7), 1.8)
BIAS = Measure("bias", "bias", Goal(-3, 3), of_the_best_in="rmse", digits=1)


@pytest.mark.parametrize(
    ("goal", "met", "missed"),
    [(Goal(low=0.7), 0.7, 0.6999), (Goal(high=1.7), 1.7, 1.7001), (Goal(-3, 3), -3.0, 3.1)],
)
def test_bounds_belong_to_the_goal(goal: Goal, met: float, missed: float) -> None:
    assert goal.is_met(met)
    assert not goal.is_met(missed)


def test_the_best_peer_is_the_one_nearest_to_what_is_good() -> None:
    peers = {"a": {"gini": 0.6, "rmse": 1.9}, "b": {"gini": 0.69, "rmse": 2.0}, "c": {}}
    gini, rmse = compare((GINI, RMSE), {"gini": 0.71, "rmse": 1.71}, peers)
    assert (gini.peer, gini.peer_name, gini.verdict) == (0.69, "b", "ok")
    assert (rmse.peer, rmse.peer_name, rmse.verdict) == (1.9, "a", "short")


def test_a_bias_is_told_of_the_peer_that_is_best_otherwise() -> None:
    peers = {"good": {"rmse": 1.8, "bias": -14.0}, "lucky": {"rmse": 2.5, "bias": 0.1}}
    assert compare((RMSE, BIAS), {}, peers)[1].peer == -14.0


def test_without_measured_peers_the_known_figure_stands() -> None:
    [row] = compare((GINI,), {}, {})
    assert row == Row(GINI, None, 0.65, "")
    assert row.verdict == "-"


def test_lines_tell_absent_figures_by_a_dash() -> None:
    rows = [Row(GINI, 0.71239, 0.65, "a"), Row(BIAS, None, None, "")]
    assert lines(Part("made", "made data", rows, note="stopped")) == [
        "| made data | Gini | 0.6500 (a) | 0.7124 | >= 0.7 | ok |",
        "| made data | bias | - | - | -3 to 3 | - |",
        "\nmade data: stopped\n",
    ]


def test_a_part_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    file = tmp_path / "quality.json"
    keep(Part("made", "made data", [Row(GINI, 0.6, None, "")]), file)
    keep(Part("telco", "Telco", []), file)
    keep(Part("made", "made data", [Row(GINI, 0.8, None, "")], {"gini": 0.8}), file)
    kept = json.loads(file.read_text())
    assert list(kept) == ["made", "telco"]
    assert kept["made"]["ours"] == {"gini": 0.8}
    assert [row["verdict"] for row in kept["made"]["rows"]] == ["ok"]


def test_our_loss_is_held_against_the_best_single_model() -> None:
    assert excess_pct({"ours": 0.52, "a": 0.50, "b": 0.9}) == pytest.approx(4.0)
    assert excess_pct({"ours": 0.49, "a": 0.50, "b": 0.9}) == pytest.approx(-2.0)


def test_log_loss_of_a_certain_mistake_is_bounded() -> None:
    assert log_loss(np.array([1.0]), np.array([0.5])) == pytest.approx(0.693147, abs=1e-6)
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(9.21034, abs=1e-5)


def test_results_of_the_warnings_are_parted_by_budget() -> None:
    found = {"0.01|ours": {"found": 0.6}, "0.02|ours": {"found": 0.8}, "0.01|random": {}}
    assert of_budget(found, "0.01") == {"ours": {"found": 0.6}, "random": {}}
