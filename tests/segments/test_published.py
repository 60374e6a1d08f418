"""Which scores had been published by a day."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pyarrow as pa

from segments.destinations.outbox import ListPublish, Publish, publish, publish_list
from segments.published import members_before, published_by


def publish_as_of(outbox: Path, day: date, run_id: str) -> Path:
    rows = pa.table({"customer_id": ["c1"]})
    return publish(outbox, Publish(day, run_id, rows, {}, contacts=rows, arms=rows))


def test_the_newest_scores_as_of_the_day_or_before_are_found(tmp_path: Path) -> None:
    for day in (date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)):
        publish_as_of(tmp_path, day, "run")
    found = {day: published_by(tmp_path, day) for day in (date(2024, 4, 1), date(2024, 4, 30))}
    for each in found.values():
        assert each is not None
        assert each.as_of == date(2024, 4, 1)
        assert each.scores == tmp_path / "2024-04-01/run/scores.parquet"
    assert published_by(tmp_path, date(2024, 2, 29)) is None
    assert published_by(tmp_path / "nowhere", date(2024, 5, 1)) is None


def test_of_several_publishes_of_a_date_the_last_counts(tmp_path: Path) -> None:
    day = date(2024, 4, 1)
    for age, run_id in enumerate(("b", "a", "c")):
        manifest = publish_as_of(tmp_path, day, run_id) / "manifest.json"
        os.utime(manifest, (1000 - age, 1000 - age))
    found = published_by(tmp_path, day)
    assert found is not None
    assert found.scores.parent.name == "b"


def test_neither_a_list_nor_what_is_half_written_is_a_publish_of_scores(tmp_path: Path) -> None:
    day = date(2024, 4, 1)
    publish_list(tmp_path, ListPublish("alerts", day, "run", pa.table({"customer_id": ["c1"]})))
    (tmp_path / "2024-04-01" / ".run.partial").mkdir(parents=True)
    assert published_by(tmp_path, day) is None


def publish_members(outbox: Path, day: date, run_id: str, *names: str) -> Path:
    rows = pa.table({"customer_id": list(names)})
    facts = {"changes": {"rules": f"of {run_id}"}}
    content = Publish(day, run_id, rows, {}, contacts=rows, arms=rows, facts=facts, members=rows)
    return publish(outbox, content)


def test_where_customers_stood_is_of_an_earlier_date_whatever_is_current(tmp_path: Path) -> None:
    march, april, may = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)
    publish_members(tmp_path, may, "later", "c3")
    publish_members(tmp_path, april, "run", "c2")
    publish_members(tmp_path, march, "oldest", "c1")
    assert (tmp_path / "current").resolve().name == "oldest"
    assert members_before(tmp_path, march) is None
    for day, as_of, run_id, names in (
        (april, march, "oldest", ["c1"]), (may, april, "run", ["c2"]),
        (date(2024, 4, 2), april, "run", ["c2"]), (date(2024, 6, 1), may, "later", ["c3"]),
    ):  # fmt: skip
        found = members_before(tmp_path, day)
        assert found is not None
        assert (found.as_of, found.rules) == (as_of, f"of {run_id}")
        assert found.members["customer_id"].to_pylist() == names


def test_of_several_publishes_of_the_date_before_the_last_one_tells(tmp_path: Path) -> None:
    for age, run_id in enumerate(("b", "a", "c")):
        folder = publish_members(tmp_path, date(2024, 4, 1), run_id, run_id)
        os.utime(folder / "manifest.json", (1000 - age, 1000 - age))
    found = members_before(tmp_path, date(2024, 4, 2))
    assert found is not None
    assert found.members["customer_id"].to_pylist() == ["b"]


def test_a_publish_that_does_not_say_where_customers_stood_is_passed_over(tmp_path: Path) -> None:
    publish_members(tmp_path, date(2024, 3, 1), "run", "c1")
    publish_as_of(tmp_path, date(2024, 4, 1), "without")
    found = members_before(tmp_path, date(2024, 5, 1))
    assert found is not None
    assert found.as_of == date(2024, 3, 1)
