"""Killed anywhere, an ingest loses nothing and doubles nothing: `kill -9`, for real."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.failpoints import FAILPOINTS, VARIABLE
from flows.project import open_project
from stammkunde.servers import free_port, prefect_server, started, wait_until_ready
from tests.flows.bare import ingest_bare
from warehouse.history import View, live_rows

pytestmark = pytest.mark.slow

SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
[sources.orders]
path = "orders/*.csv"
[sources.order_lines]
path = "lines/*.csv"
"""

# How often a process is killed at a random time; more by STAMMKUNDE_KILLS.
KILLS = int(os.environ.get("STAMMKUNDE_KILLS", "12"))


def write_day(folder: Path, day: int) -> None:
    """Deliver a day: new orders, a few of the day before changed, and all their lines."""
    numbers = range(max(0, day * 300 - 20), day * 300 + 300)
    orders = "".join(f"o{n},c{n % 90},2024-03-{day + 1:02},{10 + day}.00\n" for n in numbers)
    lines = "".join(f"o{n},p{n % 7},{day}\no{n},p{n % 5},{day}\n" for n in numbers)
    for name, header, text in (
        ("orders", "order_id,customer_id,ordered_at,amount\n", orders),
        ("lines", "order_id,product_id,quantity\n", lines),
    ):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{day}.csv").write_text(header + text)


def contents(folder: Path) -> dict[str, list[str]]:
    """Return the rows that count of every table, and how many batches made them."""
    project = open_project(folder / "stammkunde.toml")
    project.store.verify()
    found: dict[str, list[str]] = {}
    with project.open_lake() as lake:
        for table, batches in project.store.history().items():
            newest = batches[-1].batch
            columns = {
                k: v for k, v in newest.columns.items() if k not in ("ingested_at", "batch_id")
            }
            view = View.over(batches, {**columns, "batch_id": "string"}, key=newest.key)
            rows = live_rows(lake.engine, view).select(*columns).to_pyarrow().to_pylist()
            found[table] = [f"{len(batches)} batches", *sorted(map(str, rows))]
    return found


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose first day is accepted and whose second is delivered."""
    folder = tmp_path_factory.mktemp("killed") / "shop"
    folder.mkdir()
    (folder / "stammkunde.toml").write_text(SETTINGS)
    write_day(folder, 0)
    ingest_bare(str(folder / "stammkunde.toml"))
    write_day(folder, 1)
    return folder


@pytest.fixture(scope="module")
def undisturbed(first_day: Path) -> dict[str, list[str]]:
    """Return what both days hold when nobody is killed."""
    folder = first_day.with_name("undisturbed")
    shutil.copytree(first_day, folder)
    ingest_bare(str(folder / "stammkunde.toml"))
    return contents(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a real Prefect server for the processes that are killed."""
    prefect = prefect_server(free_port(), with_pages=False)
    with started(prefect) as process:
        wait_until_ready(prefect, process)
        yield f"{prefect.address}/api"


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_a_failpoint_the_store_is_as_before_or_after(
    failpoint: str,
    server: str,
    first_day: Path,
    undisturbed: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(first_day, folder)
    # One row is kept out, so that a quarantine is written.
    with (folder / "orders" / "1.csv").open("a") as orders:
        orders.write("x1,,2024-03-02,1.00\n")
    before = contents(folder)
    command = [sys.executable, "-m", "stammkunde", "ingest", "--config", "stammkunde.toml"]
    environment = {**os.environ, "PREFECT_API_URL": server, "PYTHONPATH": str(Path.cwd())}
    killed = subprocess.run(
        command, cwd=folder, env={**environment, VARIABLE: failpoint}, capture_output=True,
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert contents(folder) == (undisturbed if failpoint == "after_commit" else before)
    again = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert contents(folder) == undisturbed
    staged = [path for path in (folder / "data/store/batches").glob("*/*") if path.is_dir()]
    assert len(staged) == 4, "what a killed ingest left is swept away"


def test_killed_at_random_times_the_store_is_as_before_or_after(
    first_day: Path, undisturbed: dict[str, list[str]], tmp_path: Path
) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.flows.bare", "validation.checkpoint"])
    chance = random.Random(7)  # noqa: S311 - when to kill, no secret
    before = contents(first_day)
    folder = tmp_path / "shop"
    shutil.copytree(first_day, folder)
    file = str(folder / "stammkunde.toml")
    whole = tmp_path / "whole"
    shutil.copytree(first_day, whole)
    begun = time.monotonic()
    child = processes.Process(target=ingest_bare, args=(str(whole / "stammkunde.toml"),))
    child.start()
    child.join()
    seconds = time.monotonic() - begun
    assert child.exitcode == 0
    outcomes = {"before": 0, "after": 0}
    for _ in range(KILLS):
        child = processes.Process(target=ingest_bare, args=(file,))
        child.start()
        time.sleep(chance.uniform(0, seconds))
        if child.is_alive() and child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        found = contents(folder)
        assert found in (before, undisturbed)
        outcomes["after" if found == undisturbed else "before"] += 1
        if found == undisturbed:
            shutil.rmtree(folder)
            shutil.copytree(first_day, folder)
    assert outcomes["before"], "no kill came before the commit"
    child = processes.Process(target=ingest_bare, args=(file,))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert contents(folder) == undisturbed


def test_a_failpoint_is_only_reached_where_it_is_declared() -> None:
    house = Path(__file__).parents[2]
    code = "\n".join(path.read_text() for path in (house / "flows").glob("*.py"))
    for failpoint in FAILPOINTS:
        assert code.count(f'reach("{failpoint}")') == 1, failpoint
