"""The command line as a person meets it, in processes of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.made import write_shop

COMMANDS = (
    "run", "init", "ingest", "validate", "features", "train", "score", "segment", "ui",
    "audit leakage", "audit time-travel", "uplift", "power",
)  # fmt: skip
COMMANDS_WITHOUT_PROJECT = ("profile", "presets", "check-file", "simulate")


def stammkunde(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder`, with an environment that sets nothing of ours."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT", "MLFLOW", "STAMMKUNDE", "OMP"))
    }
    return subprocess.run(
        [sys.executable, "-m", "stammkunde", *arguments],
        cwd=folder, env=clean, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = stammkunde("--help", folder=tmp_path)
    assert shown.returncode == 0
    for command in COMMANDS + COMMANDS_WITHOUT_PROJECT:
        assert f"\n  {command.split()[0]} " in shown.stdout


@pytest.mark.parametrize("command", COMMANDS + COMMANDS_WITHOUT_PROJECT)
def test_every_option_of_a_command_is_described(command: str, tmp_path: Path) -> None:
    shown = stammkunde(*command.split(), "--help", folder=tmp_path).stdout
    options = [line for line in shown.splitlines() if line.lstrip().startswith("-")]
    assert any("--config" in line for line in options) == (command in COMMANDS)
    for line in options:
        assert len(line.split("  ")) > 2, f"{command}: {line}"


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    look = (
        "import sys; sys.argv = ['stammkunde', '--help']\n"
        "from stammkunde.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'mlflow', 'xgboost', 'great_expectations', 'pandas', 'ibis',"
        " 'duckdb', 'sklearn', 'pydantic', 'pyarrow', 'numpy'}\n"
        "sys.exit(str(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_init_writes_settings_once(tmp_path: Path) -> None:
    first = stammkunde("init", folder=tmp_path)
    assert first.returncode == 0
    assert "stammkunde.toml is written" in first.stdout
    written = (tmp_path / "stammkunde.toml").read_text()
    again = stammkunde("init", folder=tmp_path)
    assert again.returncode == 2
    assert "exists and stays as it is" in again.stderr
    assert (tmp_path / "stammkunde.toml").read_text() == written


def test_settings_are_drafted_from_files(tmp_path: Path) -> None:
    write_shop(tmp_path / "orders.csv", customers=20, days=60, first=date(2024, 1, 1))
    done = stammkunde("init", "--from", "orders.csv", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "orders.csv: looks like orders; " in done.stdout
    assert "stammkunde.toml is written; check what says `unsure` there" in done.stdout
    written = (tmp_path / "stammkunde.toml").read_text()
    assert '[sources.orders]\npath = "orders.csv"' in written
    again = stammkunde("init", "--from", "orders.csv", folder=tmp_path)
    assert again.returncode == 2
    assert "exists and stays as it is" in again.stderr
    assert (tmp_path / "stammkunde.toml").read_text() == written


def test_a_file_is_profiled_without_a_project(tmp_path: Path) -> None:
    write_shop(tmp_path / "orders.csv", customers=20, days=60, first=date(2024, 1, 1))
    done = stammkunde("profile", "orders.csv", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("orders.csv: CSV, utf-8")
    assert "\nlooks like orders; " in done.stdout
    assert "\ncustomer  text " in done.stdout
    assert "\x1b[" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_presets_are_listed_with_their_table(tmp_path: Path) -> None:
    done = stammkunde("presets", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "\nshopify_orders                 orders       Shopify, export of orders\n" in done.stdout
    )
    assert "\ndatev_customers " in done.stdout


@pytest.mark.parametrize(
    ("settings", "arguments", "told"),
    [
        (None, ["run"], "There is no settings file"),
        ("[project]\nname = 'x'\n", ["run"], "`project.currency` is missing"),
        ("[projekt]\n", ["train"], "did you mean `project`?"),
        (None, ["run", "--as-of", "yesterday"], "Invalid value for '--as-of'"),
        (None, ["run", "--horizon", "3"], "No such option"),
        (None, ["fly"], "No such command"),
        (None, ["audit", "leakage"], "There is no settings file"),
        (None, ["uplift"], "There is no settings file"),
        (None, ["power"], "There is no settings file"),
        (None, ["power", "--lift", "1.5"], "--lift must be more than 0 and less than 1; it is 1.5"),
        (None, ["audit", "leakage", "--accept", "gap_medium"], "Did you mean gap_median"),
        (None, ["models", "list"], "There is no settings file"),
        (None, ["models", "promote", "churn", "1"], "Missing option '--approver'"),
        (None, ["models", "promote", "churn", "one", "--approver", "me"], "valid integer"),
        (None, ["models", "history", "--on", "today"], "Invalid value for '--on'"),
        (None, ["profile"], "Missing argument 'FILE'"),
        (None, ["profile", "gone.csv"], "There is no file gone.csv"),
        (None, ["check-file", "gone.csv"], "Missing option '--vendor'"),
        (None, ["check-file", "gone.csv", "--vendor", "meta"], "There is no file gone.csv"),
        (None, ["check-file", "gone.csv", "--vendor", "excel"], "Known are klaviyo, hubspot"),
        (None, ["init", "--from", "gone.csv"], "There is no file gone.csv"),
        (None, ["simulate"], "Missing argument 'FOLDER'"),
        ("[x]", ["simulate", "."], "holds files and stays as it is"),
        (None, ["simulate", "made", "--customers", "5"], "5 customers cannot be simulated"),
        (None, ["simulate", "made", "--start", "2200-01-01"], "Name an earlier --start"),
    ],
)
def test_wrong_use_ends_with_2_and_no_trace(
    settings: str | None, arguments: list[str], told: str, tmp_path: Path
) -> None:
    if settings is not None:
        (tmp_path / "stammkunde.toml").write_text(settings)
    done = stammkunde(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_features_are_listed_and_described_without_a_project(tmp_path: Path) -> None:
    listed = stammkunde("features", "list", folder=tmp_path).stdout.splitlines()
    assert listed[0].split() == ["family", "feature", "unit", "meaning"]
    assert any(line.split()[:2] == ["rhythm", "gap_median"] for line in listed)
    told = stammkunde("features", "describe", "gap_last", folder=tmp_path).stdout
    assert "own normal  gap_median" in told
    assert "absence     not known: no second order day yet" in told
    wrong = stammkunde("features", "describe", "gap_medium", folder=tmp_path)
    assert wrong.returncode == 2
    assert "Did you mean gap_median" in wrong.stderr


@pytest.mark.parametrize("module", ["forecasting.trees", "training.boosting", "scoring.forecasts"])
def test_openmp_is_told_to_wait_passively_before_xgboost_loads(module: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    look = (
        "import os, builtins\n"
        "load = builtins.__import__\n"
        "def watch(name, *rest, **more):\n"
        "    if name == 'xgboost' and os.environ.get('OMP_WAIT_POLICY') != 'PASSIVE':\n"
        "        raise SystemExit('xgboost loads too soon')\n"
        "    return load(name, *rest, **more)\n"
        "builtins.__import__ = watch\n"
        f"import {module}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    write_shop(folder / "orders.csv", customers=300, days=250, first=date(2024, 1, 1), seed=4)
    (folder / "stammkunde.toml").write_text(
        '[project]\nname = "made"\ncurrency = "EUR"\n[sources.orders]\npath = "orders.csv"\n'
        'columns = { customer_id = "customer", ordered_at = "date" }\n[business]\n'
        "horizon_days = 30\n[training]\ncutoffs = 2\nrounds = 30\nbootstrap_rounds = 20\n"
    )
    return folder


@pytest.mark.slow
def test_a_run_without_any_server_says_what_it_did_and_nothing_else(shop: Path) -> None:
    done = stammkunde("run", "--as-of", "2024-09-01", folder=shop)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for part in (
        "read orders: ", "validate: ", "features of order_days: ", "fit churn: ",
        "publish segments: ", "# Customers as of 2024-09-01", "best simple rule",
        "valuable_at_risk",
    ):  # fmt: skip
        assert part in done.stdout
    assert "\x1b[" not in done.stdout
    assert (shop / "outbox" / "current" / "manifest.json").is_file()
    assert {path.name for path in shop.iterdir()} == {
        "data", "mlruns", "orders.csv", "outbox", "stammkunde.toml",
    }  # fmt: skip


@pytest.mark.slow
def test_one_customers_features_are_shown_as_of_a_day(shop: Path) -> None:
    preview = ("features", "preview", "--config", "stammkunde.toml", "--customer")
    shown = stammkunde(*preview, "c0001", "--as-of", "2024-06-01", folder=shop)
    assert shown.returncode == 0, shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["as", "of", "2024-06-01"] in lines
    [silence] = [line for line in lines if line[:2] == ["rfm", "days_since_last_order"]]
    with (shop / "orders.csv").open() as file:
        days = [row.split(",")[1] for row in file if row.startswith("c0001,")]
    last = date.fromisoformat(max(day for day in days if day < "2024-06-01"))
    assert silence[2] == str((date(2024, 6, 1) - last).days)
    nobody = stammkunde(*preview, "nobody", "--as-of", "2024-06-01", folder=shop)
    assert nobody.returncode == 2
    assert "Customer `nobody` is in no table before 2024-06-01" in nobody.stderr


@pytest.mark.slow
def test_an_audit_ends_with_3_where_it_finds_something(shop: Path) -> None:
    """The command runs with a family that looks past its date in its catalogue."""
    planted = (
        "import sys\n"
        "from features.catalogue import FAMILIES\n"
        "from tests.lookahead import NEXT_ORDER\n"
        "FAMILIES[NEXT_ORDER.name] = NEXT_ORDER\n"
        "sys.argv = ['stammkunde', 'audit', 'time-travel', '--as-of', '2024-08-01', '--config',"
        f" {str(shop / 'stammkunde.toml')!r}]\n"
        "from stammkunde.cli import app; app()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", planted], cwd=Path(__file__).parents[2], capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["all", "customers,", "as", "of", "2024-08-01"] in lines
    differ = {cells[0]: cells[-1] for cells in lines if len(cells) == 5 and cells[1].isdigit()}
    assert {name for name, count in differ.items() if count != "0"} == {"next_order"}
    assert set(differ) >= {"rfm", "profile", "windows"}
    assert "`days_to_next_order` of family `next_order`: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="Linux tells who waits for a lock")
def test_a_run_waits_while_another_starts_its_server(shop: Path, tmp_path: Path) -> None:
    """Both would make Prefect's database at once, and neither would find it whole."""
    for name in ("stammkunde.toml", "orders.csv"):
        (tmp_path / name).write_bytes((shop / name).read_bytes())
    home = tmp_path / "data" / "prefect"
    home.mkdir(parents=True)
    with (home / "starting").open("a") as lock, ThreadPoolExecutor(1) as other:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = other.submit(stammkunde, "ingest", folder=tmp_path)
        while not ended.done() and not _somebody_waits_for(lock.fileno()):
            time.sleep(0.05)
        assert not ended.done()
        assert [path.name for path in home.iterdir()] == ["starting"]
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert ended.result().returncode == 0, ended.result().stderr
    assert len(list((tmp_path / "data/store/commits").glob("*.json"))) == 1


