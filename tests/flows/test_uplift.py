"""What campaigns changed, from delivered files and published scores to lines and CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from contracts.errors import NotEnoughData, UsageError
from features.spine import spine
from flows.canonical import canonical_tables
from flows.panel import label, plan_splits
from flows.project import open_project
from flows.treated import look_for_treated, treatment_of
from flows.uplift import UpliftReport, find_uplift
from segments.destinations.outbox import Publish, publish
from stammkunde.uplift_report import uplift_report, write_uplift
from tests.flows.bare import ingest_bare

START, DAYS, CUSTOMERS = date(2024, 6, 1), 30, 1200
SETTINGS = f"""\
[project]
name = "made shop"
currency = "EUR"
[sources.orders]
path = "orders.csv"
[sources.campaigns]
path = "campaigns.csv"
[sources.contacts]
path = "contacts.csv"
[business]
horizon_days = {DAYS}
"""


def write(folder: Path, name: str, head: str, lines: Sequence[str]) -> None:
    (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project in which `spring` halves leaving, and others cannot tell what they change.

    Risks are right. Of `spring` three in ten are left alone; `mailing` leaves nobody alone, `late`
    began too late to tell, `first` when nothing had been published.
    """
    folder = tmp_path_factory.mktemp("campaigns")
    random = np.random.default_rng(5)
    risk = random.random(CUSTOMERS)
    is_held = random.random(CUSTOMERS) < 0.3
    leaves = random.random(CUSTOMERS) < np.where(is_held, risk, risk / 2)
    contacts, orders = [], []
    for number in range(CUSTOMERS):
        name = f"c{number:04}"
        orders += [f"b{name},{name},2024-01-05,10.00", f"m{name},{name},2024-05-20,10.00"]
        if not leaves[number]:
            day = START + timedelta(days=int(random.integers(0, DAYS)))
            orders.append(f"a{name},{name},{day},10.00")
        contacts.append(f"spring,{name},{START},{'holdout' if is_held[number] else 'treated'}")
        if number < 200:
            contacts += [
                f"mailing,{name},2024-06-05,treated",
                f"late,{name},2024-06-20,{'holdout' if number % 2 else 'treated'}",
                f"first,{name},2024-02-10,{'holdout' if number % 2 else 'treated'}",
            ]
    orders.append("last,c0000,2024-07-09,10.00")
    write(folder, "orders", "order_id,customer_id,ordered_at,amount", orders)
    write(folder, "contacts", "campaign_id,customer_id,contacted_at,arm", contacts)
    write(folder, "campaigns", "campaign_id,name,starts_at", [
        f"spring,Spring offer,{START}", "mailing,Mailing,2024-06-05", "late,Late,2024-06-20",
        "first,First,2024-02-10",
    ])  # fmt: skip
    file = folder / "stammkunde.toml"
    file.write_text(SETTINGS)
    ingest_bare(str(file))
    for as_of, stated in ((date(2024, 5, 28), risk), (date(2024, 6, 2), 1 - risk)):
        scores = pa.table({
            "customer_id": [f"c{number:04}" for number in range(CUSTOMERS)],
            "churn_probability": [None, *stated[1:].tolist()],
        })  # fmt: skip
        nobody = scores.slice(0, 0)
        published = Publish(as_of, "run", scores, {}, contacts=nobody, arms=nobody)
        publish(open_project(file).outbox, published)
    return file


@pytest.fixture(scope="module")
def report(shop: Path) -> UpliftReport:
    return find_uplift(str(shop))


def test_the_difference_between_the_arms_is_told_by_the_risk_of_the_start(
    report: UpliftReport,
) -> None:
    spring = next(each for each in report.campaigns if each.campaign.campaign_id == "spring")
    assert spring.whole is not None
    low, high = spring.whole.interval
    assert low < -0.25 < high < 0
    assert spring.scored_as_of == date(2024, 5, 28)
    assert spring.unscored == 1
    assert len(spring.groups) == 10
    # Where nobody would leave there is nothing to keep.
    riskiest, safest = spring.groups[0].arms, spring.groups[-1].arms
    assert riskiest.holdout_share > 0.8
    assert riskiest.difference == pytest.approx(-0.45, abs=0.15)
    assert abs(safest.difference) < 0.15


