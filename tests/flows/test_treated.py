"""A training of a shop with campaigns says everywhere how many rows it did without."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import mlflow
import pytest

from contracts.names import tracking_uri
from flows.backtest import backtest
from flows.canonical import canonical_tables
from flows.models import read_card
from flows.train import TrainingRecord, train
from tests.flows.bare import ingest_bare
from tests.flows.conftest import SETTINGS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

AS_OF = date(2024, 10, 25)
MORE = """\
[sources.campaigns]
path = "campaigns.csv"
[sources.contacts]
path = "contacts.csv"
"""


@pytest.fixture(scope="module")
def project(shop: Path) -> Path:
    """Return the shop, half of whose customers a monthly campaign chooses; it skips one in five."""
    days = [AS_OF - timedelta(days=back) for back in range(10, 200, 30)]
    lines = [
        f"m{place},c{number:04},{day},{'holdout' if (number + place) % 5 == 0 else 'treated'}"
        for place, day in enumerate(days)
        for number in range(place % 2, 400, 2)
    ]
    head = "campaign_id,customer_id,contacted_at,arm"
    (shop.parent / "contacts.csv").write_text("\n".join([head, *lines]) + "\n")
    campaigns = [f"m{place},{day}" for place, day in enumerate(days)]
    (shop.parent / "campaigns.csv").write_text("\n".join(["campaign_id,starts_at", *campaigns]))
    shop.write_text(SETTINGS.replace("[business]", f"{MORE}[business]"))
    ingest_bare(str(shop))
    return shop


@pytest.fixture(scope="module")
def trained(prefect_server: None, project: Path) -> TrainingRecord:
    return train(str(project), canonical_tables(str(project), None), AS_OF)


def test_every_model_says_what_it_did_without(trained: TrainingRecord, project: Path) -> None:
    mlflow.set_tracking_uri(tracking_uri(project.parent / "mlruns"))
    for name in ("churn", "clv"):
        model = trained[name]
        facts = model["card"]["treated"]
        assert 0 < facts["weighted"] < facts["excluded"] < facts["rows"] / 2 + facts["weighted"]
        assert 0 < facts["holdout_excluded"] < facts["holdout_rows"]
        run = mlflow.MlflowClient().get_run(model["run_id"])
        assert run.data.metrics["rows_treated_excluded"] == facts["excluded"]
        assert run.data.metrics["rows_control_weighted"] == facts["weighted"]
        assert run.data.tags["treated"] == "weight"
        assert f"{facts['excluded']:,} of {facts['rows']:,} rows left out" in str(
            read_card(str(project), name, model["version"])
        )
    judged = trained["churn"]["judgement"]["rows"]
    assert judged <= facts["holdout_rows"] - facts["holdout_excluded"]


def test_a_backtest_does_without_them_too(
    trained: TrainingRecord, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is judged otherwise is another table."""
    ours = backtest(str(project), first=date(2024, 9, 20), last=date(2024, 9, 20))
    monkeypatch.setenv("STAMMKUNDE_TRAINING__TREATED", "keep")
    naive = backtest(str(project), first=date(2024, 9, 20), last=date(2024, 9, 20))
    assert ours.rows != naive.rows
    assert ours.table != naive.table
