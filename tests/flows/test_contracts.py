"""The whole way of a made company with contracts: trained, judged, scored, looked at."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import mlflow
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from contracts.errors import ModelMissing, UsageError
from contracts.names import tracking_uri
from flows.alerts import alerts
from flows.audit_leakage import audit_leakage
from flows.backtest import backtest
from flows.models import read_card
from flows.retention import retention
from flows.stages import Stage, run_stage
from flows.summary import Summary
from stammkunde.audit_report import leakage_report
from tests.made_contracts import write_company
from training.registered import Registered

SETTINGS = """\
[project]
name = "made company"
currency = "EUR"
[sources.orders]
path = "orders.csv"
columns = { customer_id = "customer", ordered_at = "date", amount = "amount" }
[sources.subscriptions]
path = "subscriptions.csv"
columns = { subscription_id = "id", customer_id = "customer", started_at = "started", \
ended_at = "ended", end_reason = "reason", plan = "plan", price = "price" }
[sources.tickets]
path = "tickets.csv"
columns = { ticket_id = "id", customer_id = "customer", opened_at = "opened" }
[business]
kind = "contract"
horizon_days = 60
[training]
cutoffs = 3
rounds = 40
bootstrap_rounds = 60
"""
AS_OF = date(2024, 8, 20)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder, customers=600, days=600)
    (folder / "stammkunde.toml").write_text(SETTINGS)
    return folder / "stammkunde.toml"


@pytest.fixture(scope="module")
def run(prefect_server: None, company: Path) -> Summary:
    return retention(str(company), as_of=AS_OF)


def test_the_model_of_contracts_is_good_enough_to_score(run: Summary) -> None:
    churn, clv = run.models
    assert "is of grade A" in churn.decided or "is of grade B" in churn.decided
    assert churn.decided.endswith("churn/1 scores")
    assert churn.judgement.metrics["voluntary_auc"] > 0.8
    assert churn.lost_after_days is None
    assert clv.lost_after_days is not None
    assert "contract running, its end not known" in run.to_markdown()


def test_both_causes_are_stated_of_whose_contract_runs(run: Summary, company: Path) -> None:
    scores = pq.read_table(company.parent / "outbox/current/scores.parquet")
    assert scores.num_rows == 600
    stages = set(scores["lifecycle_stage"].to_pylist())
    assert {"new", "active", "at_risk", "lost"} <= stages
    is_lost = pc.equal(scores["lifecycle_stage"], "lost")
    runs, lost = scores.filter(pc.invert(is_lost)), scores.filter(is_lost)
    assert run.stages["lost"] == lost.num_rows > 100
    assert lost["churn_probability"].null_count == lost.num_rows
    assert lost["churn_percentile"].null_count == lost.num_rows
    parts = [runs[f"churn_{cause}_probability"] for cause in ("voluntary", "payment")]
    assert pc.all(pc.less_equal(pc.max_element_wise(*parts), runs["churn_probability"])).as_py()
    whole = pc.add(*parts)
    assert pc.max(pc.abs(pc.subtract(whole, runs["churn_probability"]))).as_py() < 1e-12
    assert pc.min(parts[1]).as_py() > 0
    assert pc.max(runs["churn_probability"]).as_py() < 1


def test_customers_are_held_against_those_of_the_fit(run: Summary, company: Path) -> None:
    """They are the same here: as of the day of the fit nothing can have moved."""
    drift = json.loads((run.folder / "manifest.json").read_text())["drift"]
    assert drift["told"] == []
    assert set(drift["models"]) == {"churn", "clv"}
    churn = Registered.find(company.parent / "mlruns", "churn", "1").load()
    assert churn.population is not None
    running = sum(run.stages.values()) - run.stages["lost"]
    assert churn.population.distributions["score"].customers == running
    assert "came back" not in read_card(str(run.project_file), "churn", "1")


def test_who_is_at_risk_is_told_why(run: Summary, company: Path) -> None:
    scores = pq.read_table(company.parent / "outbox/current/scores.parquet")
    at_risk = scores.filter(pc.equal(scores["lifecycle_stage"], "at_risk"))
    assert at_risk["reason_1_code"].null_count < at_risk.num_rows / 10
    assert "tickets" in at_risk["reason_1_code"].to_pylist()


def test_metrics_of_each_cause_are_logged(run: Summary, company: Path) -> None:
    mlflow.set_tracking_uri(tracking_uri(company.parent / "mlruns"))
    runs = mlflow.search_runs(
        experiment_names=["made company"], output_format="list",
        filter_string="tags.model = 'churn' and tags.family = 'model'",
    )  # fmt: skip
    metrics = runs[0].data.metrics
    for cause in ("voluntary", "payment"):
        for end in ("", ".low", ".high"):
            assert f"holdout.{cause}_auc{end}" in metrics
    assert "holdout.empc" in metrics
    assert "lost_after_days" not in runs[0].data.params


def test_served_model_states_both_causes(run: Summary, company: Path) -> None:
    mlflow.set_tracking_uri(tracking_uri(company.parent / "mlruns"))
    served = mlflow.pyfunc.load_model("models:/churn/1")
    assert [each.name for each in served.metadata.get_output_schema()] == [
        "churn", "voluntary", "payment",
    ]  # fmt: skip


def test_the_card_speaks_of_contracts(run: Summary, company: Path) -> None:
    card = read_card(str(company), "churn", "1")
    assert "every customer whose contract runs" in card
    assert "left their contract" in card
    assert "| AUC, payment failures |" in card
    assert "order history" not in card
    assert "would have stayed anyway" in card
    assert "None" not in card


def test_the_same_training_again_finds_what_it_left(run: Summary, company: Path) -> None:
    assert run_stage(Stage.TRAIN, str(company), as_of=AS_OF, known_at=None) == [
        model.decided for model in run.models
    ]


def test_the_audit_finds_no_leak(run: Summary, company: Path) -> None:
    audit = audit_leakage(str(company), as_of=AS_OF)
    churn = next(model for model in audit.models if model.model == "churn")
    assert churn.flagged == ()
    assert churn.shuffled.leaks == ()
    assert churn.rows == run.models[0].judgement.rows
    assert "left within 60 days" in "\n".join(leakage_report(audit, top=3))


def test_backtests_judge_both_models(run: Summary, company: Path) -> None:
    found = backtest(str(company), first=date(2024, 4, 1), every_days=60)
    told = {(row.model, row.approach) for row in found.rows}
    assert {("churn", "hybrid"), ("churn", "tickets"), ("clv", "hybrid")} <= told
    metrics = {row.metric for row in found.rows if row.model == "churn"}
    assert {"auc", "voluntary_auc", "payment_auc"} <= metrics


def test_alerts_are_of_shops(company: Path) -> None:
    with pytest.raises(UsageError, match=r"`kind` under \[business\]"):
        alerts(str(company), as_of=AS_OF)


def test_a_champion_of_another_business_does_not_score(run: Summary, company: Path) -> None:
    as_shop = company.with_name("as_shop.toml")
    as_shop.write_text(SETTINGS.replace('kind = "contract"', 'kind = "shop"'))
    with pytest.raises(ModelMissing, match="Train again"):
        run_stage(Stage.SCORE, str(as_shop), as_of=AS_OF, known_at=None)
