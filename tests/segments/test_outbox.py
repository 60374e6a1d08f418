from __future__ import annotations

import csv
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from segments.destinations.outbox import Publish, publish

AS_OF = date(2024, 7, 1)
COLUMNS = pa.schema([("customer_id", pa.string()), ("clv", pa.decimal128(18, 2))])

Content = dict[str, tuple[bytes | str, int, int]]


def rows(*customers: str) -> pa.Table:
    values = [{"customer_id": name, "clv": Decimal("9.50")} for name in customers]
    return pa.Table.from_pylist(values, schema=COLUMNS)


def made_publish(run_id: str = "run1", *, as_of: date = AS_OF, customers: int = 2) -> Publish:
    names = [f"c{number}" for number in range(1, customers + 1)]
    return Publish(
        as_of,
        run_id,
        rows(*names),
        {"at_risk": rows(*names[1:]), "lost": rows(*names[:1]), "promising_new": rows()},
        contacts=rows(*names),
        arms=rows(*names[:1]),
        facts={"project": "shop", "models": {"churn": 3}},
    )


@dataclass(frozen=True)
class Interrupted(Mapping[str, pa.Table]):
    """Segments during whose writing something happens."""

    segments: Mapping[str, pa.Table]
    happens: Callable[[], object]

    def __getitem__(self, name: str) -> pa.Table:
        if name == "lost":
            self.happens()
        return self.segments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)


def stop() -> None:
    raise KeyboardInterrupt


UNWRITABLE = pa.table({"customer_id": [["c1", "c2"]]})

failures = pytest.mark.parametrize(
    ("segments", "failure"),
    [
        ({"at_risk": rows("c1"), "lost": UNWRITABLE}, pa.ArrowInvalid),
        (Interrupted({"at_risk": rows("c1"), "lost": rows("c2")}, stop), KeyboardInterrupt),
    ],
    ids=["lists in a CSV", "Ctrl-C"],
)


def everything_below(folder: Path) -> Content:
    """Return of every path its content or target, its mode and when it was changed."""
    found: Content = {}
    for path in folder.rglob("*"):
        state = path.lstat()
        content: bytes | str = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        found[str(path.relative_to(folder))] = (content, state.st_mode, state.st_mtime_ns)
    return found


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return found


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def test_a_publish_has_its_scores_a_file_per_segment_and_a_manifest(outbox: Path) -> None:
    folder = publish(outbox, made_publish())
    assert folder == outbox / "2024-07-01" / "run1"
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "arms.parquet", "contacts.csv", "manifest.json", "scores.parquet",
        "segments/at_risk.csv", "segments/lost.csv",
        "segments/promising_new.csv",
    ]  # fmt: skip
    assert pyarrow.parquet.read_table(folder / "scores.parquet") == rows("c1", "c2")
    assert (folder / "segments" / "lost.csv").read_text() == '"customer_id","clv"\n"c1",9.50\n'


def test_where_customers_stand_and_what_changed_are_files_of_their_own(outbox: Path) -> None:
    content = replace(made_publish(), members=rows("c1", "c2"), changes=rows("c2"))
    folder = publish(outbox, content)
    assert pyarrow.parquet.read_table(folder / "members.parquet") == rows("c1", "c2")
    assert (folder / "changes.csv").read_text() == '"customer_id","clv"\n"c2",9.50\n'
    counted = manifest_of(folder)["rows"]
    assert (counted["members.parquet"], counted["changes.csv"]) == (2, 1)
    assert manifest_of(folder)["sha256"].keys() == counted.keys()


def test_an_empty_segment_has_a_file_with_a_header(outbox: Path) -> None:
    folder = publish(outbox, made_publish())
    assert (folder / "segments" / "promising_new.csv").read_text() == '"customer_id","clv"\n'


def test_any_id_survives_the_file(outbox: Path) -> None:
    names = ["007", 'c,"1"', "c\n2", " ", "größer"]
    folder = publish(outbox, replace(made_publish(), segments={"lost": rows(*names)}))
    with (folder / "segments" / "lost.csv").open(newline="", encoding="utf-8") as file:
        assert [row["customer_id"] for row in csv.DictReader(file)] == names