@pytest.mark.slow
def test_a_stopped_gate_ends_with_1_and_its_message_only(shop: Path, tmp_path: Path) -> None:
    _copy(shop, tmp_path)
    (tmp_path / "orders.csv").write_text("customer,date,amount\nc1,2024-01-01,abc\n")
    done = stammkunde("run", folder=tmp_path)
    assert done.returncode == 1
    told = done.stderr.strip().splitlines()
    assert told[1].startswith("Stop: table `orders`: 1 of 1 rows are rejected; at most 2 % may be.")
    assert any("column `amount`: 1 of 1 rows break" in line for line in told)
    assert "abc" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_scoring_before_training_says_to_train(shop: Path, tmp_path: Path) -> None:
    _copy(shop, tmp_path)
    done = stammkunde("segment", "--as-of", "2024-09-01", folder=tmp_path)
    assert done.returncode == 2
    assert "Train first: `stammkunde train`" in done.stderr
    assert not (tmp_path / "outbox").exists()


@pytest.mark.slow
def test_a_killed_run_leaves_no_server_and_the_next_one_ends_it(shop: Path, tmp_path: Path) -> None:
    _copy(shop, tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    with subprocess.Popen(
        [sys.executable, "-m", "stammkunde", "run", "--as-of", "2024-09-01"],
        cwd=tmp_path, env={**clean, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("label"):
                break
        servers = [int(pid) for pid in _children(process.pid)]
        assert servers
        process.kill()
    deadline = time.monotonic() + 30
    while any(_is_running(pid) for pid in servers):
        assert time.monotonic() < deadline, "a server outlives the run that started it"
        time.sleep(0.2)
    assert not (tmp_path / "outbox").exists()
    done = stammkunde("run", "--as-of", "2024-09-01", folder=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "outbox" / "current" / "manifest.json").is_file()


def _copy(shop: Path, folder: Path) -> None:
    """Give a folder the settings and orders of the shop, and Prefect's database, slow to make."""
    for name in ("stammkunde.toml", "orders.csv"):
        shutil.copy(shop / name, folder)
    if (shop / "data/prefect").exists():
        shutil.copytree(shop / "data/prefect", folder / "data/prefect")


def _somebody_waits_for(handle: int) -> bool:
    waiting = f":{os.fstat(handle).st_ino} "
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and waiting in line for line in lines)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "customers"), [("shop", "500"), ("contract", "1200")])
def test_a_made_company_is_run_without_a_broken_rule_to_segment_files(
    kind: str, customers: str, tmp_path: Path
) -> None:
    made = stammkunde(
        "simulate", "made", "--customers", customers, "--kind", kind, "--seed", "3", folder=tmp_path
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("simulate customers 1 to ")
    assert made.stdout.endswith("Next: stammkunde run --config made/stammkunde.toml\n")
    settings = tmp_path / "made" / "stammkunde.toml"
    with settings.open("a") as file:
        file.write("[training]\nrounds = 20\nbootstrap_rounds = 20\n")
        file.write("[warning]\nwith_training = false\n")
    done = stammkunde("run", "--config", "made/stammkunde.toml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0 broken that stop the run, 0 that keep rows out, 0 to know of." in done.stdout
    current = tmp_path / "made" / "outbox" / "current"
    assert pq.read_metadata(current / "scores.parquet").num_rows > 300
    assert len(list((current / "segments").glob("*.csv"))) >= 5
