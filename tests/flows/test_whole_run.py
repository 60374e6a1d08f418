"""The whole way on a made shop: what a run leaves, and that bad input leaves it untouched."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import mlflow
import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client

from contracts.errors import AuditFailed, StammkundeError
from contracts.scores import SCORE_COLUMNS
from flows.alerts import alerts
from flows.audit_leakage import audit_leakage
from flows.audit_time_travel import audit_time_travel
from flows.project import open_project
from flows.retention import retention
from flows.stages import Stage, run_stage
from flows.summary import Summary
from segments.published import members_before
from segments.rules import READY_MADE
from stammkunde.audit_report import leakage_report
from tests.lookahead import plant

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

AS_OF = date(2024, 10, 25)


@pytest.fixture(scope="module")
def run(prefect_server: None, shop: Path) -> Summary:
    return retention(str(shop), as_of=AS_OF)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_scorable_customer_is_scored_once(run: Summary, shop: Path) -> None:
    scores = pq.read_table(shop.parent / "outbox/current/scores.parquet")
    assert scores.column_names == list(SCORE_COLUMNS)
    ids = scores["customer_id"].to_pylist()
    assert len(ids) == len(set(ids)) == run.tables["customers"]
    assert sum(run.stages.values()) == len(ids)
    assert set(scores["run_id"].to_pylist()) == {run.run_id}
    chances = [value for value in scores["churn_probability"].to_pylist() if value is not None]
    assert len(chances) == len(ids)
    assert all(0 < chance < 1 for chance in chances)
    for cause in ("voluntary", "payment"):
        assert scores[f"churn_{cause}_probability"].null_count == len(ids)


def test_the_manifest_accounts_for_every_file(run: Summary) -> None:
    manifest = json.loads((run.folder / "manifest.json").read_text())
    found = digests(run.folder)
    found.pop("manifest.json")
    assert manifest["sha256"] == found
    assert manifest["as_of"] == "2024-10-25"
    assert set(manifest["models"]) == {"churn", "clv"}
    assert {"settings_fingerprint", "code_version", "run_id"} <= manifest.keys()
    # Scored on the day of the fit, nobody can have moved.
    assert manifest["drift"]["told"] == []
    assert manifest["drift"]["models"]["clv"]["fitted_with_xgboost"] is None


def test_there_is_a_file_per_segment_and_its_rows_are_counted(run: Summary) -> None:
    assert set(run.segments) == set(READY_MADE)
    seen: set[str] = set()
    for name, customers in run.segments.items():
        with (run.folder / "segments" / f"{name}.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == customers
        assert {row["segment"] for row in rows} <= {name}
        assert seen.isdisjoint(row["customer_id"] for row in rows)
        seen |= {row["customer_id"] for row in rows}
    assert run.segments["lost"] > 0
    assert run.segments["valuable_at_risk"] > 0


def _named(folder: Path, file: str) -> set[str]:
    with (folder / file).open() as rows:
        return {row["customer_id"] for row in csv.DictReader(rows)}


def test_alerts_of_the_day_name_whom_the_segment_names(run: Summary, shop: Path) -> None:
    early = _named(run.folder, "segments/early_warning.csv")
    told = alerts(str(shop), as_of=AS_OF)
    assert early == _named(Path(told.folder), "alerts.csv")
    assert 0 < len(early) == told.told
    assert f"{told.told} of {told.watched} watched customers" in run.early_warning
    assert f"by model {told.model.split(',')[0]}." in run.to_markdown()


def test_the_model_knows_who_left(run: Summary) -> None:
    churn = next(model for model in run.models if model.name == "churn")
    assert churn.judgement.metrics["auc"] > 0.6
    assert churn.holdout == "2024-09-25"


def test_the_same_run_again_changes_nothing(run: Summary, shop: Path) -> None:
    before = digests(shop.parent / "outbox")
    models = digests(shop.parent / "mlruns/artifacts")
    again = retention(str(shop), as_of=AS_OF)
    # Nothing came, so nothing is told of what came.
    expected = tuple(line for line in run.findings if "rows read" not in line)
    assert len(expected) < len(run.findings)
    assert again == replace(run, findings=expected)
    assert digests(shop.parent / "outbox") == before
    assert digests(shop.parent / "mlruns/artifacts") == models


def test_data_docs_are_written(run: Summary) -> None:
    assert (run.data_docs / "index.html").is_file()
    assert any("rules checked" in line for line in run.findings)


def test_the_summary_says_what_a_person_asks(run: Summary) -> None:
    text = run.to_markdown()
    for part in ("best simple rule", "90 % interval", "valuable_at_risk", "revenue in EUR",
                 str(run.folder), "stammkunde ui"):  # fmt: skip
        assert part in text
    assert "There is no table `consents`" in text


def test_the_summary_is_an_artifact_in_prefect(run: Summary) -> None:
    with get_client(sync_client=True) as client:
        kept = client.read_artifacts()
    summaries = [str(each.data) for each in kept if each.key == "retention-summary"]
    assert any(run.run_id in summary for summary in summaries)


def test_single_stages_use_what_the_run_left(run: Summary, shop: Path) -> None:
    stages = {
        stage: run_stage(stage, str(shop), as_of=AS_OF, known_at=None)
        for stage in (Stage.INGEST, Stage.VALIDATE, Stage.FEATURES, Stage.TRAIN, Stage.SCORE)
    }
    assert any(line.startswith("orders: ") for line in stages[Stage.INGEST])
    assert stages[Stage.VALIDATE][-1].endswith("index.html")
    assert {line.split(":")[0] for line in stages[Stage.FEATURES]} == {
        "spine", "order_days", "orders", "profiles",
    }  # fmt: skip
    assert [line.split(" (")[0] for line in stages[Stage.TRAIN]] in (
        [f"churn/1 is of grade {churn}", f"clv/1 is of grade {clv}"]
        for churn in "AB"
        for clv in "AB"
    )
    assert [line.split("; ")[-1] for line in stages[Stage.TRAIN]] == [
        "churn/1 scores",
        "clv/1 scores",
    ]
    assert Path(stages[Stage.SCORE][0].removeprefix("scores: ")).is_dir()
    segmented = run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF, known_at=None)
    assert segmented == [f"files: {run.folder}"]


def test_another_day_is_another_publish_and_the_old_one_stays(run: Summary, shop: Path) -> None:
    before = digests(run.folder)
    outbox = open_project(shop).outbox
    run_stage(Stage.SEGMENT, str(shop), as_of=date(2024, 10, 20), known_at=None)
    assert (outbox / "current").readlink().parts[0] == "2024-10-20"
    assert digests(run.folder) == before
    run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF, known_at=None)
    assert (outbox / "current").readlink().parts[0] == str(AS_OF)
    assert digests(run.folder) == before


def test_a_later_day_says_who_came_and_went_since(run: Summary, shop: Path) -> None:
    later = AS_OF + timedelta(days=4)
    run_stage(Stage.SEGMENT, str(shop), as_of=later, known_at=None)
    outbox = open_project(shop).outbox
    folder, earlier = (outbox / "current").resolve(), members_before(outbox, later)
    facts = json.loads((folder / "manifest.json").read_text())["changes"]
    assert earlier is not None
    before, now = (
        {row["customer_id"]: row["segment"] for row in members.to_pylist()}
        for members in (earlier.members, pq.read_table(folder / "members.parquet"))
    )
    with (folder / "changes.csv").open(newline="") as file:
        changes = {row["customer_id"]: row for row in csv.DictReader(file)}
    assert facts["since"] == str(AS_OF)
    assert changes.keys() == {name for name, now_in in now.items() if before.get(name) != now_in}
    assert {"ordered since", "early warning"} <= {row["why"] for row in changes.values()}
    assert "condition changed" not in facts["why"]
    for name, counts in facts["segments"].items():
        assert counts["entered"] == sum(row["segment"] == name for row in changes.values())
        assert counts["left"] == sum(row["segment_before"] == name for row in changes.values())
        assert counts["stayed"] + counts["entered"] == sum(each == name for each in now.values())
    text = replace(run, changes=facts).to_markdown()
    lost = facts["segments"]["lost"]
    assert f"since {AS_OF} |" in text
    assert f" | +{lost['entered']} -{lost['left']} |" in text


def test_a_day_without_a_list_says_why(
    run: Summary, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAMMKUNDE_WARNING__MIN_ORDER_DAYS", "100")
    [line] = run_stage(Stage.SEGMENT, str(shop), as_of=date(2024, 10, 21), known_at=None)
    folder = Path(line.removeprefix("files: "))
    assert _named(folder, "segments/early_warning.csv") == set()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert "customers with 100 days with orders" in manifest["early_warning"]["none"]


def test_who_was_told_of_is_known_only_of_what_was_published(run: Summary, shop: Path) -> None:
    project, day = open_project(shop), date(2024, 10, 22)
    flags = project.records / "early_warning" / f"{day}.json"
    in_the_way = project.outbox / str(day)
    in_the_way.write_text("no folder")
    with pytest.raises(OSError, match=str(day)):
        run_stage(Stage.SEGMENT, str(shop), as_of=day, known_at=None)
    assert not flags.exists()
    in_the_way.unlink()
    [line] = run_stage(Stage.SEGMENT, str(shop), as_of=day, known_at=None)
    told = {customer for customer, _last in json.loads(flags.read_text())["flags"]}
    assert told == _named(Path(line.removeprefix("files: ")), "segments/early_warning.csv")


def test_the_audits_pass_and_take_what_the_run_stored(run: Summary, shop: Path) -> None:
    before = set((shop.parent / "data/tables").glob("*/*"))
    audit = audit_leakage(str(shop), as_of=AS_OF)
    audit.check()
    audit_time_travel(str(shop), as_of=AS_OF).check()
    assert set((shop.parent / "data/tables").glob("*/*")) == before
    churn = next(model for model in audit.models if model.model == "churn")
    judged = next(model.judgement for model in run.models if model.name == "churn")
    assert (churn.rows, churn.churned_share) == (judged.rows, judged.base)
    assert {each.name for each in churn.features} <= audit.families.keys()
    kept = json.loads(audit.record.read_text())
    assert kept["churn"]["flagged"] == {}
    logged = mlflow.search_runs(
        experiment_names=["made shop"], filter_string="tags.audit = 'leakage'", output_format="list"
    )
    assert [each.data.metrics["churn.flagged_features"] for each in logged] == [0]
    assert logged[0].data.metrics["churn.shuffled.auc"] == pytest.approx(0.5, abs=0.1)
    text = "\n".join(leakage_report(audit, top=3))
    assert f"model churn: {churn.rows} customers at risk on 2024-09-25" in text
    assert text.count(" windows ") + text.count(" rfm ") <= 6


def test_a_feature_that_knows_the_future_fails_both_audits(
    run: Summary, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    few = shop.with_name("few_cutoffs.toml")
    few.write_text(shop.read_text().replace("cutoffs = 2", "cutoffs = 1"))
    leakage = audit_leakage(str(few), as_of=AS_OF)
    with pytest.raises(AuditFailed) as flagged:
        leakage.check()
    assert "`days_to_next_order`, model churn: AUC 1.000 alone" in str(flagged.value)
    assert "order_days_so_far" not in str(flagged.value)
    [first, *_] = [line for line in leakage_report(leakage, top=0) if "next_order" in line]
    assert first.split()[:3] == ["days_to_next_order", "next_order", "1.000"]
    accepted = ("days_to_next_order",)
    replace(leakage, accepted=accepted).check()
    travel = audit_time_travel(str(few))
    assert travel.is_panel
    assert len(travel.dates) == 5
    with pytest.raises(AuditFailed) as differing:
        travel.check()
    [found] = [each for each in travel.families if each.differing_values]
    count = found.differing["days_to_next_order"]
    assert found.differing == {"days_to_next_order": count, "order_days_so_far": 0}
    assert 0 < count <= found.rows
    told = f"`days_to_next_order` of family `next_order`: {count:,} of {found.rows:,} values differ"
    assert told in str(differing.value)
    assert "c0" not in str(differing.value)


@contextmanager
def after(step: str, happens: Callable[[], object]) -> Iterator[None]:
    """Let something happen once a step of the run has ended."""

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if getattr(record, "step", "") == step and getattr(record, "state", "") != "begun":
                happens()

    watch, told = Watch(), logging.getLogger("stammkunde")
    level = told.level
    told.setLevel(logging.INFO)
    told.addHandler(watch)
    try:
        yield
    finally:
        told.removeHandler(watch)
        told.setLevel(level)


def test_who_objected_is_not_scored_and_who_did_not_agree_is_withheld(
    run: Summary, shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_bytes((shop.parent / "orders.csv").read_bytes())
    entries = ["who,purpose,status,at", "c0001,profiling,objected,2024-10-01"]
    entries += [f"c{n:04},marketing,granted,2024-01-01" for n in range(100, 400)]
    entries += [f"c{n:04},marketing,withdrawn,2024-02-01" for n in range(200, 400)]
    ledgers = tmp_path / "consents"
    ledgers.mkdir()
    (ledgers / "1.csv").write_text("\n".join(entries))
    ledger = (
        '\n[sources.consents]\npath = "consents/*.csv"\n'
        'columns = { customer_id = "who", changed_at = "at" }\n'
    )
    file = tmp_path / "stammkunde.toml"
    file.write_text(shop.read_text() + ledger)
    said = ["who,purpose,status,at"]
    said += [f"c{n:04},marketing,objected,2024-10-20" for n in range(100, 150)]
    with after("score customers", lambda: (ledgers / "2.csv").write_text("\n".join(said))):
        summary = retention(str(file), as_of=AS_OF)
    scored = pq.read_table(summary.folder / "scores.parquet")["customer_id"].to_pylist()
    assert len(scored) == 399
    assert "c0001" not in scored
    named = [
        row["customer_id"]
        for path in (summary.folder / "segments").iterdir()
        for row in csv.DictReader(path.read_text().splitlines())
    ]
    assert named
    assert {name for name in named if not "c0150" <= name <= "c0199"} == set()
    assert "c0100" in scored
    assert summary.withheld["objected"] > 0
    assert summary.withheld["no consent known"] > 0
    assert summary.withheld["withdrawn"] > 0
    assert f"{sum(summary.withheld.values()):,} customers withheld" in summary.to_markdown()


Break = Callable[[Path], None]


def _write(name: str, text: str) -> Break:
    def write(folder: Path) -> None:
        (folder / name).write_text(text)

    return write


def _edit_settings(old: str, new: str) -> Break:
    def edit(folder: Path) -> None:
        file = folder / "stammkunde.toml"
        file.write_text(file.read_text().replace(old, new))

    return edit


def _one_customer(folder: Path) -> None:
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + 10 * n) for n in range(30)]
    lines = [f"c1,{day},5.00" for day in days]
    (folder / "orders.csv").write_text("\n".join(["customer,date,amount", *lines]))


def _keep_all(folder: Path) -> None:
    """Leave the input as it is: the date of the run is what is wrong."""


def _spoil_dates(folder: Path) -> None:
    lines = (folder / "orders.csv").read_text().splitlines()
    spoiled = [line.replace("2024-", "2024-99-", 1) for line in lines[5:400]]
    (folder / "orders.csv").write_text("\n".join([*lines[:5], *spoiled, *lines[400:]]))


def _with_a_nul(folder: Path) -> None:
    text = (folder / "orders.csv").read_text().replace("\nc0", "\nc\0", 1)
    (folder / "orders.csv").write_text(text)


def _nobody_leaves(folder: Path) -> None:
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + 10 * n) for n in range(30)]
    lines = [f"c{n},{day},5.00" for n in range(150) for day in days]
    (folder / "orders.csv").write_text("\n".join(["customer,date,amount", *lines]))


@pytest.mark.parametrize(
    ("spoil", "as_of", "exit_code", "told"),
    [
        (lambda folder: (folder / "orders.csv").unlink(), AS_OF, 2,
         "No file matches `orders.csv`, the source of table `orders`"),
        (_edit_settings('"amount" }', '"total" }'), AS_OF, 2,
         r"Table `orders`: `orders.csv` lacks column `total`. It has: customer, date, amount"),
        (_spoil_dates, AS_OF, 1, r"rows are rejected; at most 2 % may be"),
        (_write("orders.csv", "customer,date,amount\n"), AS_OF, 2, "no order before"),
        (_write("orders.csv", "customer,date,amount\n"), None, 1, "has no order yet"),
        (_with_a_nul, AS_OF, 1, "Table `orders`: `orders.csv` cannot be read: line 2"),
        (_one_customer, AS_OF, 1,
         "needs 100 customers with orders"),
        (_nobody_leaves, date(2024, 10, 25), 1, "needs 20 churners"),
        (_keep_all, date(2023, 1, 1), 2, "no order before 2023-01-01"),
        (_keep_all, date(2026, 1, 1), 2, "stale feed"),
        (_keep_all, date(2024, 2, 1), 1, "needs 3 months of orders before 2024-02-01, has 1 month"),
    ],
    ids=["missing file", "missing column", "unparsable dates", "empty table",
         "empty table, no date", "NUL byte", "one customer", "no churner", "before the data",
         "after the data", "short history"],
)  # fmt: skip
def test_bad_input_is_named_and_leaves_the_last_publish(
    spoil: Break,
    as_of: date | None,
    exit_code: int,
    told: str,
    run: Summary,
    shop: Path,
    tmp_path: Path,
) -> None:
    for name in ("orders.csv", "stammkunde.toml"):
        (tmp_path / name).write_bytes((shop.parent / name).read_bytes())
    published = tmp_path / "outbox" / "2024-01-01" / "earlier"
    published.mkdir(parents=True)
    (published / "manifest.json").write_text("{}")
    (tmp_path / "outbox" / "current").symlink_to("2024-01-01/earlier")
    spoil(tmp_path)
    with pytest.raises(StammkundeError, match=told) as stopped:
        retention(str(tmp_path / "stammkunde.toml"), as_of=as_of)
    assert stopped.value.exit_code == exit_code
    assert [path.name for path in (tmp_path / "outbox").iterdir()] in (
        ["current", "2024-01-01"], ["2024-01-01", "current"],
    )  # fmt: skip
    assert (tmp_path / "outbox" / "current").readlink() == Path("2024-01-01/earlier")


def test_a_failing_rule_stops_the_run(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "id,customer,date,amount\n1,c1,2024-01-01,5\n1,c2,2024-01-02,5\n2,,2024-01-03,6\n"
    )
    settings = shop.read_text().replace("columns = {", 'columns = { order_id = "id",')
    (tmp_path / "stammkunde.toml").write_text(settings)
    with pytest.raises(StammkundeError) as stopped:
        retention(str(tmp_path / "stammkunde.toml"), as_of=date(2024, 1, 5))
    told = str(stopped.value)
    assert stopped.value.exit_code == 1
    assert "2 of 3 rows are rejected; at most 2 % may be" in told
    assert "table `orders`, column `order_id`: 1 of 3 rows" in told
    assert "table `orders`, column `customer_id`: 1 of 3 rows" in told
    assert not (tmp_path / "outbox").exists()


def test_cdnow_gives_a_score_for_every_customer(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "cdnow" / "cdnow_sample_2357.csv.gz"
    (tmp_path / "stammkunde.toml").write_text(
        f"""
        [project]
        name = "cdnow"
        currency = "USD"
        [sources.orders]
        path = "{source}"
        columns = {{ customer_id = "customer_id", ordered_at = "date", amount = "amount" }}
        [business]
        kind = "shop"
        horizon_days = 90
        [training]
        rounds = 40
        cutoffs = 2
        bootstrap_rounds = 40
        """
    )
    summary = retention(str(tmp_path / "stammkunde.toml"), as_of=date(1997, 10, 1))
    scores = pq.read_table(summary.folder / "scores.parquet")
    assert scores.num_rows == 2_357
    assert scores["churn_probability"].null_count == 0
    churn = next(model for model in summary.models if model.name == "churn")
    assert churn.judgement.intervals["average_precision"][0] > churn.judgement.base