def test_only_the_owner_reads_what_is_published(outbox: Path) -> None:
    folder = publish(outbox, made_publish())
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_manifest_vouches_for_the_bytes_of_every_other_file(outbox: Path) -> None:
    folder = publish(outbox, made_publish())
    assert manifest_of(folder)["sha256"] == {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_manifest_states_run_rows_and_facts(outbox: Path) -> None:
    manifest = manifest_of(publish(outbox, made_publish()))
    del manifest["sha256"]
    assert manifest == {
        "run_id": "run1",
        "as_of": "2024-07-01",
        "project": "shop",
        "models": {"churn": 3},
        "rows": {
            "arms.parquet": 1, "contacts.csv": 2, "scores.parquet": 2, "segments/at_risk.csv": 1,
            "segments/lost.csv": 1, "segments/promising_new.csv": 0,
        },
    }  # fmt: skip


def test_current_is_a_relative_link_that_follows_the_newest_publish(outbox: Path) -> None:
    publish(outbox, made_publish("run1"))
    assert (outbox / "current").readlink() == Path("2024-07-01/run1")
    newest = publish(outbox, made_publish("run2", as_of=date(2024, 7, 2)))
    assert (outbox / "current").readlink() == Path("2024-07-02/run2")
    moved = outbox.rename(outbox.with_name("moved"))
    assert (moved / "current" / "manifest.json").is_file()
    assert manifest_of(moved / "current")["run_id"] == newest.name


def test_the_same_run_published_again_changes_nothing(outbox: Path) -> None:
    publish(outbox, made_publish())
    before = everything_below(outbox / "2024-07-01")
    publish(outbox, made_publish(customers=9))
    assert everything_below(outbox / "2024-07-01") == before
    assert sorted(path.name for path in outbox.iterdir()) == [
        "2024-07-01", "current", "history.jsonl",
    ]  # fmt: skip


def test_an_older_run_published_again_is_current_again(outbox: Path) -> None:
    publish(outbox, made_publish("run1"))
    publish(outbox, made_publish("run2"))
    before = everything_below(outbox / "2024-07-01")
    publish(outbox, made_publish("run1"))
    assert (outbox / "current").readlink() == Path("2024-07-01/run1")
    assert everything_below(outbox / "2024-07-01") == before


@failures
def test_a_failure_while_writing_leaves_the_last_publish_untouched(
    outbox: Path, segments: Mapping[str, pa.Table], failure: type[BaseException]
) -> None:
    publish(outbox, made_publish("run1"))
    before = everything_below(outbox / "2024-07-01" / "run1")
    with pytest.raises(failure):
        publish(outbox, replace(made_publish("run2"), segments=segments))
    assert (outbox / "current").readlink() == Path("2024-07-01/run1")
    assert everything_below(outbox / "2024-07-01" / "run1") == before
    assert [path.name for path in (outbox / "2024-07-01").iterdir()] == ["run1"]


@failures
def test_a_first_publish_that_fails_shows_nothing(
    outbox: Path, segments: Mapping[str, pa.Table], failure: type[BaseException]
) -> None:
    with pytest.raises(failure):
        publish(outbox, replace(made_publish("run1"), segments=segments))
    assert [path for path in outbox.rglob("*") if not path.is_dir()] == []
    assert list((outbox / "2024-07-01").iterdir()) == []


def test_a_run_that_somebody_else_published_meanwhile_is_kept(outbox: Path) -> None:
    ours = made_publish(customers=9)
    segments = Interrupted(ours.segments, lambda: publish(outbox, made_publish()))
    folder = publish(outbox, replace(ours, segments=segments))
    assert manifest_of(folder)["rows"]["scores.parquet"] == 2
    assert [path.name for path in folder.parent.iterdir()] == ["run1"]
    assert (outbox / "current").readlink() == Path("2024-07-01/run1")


def test_a_folder_in_the_way_is_an_error_and_not_published(outbox: Path) -> None:
    (outbox / "2024-07-01" / "run1" / "stranger").mkdir(parents=True)
    with pytest.raises(OSError, match="not empty"):
        publish(outbox, made_publish())
    assert [path.name for path in outbox.iterdir()] == ["2024-07-01"]


def test_whoever_follows_current_finds_a_complete_publish_at_any_time(outbox: Path) -> None:
    publish(outbox, made_publish("run0"))
    is_over = threading.Event()
    seen: list[str] = []
    broken: list[object] = []

    def follow() -> None:
        while not is_over.is_set() and not broken:
            try:
                folder = (outbox / "current").resolve(strict=True)
                manifest = manifest_of(folder)
                broken.extend(
                    path
                    for path, digest in manifest["sha256"].items()
                    if hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest
                )
                seen.append(manifest["run_id"])
            except (OSError, ValueError) as error:
                broken.append(error)

    readers = [threading.Thread(target=follow) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(150):
        publish(outbox, made_publish(f"run{number}", customers=200))
    is_over.set()
    for reader in readers:
        reader.join()
    assert broken == []
    assert len(set(seen)) > 10
