"""Where a project lies and what happens to its files and its disk while it works."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import DiskFull, FileChanged, SourceChanged, SourceMissing
from flows.project import open_project
from flows.sourceless import tell_sourceless
from tests.flows.bare import ingest_bare

pytestmark = pytest.mark.slow

HEADER = "order_id,customer_id,ordered_at,amount\n"
SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
root = "{root}"
[sources.orders]
path = "{path}"
negative_amounts = "refunds"
"""


def orders(numbers: range, *, amount: str = "10.00") -> str:
    return "".join(f"o{n},c{n % 50},2024-03-01,{amount}\n" for n in numbers)


def incompressible(count: int) -> str:
    """Return orders that take some bytes each however they are packed."""
    ids, cents = np.random.default_rng(1).integers(1, [[10**15], [10**5]], (2, count))
    return "".join(f"{ids[n]},c{n % 50},2024-03-01,{cents[n] / 100:.2f}\n" for n in range(count))


def project_at(folder: Path, *, root: str = ".", path: str = "orders*.csv") -> str:
    folder.mkdir(exist_ok=True)
    file = folder / "stammkunde.toml"
    file.write_text(SETTINGS.format(root=root, path=path))
    return str(file)


def accepted(file: str) -> list[dict[str, int]]:
    return [each.batch.counts for each in open_project(file).store.history().get("orders", [])]


def test_the_past_is_read_once_an_ingest_however_many_tables_there_are(tmp_path: Path) -> None:
    file = project_at(tmp_path)
    for day in range(3):
        (tmp_path / f"orders{day}.csv").write_text(
            HEADER + orders(range(day * 100, day * 100 + 100)) + f"r{day},c1,2024-03-01,-1\n"
        )
        ingest_bare(file)
    store = open_project(file).store
    past = {str(path) for path in store.root.rglob("*.json") if "staging" not in path.parts}
    assert len(past) == 3 + 3 * 2
    (tmp_path / "orders4.csv").write_text(HEADER + orders(range(900, 950)))
    store.verify()
    opened: Counter[str] = Counter()
    listening = True

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event == "open" and str(arguments[0]) in past:
            opened[str(arguments[0])] += 1

    sys.addaudithook(listen)  # it stays as long as the process
    store.verify()
    ingest_bare(file)
    listening = False
    assert opened == dict.fromkeys(past, 1)


def test_a_project_may_lie_where_names_look_like_patterns(tmp_path: Path) -> None:
    """New, repeated, changed and broken rows: each is read back from where it was written.

    Taken for a pattern, the name of the project would match that of another.
    """
    folder = tmp_path / "shop [old] *? it's"
    file = project_at(folder)
    returns = orders(range(900, 910), amount="-1.00")
    (folder / "orders [1].csv").write_text(HEADER + orders(range(200)) + returns + "x,,,\n")
    ingest_bare(file)
    shutil.copytree(folder, tmp_path / "shop o xy it's")
    changed = orders(range(195, 300), amount="11.00") + orders(range(195, 196))
    (folder / "orders [2]*.csv").write_text(HEADER + changed)
    ingest_bare(file)
    ingest_bare(file)
    first, second = accepted(file)
    assert first | {"staged": 201, "accepted": 200, "rejected": 1} == first
    assert second | {"accepted": 104, "unchanged": 1, "superseded": 4, "repeated": 1} == second


def test_an_inbox_that_a_mover_empties_holds_nothing_new(tmp_path: Path) -> None:
    file = project_at(tmp_path, path="inbox/*.csv")
    (tmp_path / "inbox").mkdir()
    with pytest.raises(SourceMissing):  # nothing ever came
        ingest_bare(file)
    delivered = tmp_path / "inbox" / "1.csv"
    delivered.write_text(HEADER + orders(range(100)))
    ingest_bare(file)
    delivered.unlink()
    ingest_bare(file)
    assert len(accepted(file)) == 1
    settings = Path(file).read_text()
    Path(file).write_text(settings + 'values = { amount = { "10.00" = "20.00" } }\n')
    with pytest.raises(SourceChanged, match=r"inbox/1\.csv"):
        ingest_bare(file)
    Path(file).write_text(settings.replace("inbox/", "inbxo/"))
    with pytest.raises(SourceMissing, match=r"inbxo/\*\.csv"):
        ingest_bare(file)
    Path(file).write_text(settings)
    (tmp_path / "inbox").rmdir()
    with pytest.raises(SourceMissing):
        ingest_bare(file)


