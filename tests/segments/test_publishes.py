"""What was published is listed, and an earlier publish can be current again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segments.destinations.outbox import make_current, publish
from segments.destinations.publishes import (
    HISTORY,
    DamagedPublish,
    Entry,
    NoSuchPublish,
    check_whole,
    chosen,
    list_publishes,
    note_switch,
)
from tests.segments.test_outbox import made_publish

DAYS = [date(2024, month, 1) for month in (5, 6, 7)]


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    for number, day in enumerate(DAYS):
        publish(tmp_path, made_publish(f"run{number}", as_of=day, customers=number + 2))
    return tmp_path


def publishes(outbox: Path) -> list[Entry]:
    return list_publishes(outbox)


def back(outbox: Path, run: str | None = None) -> str:
    entry = chosen(publishes(outbox), outbox, run)
    check_whole(entry)
    make_current(outbox, entry.folder)
    return entry.run_id


def current(outbox: Path) -> str:
    return (outbox / "current").resolve().name


def test_all_are_listed_and_the_last_is_current(outbox: Path) -> None:
    found = publishes(outbox)
    assert [(each.as_of, each.run_id, each.is_current) for each in found] == [
        (DAYS[0], "run0", False), (DAYS[1], "run1", False), (DAYS[2], "run2", True),
    ]  # fmt: skip
    assert [each.customers for each in found] == [2, 3, 4]


def test_without_a_name_it_goes_back_one_by_one_and_a_name_goes_forth(outbox: Path) -> None:
    assert back(outbox) == current(outbox) == "run1"
    assert back(outbox, "run2") == current(outbox) == "run2"
    assert back(outbox) == "run1"
    assert back(outbox, "run0") == current(outbox) == "run0"


def test_a_switch_that_was_noted_and_not_done_is_none(outbox: Path) -> None:
    note_switch(outbox, Path("2024-08-01/killed"))
    assert back(outbox) == "run1"


def test_publishing_the_same_again_is_no_switch(outbox: Path) -> None:
    before = (outbox / HISTORY).read_text()
    publish(outbox, made_publish("run2", as_of=DAYS[2], customers=4))
    assert (outbox / HISTORY).read_text() == before
    assert (outbox / HISTORY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("run", ["run", "nowhere", "../../etc", "run0x", ""])
def test_a_run_that_is_not_there_or_not_one_is_refused(outbox: Path, run: str) -> None:
    with pytest.raises(NoSuchPublish, match="run0, run1, run2"):
        chosen(publishes(outbox), outbox, run)
    assert current(outbox) == "run2"


def test_there_is_nothing_before_the_first(tmp_path: Path) -> None:
    assert publishes(tmp_path) == []
    publish(tmp_path, made_publish("run0"))
    with pytest.raises(NoSuchPublish, match="before what is current"):
        back(tmp_path)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("x")])
def test_a_damaged_publish_does_not_become_current(outbox: Path, damage: object) -> None:
    assert callable(damage)
    damage(outbox / "2024-06-01/run1/segments/lost.csv")
    with pytest.raises(DamagedPublish, match=r"segments/lost\.csv"):
        back(outbox)
    assert current(outbox) == "run2"
    assert (outbox / "current").readlink() == Path("2024-07-01/run2")