def test_campaigns_that_cannot_be_told_of_say_what_is_missing(report: UpliftReport) -> None:
    missing = {each.campaign.campaign_id: each.missing for each in report.campaigns}
    assert missing["spring"] is missing["first"] is None
    assert missing["mailing"] == "nobody was left alone"
    assert "is known on 2024-07-20; orders are known up to 2024-07-10" in str(missing["late"])
    first = next(each for each in report.campaigns if each.campaign.campaign_id == "first")
    assert (first.scored_as_of, first.groups) == (None, ())
    assert first.whole is not None


def test_report_states_figures_and_promises_nothing(report: UpliftReport, tmp_path: Path) -> None:
    lines = uplift_report(report)
    text = "\n".join(lines)
    assert lines[0] == "as of 2024-07-10; left: no order in the 30 days from the contact on"
    assert "campaign spring (Spring offer), begun on 2024-06-01: " in text
    assert "risk as published as of 2024-05-28; on average 0." in text
    assert "by risk nothing can be told: no scores had been published when it began" in text
    assert "nothing to tell: nobody was left alone" in text
    assert "Risk is not uplift" in lines[-1]
    assert "saved" not in text
    write_uplift(report, tmp_path / "uplift.csv")
    with (tmp_path / "uplift.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["campaign_id"] for row in rows] == ["first", *["spring"] * 11]
    whole = rows[1]
    assert int(whole["contacted"]) + int(whole["left_alone"]) == CUSTOMERS
    assert float(whole["low"]) < float(whole["difference"]) < float(whole["high"]) < 0


def test_one_campaign_is_told_of_as_of_a_day(shop: Path) -> None:
    [spring] = find_uplift(str(shop), campaign="spring", as_of=date(2024, 7, 1)).campaigns
    assert spring.whole is not None
    [early] = find_uplift(str(shop), campaign="spring", as_of=date(2024, 6, 30)).campaigns
    assert "is known on 2024-07-01" in str(early.missing)


def test_what_is_not_there_is_refused_with_a_remedy(shop: Path) -> None:
    with pytest.raises(UsageError, match=r"No campaign `x` has contacts .* first, spring, mailing"):
        find_uplift(str(shop), campaign="x")
    with pytest.raises(NotEnoughData, match=r"mailing: 200 contacted, 0 left alone.*one in ten"):
        find_uplift(str(shop), campaign="mailing")


def test_without_a_treatment_log_the_remedy_is_told(tmp_path: Path) -> None:
    write(tmp_path, "orders", "order_id,customer_id,ordered_at,amount", ["o1,c1,2024-01-05,1.00"])
    (tmp_path / "stammkunde.toml").write_text(SETTINGS.split("[sources.campaigns]", maxsplit=1)[0])
    ingest_bare(str(tmp_path / "stammkunde.toml"))
    with pytest.raises(NotEnoughData, match="No table `contacts` has come"):
        find_uplift(str(tmp_path / "stammkunde.toml"))


def test_training_looks_for_the_treated_where_there_is_a_log_and_it_shall(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, as_of = str(shop), date(2024, 7, 10)
    tables = canonical_tables.fn(file, None)
    splits = plan_splits.fn(file, tables["orders"], as_of, None)
    with open_project(file).open_lake() as lake:
        people, orders = lake.table(tables["customers"]), lake.table(tables["orders"])
        ref = lake.write("spine", "s1", spine(people, orders, splits["churn"].dates))
    labels = label.fn(file, orders=tables["orders"], spine_ref=ref, splits=splits, known_at=None)
    found = look_for_treated.fn(file, labels, tables["contacts"], None)
    assert found is not None
    with open_project(file).open_lake() as lake:
        kept = lake.table(found)
        [counted] = (
            kept.aggregate(treated=kept.is_treated.sum(), most=kept.weight.max())
            .to_pyarrow()
            .to_pylist()
        )
    assert counted["treated"] > CUSTOMERS / 2
    assert counted["most"] > 3
    without = {name: each for name, each in tables.items() if name != "contacts"}
    assert treatment_of(file, without, labels, None) is None
    monkeypatch.setenv("STAMMKUNDE_TRAINING__TREATED", "keep")
    assert treatment_of(file, tables, labels, None) is None