def test_an_emptied_inbox_of_whole_tables_deletes_nothing(tmp_path: Path) -> None:
    file = project_at(tmp_path)
    (tmp_path / "orders.csv").write_text(HEADER + orders(range(100)))
    Path(file).write_text(Path(file).read_text() + "complete = true\n")
    ingest_bare(file)
    (tmp_path / "orders.csv").unlink()
    ingest_bare(file)
    assert len(accepted(file)) == 1
    Path(file).write_text(Path(file).read_text() + 'time_zone = "Europe/Berlin"\n')
    with pytest.raises(SourceChanged, match=r"orders\.csv"):
        ingest_bare(file)


def test_a_table_whose_source_left_the_settings_is_told_until_its_rows_go(tmp_path: Path) -> None:
    file = project_at(tmp_path)
    (tmp_path / "orders.csv").write_text(HEADER + orders(range(100)))
    (tmp_path / "people.csv").write_text("customer_id\n" + "".join(f"c{n}\n" for n in range(50)))
    with_orders = Path(file).read_text()
    source = '[sources.customers]\npath = "{}.csv"\n'
    Path(file).write_text(with_orders + source.format("people"))
    ingest_bare(file)
    assert tell_sourceless(open_project(file)) == ()
    Path(file).write_text(with_orders)
    [told] = tell_sourceless(open_project(file))
    assert "table `customers`: 50 rows of `people.csv` still count" in told
    assert "--full customers --accept-volume customers" in told
    (tmp_path / "nobody.csv").write_text("customer_id\n")
    Path(file).write_text(with_orders + source.format("nobody"))
    ingest_bare(file, full=("customers",), accept_volume=("customers",))
    Path(file).write_text(with_orders)
    assert tell_sourceless(open_project(file)) == ()


def test_returns_that_are_no_longer_refunds_are_told(tmp_path: Path) -> None:
    file = project_at(tmp_path)
    (tmp_path / "orders.csv").write_text(HEADER + orders(range(100)) + "r1,c1,2024-03-01,-1\n")
    ingest_bare(file)
    assert tell_sourceless(open_project(file)) == ()
    Path(file).write_text(Path(file).read_text().replace('"refunds"', '"keep"'))
    [told] = tell_sourceless(open_project(file))
    assert "table `refunds`: 1 rows of `orders*.csv` still count" in told


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Path]:
    """Yield a file that somebody is still writing."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + orders(range(1000)))
    stop = threading.Event()

    def write() -> None:
        number = 1000
        while not stop.is_set():
            with path.open("a") as file:
                file.write(orders(range(number, number + 10)))
            number += 10
            time.sleep(0.005)

    writer = threading.Thread(target=write)
    writer.start()
    yield path
    stop.set()
    writer.join()


def test_of_a_file_that_is_still_written_nothing_is_accepted(growing: Path) -> None:
    file = project_at(growing.parent)
    with pytest.raises(FileChanged, match=r"`orders\.csv` changed"):
        ingest_bare(file)
    assert accepted(file) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a disk of 32 megabytes; skip where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no program `mount`")
    if made.returncode:
        pytest.skip("this user may not mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"], ids=["the engine", "Python"])
def test_a_full_disk_is_told_with_the_place_and_what_is_free(
    tmp_path: Path, small_disk: Path, encoding: str
) -> None:
    """UTF-16 is written anew as UTF-8 first."""
    file = project_at(tmp_path, root=str(small_disk))
    many = HEADER + incompressible(200_000)
    (tmp_path / "orders.csv").write_text(many, encoding=encoding)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 500_000))
    with pytest.raises(DiskFull, match=rf"no room to write below {small_disk}: [\d.]+ MB are free"):
        ingest_bare(file)
    assert accepted(file) == []
    filler.unlink()
    ingest_bare(file)
    assert [counts["accepted"] for counts in accepted(file)] == [200_000]


def test_a_limit_of_the_process_is_told_as_a_full_disk(tmp_path: Path) -> None:
    file = project_at(tmp_path)
    (tmp_path / "orders.csv").write_text(HEADER + incompressible(100_000))
    limited = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from tests.flows.bare import ingest_bare\n"
        f"ingest_bare({file!r})\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "DiskFull: There is no room to write below" in ended.stderr
    assert accepted(file) == []
