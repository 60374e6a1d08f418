"""Weekly alerts on a made shop: within the budget, nobody twice, reproducible, no look ahead."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import mlflow
import pytest

from contracts.errors import UsageError
from contracts.names import tracking_uri
from flows.alerts import Alerts, alerts
from flows.canonical import canonical_tables
from flows.stages import Stage, run_stage
from flows.train import train
from flows.weekly_scores import weekly_scores
from stammkunde.alert_report import alert_report
from tests.flows.conftest import SETTINGS
from tests.made import write_shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

FIRST = date(2024, 1, 1)
# A Monday in the four weeks that share one model.
AS_OF = date(2024, 10, 14)
MORE = """\
[warning]
silent_days = 40
rounds = 20
min_child_weight = 5
budget_share = 0.05
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warned")
    write_shop(folder / "orders.csv", customers=300, days=300, first=FIRST)
    (folder / "stammkunde.toml").write_text(SETTINGS + MORE)
    return folder / "stammkunde.toml"


@pytest.fixture(scope="module")
def first(prefect_server: None, project: Path) -> Alerts:
    return alerts(str(project), as_of=AS_OF, budget="5%")


@pytest.fixture(scope="module")
def second(first: Alerts, project: Path) -> Alerts:
    return alerts(str(project), as_of=AS_OF + timedelta(days=7), budget="8")


def _rows(told: Alerts) -> list[dict[str, str]]:
    with Path(told.folder, "alerts.csv").open() as file:
        return list(csv.DictReader(file))


def test_list_keeps_the_budget_and_names_the_surest_first(first: Alerts, second: Alerts) -> None:
    rows = _rows(first)
    assert first.told == len(rows) == round(0.05 * first.watched) > 0
    assert second.told == 8
    chances = [float(row["left_probability"]) for row in rows]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < int(row["days_since_last_order"]) <= 40 for row in rows)
    assert all(
        AS_OF - date.fromisoformat(row["last_order_on"])
        == timedelta(days=int(row["days_since_last_order"]))
        for row in rows
    )


def test_nobody_is_told_of_twice_before_the_next_order(first: Alerts, second: Alerts) -> None:
    told = {(row["customer_id"], row["last_order_on"]) for row in _rows(first)}
    again = {(row["customer_id"], row["last_order_on"]) for row in _rows(second)}
    assert told.isdisjoint(again)


def test_the_same_day_gives_the_same_list_whatever_came_after(
    first: Alerts, second: Alerts, project: Path
) -> None:
    again = alerts(str(project), as_of=AS_OF, budget="5%")
    assert again == first
    current = project.parent / "outbox" / "alerts" / "current"
    assert current.resolve() == Path(first.folder)
    manifest = json.loads(Path(first.folder, "manifest.json").read_text())
    assert manifest["rows"] == {"alerts.csv": first.told}
    assert manifest["watched"] == first.watched


def test_one_model_serves_the_month_and_its_twin_is_judged(
    first: Alerts, second: Alerts, project: Path
) -> None:
    assert first.model == second.model
    assert "best simple rule" in first.warning_time
    mlflow.set_tracking_uri(tracking_uri(project.parent / "mlruns"))
    runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
    warned = {run.data.tags.get("approach"): run.data.metrics for run in runs}
    assert {"hybrid", "silence", "silence by own rhythm", "BG/NBD"} <= warned.keys()
    assert 0 <= warned["hybrid"]["warning.found.low"] <= warned["hybrid"]["warning.found"]


def test_a_segment_names_nobody_whom_a_list_of_an_earlier_date_named(
    first: Alerts, second: Alerts, project: Path
) -> None:
    day = AS_OF + timedelta(days=8)
    train(str(project), canonical_tables(str(project), None), day)
    [line] = run_stage(Stage.SEGMENT, str(project), as_of=day, known_at=None)
    folder = Path(line.removeprefix("files: "))
    with (folder / "segments" / "early_warning.csv").open() as file:
        named = {row["customer_id"] for row in csv.DictReader(file)}
    again = _rows(alerts(str(project), as_of=day))
    assert {row["customer_id"] for row in again} == named
    silences = {(row["customer_id"], row["last_order_on"]) for row in again}
    earlier = {
        (row["customer_id"], row["last_order_on"]) for row in [*_rows(first), *_rows(second)]
    }
    assert silences
    assert silences.isdisjoint(earlier)
    # The model of all that is known was there: none is fitted for the run.
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["early_warning"]["model"] == first.model.split(",")[0]


def test_later_orders_change_no_list(first: Alerts, project: Path, tmp_path: Path) -> None:
    lines = (project.parent / "orders.csv").read_text().splitlines()
    known = [line for line in lines[1:] if line.split(",")[1] < AS_OF.isoformat()]
    (tmp_path / "orders.csv").write_text("\n".join([lines[0], *known]) + "\n")
    (tmp_path / "stammkunde.toml").write_text(project.read_text())
    told = alerts(str(tmp_path / "stammkunde.toml"), as_of=AS_OF, budget="5%")
    assert _rows(told) == _rows(first)


def test_what_is_no_budget_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="no budget"):
        alerts(str(project), as_of=AS_OF, budget="lots")


def test_weekly_scores_are_of_the_watched_at_each_date(first: Alerts, project: Path) -> None:
    dates = [AS_OF, AS_OF + timedelta(days=7)]
    # Of an untyped result the checker takes another overload of what Prefect declares.
    scored: Any = weekly_scores(str(project), dates)
    assert scored.column_names == ["customer_id", "t", "score"]
    assert sorted(set(scored["t"].to_pylist())) == dates
    assert scored["t"].to_pylist().count(AS_OF) == first.watched


def test_report_says_what_a_person_wants_to_know(first: Alerts) -> None:
    lines = alert_report(first)
    assert lines[0].startswith(f"{first.told} alerts as of 2024-10-14, budget 5% of")
    assert "check consent" in lines[1]
    assert lines[-1] == f"files: {first.folder}"


def test_a_training_shows_how_early_the_model_of_the_month_warns(
    first: Alerts, project: Path
) -> None:
    tables = canonical_tables(str(project), None)
    run_id = train(str(project), tables, AS_OF)["churn"]["run_id"]
    mlflow.set_tracking_uri(tracking_uri(project.parent / "mlruns"))
    client = mlflow.MlflowClient()
    shown = client.get_run(run_id).data.metrics
    [fitted] = client.search_model_versions("name = 'warning'")
    judged = client.get_run(str(fitted.run_id)).data.metrics
    assert judged["warning.found"] == shown["warning.found"]
    assert shown["warning.found.low"] <= shown["warning.found"] <= shown["warning.found.high"]
    assert "plots/warning_time.svg" in {
        each.path for each in client.list_artifacts(run_id, "plots")
    }
