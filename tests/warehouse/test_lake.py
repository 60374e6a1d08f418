from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import IbisError

from contracts.names import file_digest
from tests.made import canonical, order
from warehouse.lake import Lake


@pytest.fixture
def lake(engine: Backend, tmp_path: Path) -> Lake:
    return Lake(tmp_path / "data" / "tables", engine)


def numbers(*values: int) -> ir.Table:
    return ibis.memtable({"number": list(values)}, schema={"number": "int64"})


def unwritable() -> ir.Table:
    """Return an expression that fails while the engine computes it."""
    return ibis.memtable(pa.table({"text": ["1", "one"]})).select(number=ibis._.text.cast("int64"))


def found_numbers(lake: Lake, ref: str) -> list[int]:
    return [row["number"] for row in lake.table(ref).to_pyarrow().to_pylist()]


def everything_below(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """Return content and time of change of every file."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_written_table_is_found_by_its_fingerprint_and_equal(lake: Lake) -> None:
    orders = canonical(
        "orders",
        [
            order("o1", "c1", "2024-02-29", "9007199254740993.01"),
            order("o2", "c2", "2024-03-01", "-0.01", channel="größer"),
        ],
    )
    ref = lake.write("orders", "f1", orders)
    assert lake.find("orders", "f1") == ref
    assert lake.table(ref).schema() == orders.schema()
    rows = lake.table(ref).order_by("order_id").to_pyarrow().to_pylist()
    assert rows == lake.engine.to_pyarrow(orders.order_by("order_id")).to_pylist()
    assert rows[0]["amount"] == Decimal("9007199254740993.01")
    assert rows[0]["ordered_at"] == datetime.fromisoformat("2024-02-29T12:00:00")


def test_what_was_not_written_is_not_found(lake: Lake) -> None:
    lake.write("orders", "f1", numbers(1))
    assert lake.find("orders", "f2") is None
    assert lake.find("refunds", "f1") is None


def test_a_table_is_found_by_another_engine_later(lake: Lake) -> None:
    ref = lake.write("orders", "f1", numbers(1, 2))
    other = ibis.duckdb.connect()
    assert Lake(lake.root, other).find("orders", "f1") == ref
    assert found_numbers(Lake(lake.root, other), ref) == [1, 2]
    other.disconnect()


def test_a_second_write_of_the_same_fingerprint_changes_nothing(lake: Lake) -> None:
    ref = lake.write("orders", "f1", numbers(1))
    before = everything_below(lake.root)
    assert lake.write("orders", "f1", numbers(2)) == ref
    assert everything_below(lake.root) == before
    assert [path.name for path in (lake.root / "orders").iterdir()] == ["f1"]


def test_another_fingerprint_leaves_the_older_table_as_it_is(lake: Lake) -> None:
    first = lake.write("orders", "f1", numbers(1))
    second = lake.write("orders", "f2", numbers(2))
    assert (found_numbers(lake, first), found_numbers(lake, second)) == ([1], [2])


def test_keep_builds_only_once(lake: Lake) -> None:
    built = []

    def build() -> ir.Table:
        built.append("once")
        return numbers(1)

    refs = {lake.keep("orders", "f1", build) for _ in range(3)}
    assert (built, len(refs)) == (["once"], 1)
    assert found_numbers(lake, refs.pop()) == [1]


def test_an_equal_table_that_somebody_wrote_meanwhile_is_kept(lake: Lake) -> None:
    def build() -> ir.Table:
        lake.write("orders", "f1", numbers(1))
        return numbers(2)

    ref = lake.keep("orders", "f1", build)
    assert found_numbers(lake, ref) == [1]
    assert [path.name for path in (lake.root / "orders").iterdir()] == ["f1"]


def test_a_table_that_cannot_be_computed_leaves_nothing(lake: Lake) -> None:
    with pytest.raises(Exception, match="Could not convert string 'one'"):
        lake.write("orders", "f1", unwritable())
    assert list((lake.root / "orders").iterdir()) == []
    assert lake.find("orders", "f1") is None


def test_a_build_that_fails_leaves_nothing_and_may_be_tried_again(lake: Lake) -> None:
    def fail() -> ir.Table:
        raise IbisError

    with pytest.raises(IbisError):
        lake.keep("orders", "f1", fail)
    assert everything_below(lake.root) == {}
    assert found_numbers(lake, lake.keep("orders", "f1", lambda: numbers(1))) == [1]


def test_a_folder_in_the_way_is_an_error_and_not_a_table(lake: Lake) -> None:
    (lake.root / "orders" / "f1" / "stranger").mkdir(parents=True)
    with pytest.raises(OSError, match="not empty"):
        lake.write("orders", "f1", numbers(1))
    assert lake.find("orders", "f1") is None
    assert [path.name for path in (lake.root / "orders").iterdir()] == ["f1"]


def test_only_the_owner_may_enter_a_table(lake: Lake) -> None:
    lake.write("orders", "f1", numbers(1))
    assert (lake.root / "orders" / "f1").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("count", [0, 1, 5000])
def test_row_count_is_known_without_reading_the_table(lake: Lake, count: int) -> None:
    ref = lake.write("orders", "f1", numbers(*range(count)))
    (lake.root / "orders" / "f1" / "part-0.parquet").unlink()
    assert lake.row_count(ref) == count


def test_a_table_describes_its_columns(lake: Lake) -> None:
    lake.write("orders", "f1", numbers(1).mutate(amount=ibis.literal(1).cast("decimal(18, 2)")))
    folder = lake.root / "orders" / "f1"
    part = folder / "part-0.parquet"
    assert json.loads((folder / "table.json").read_text()) == {
        "table": "orders",
        "rows": 1,
        "columns": {"number": "int64", "amount": "decimal(18, 2)"},
        "parts": {"part-0.parquet": {"bytes": part.stat().st_size, "sha256": file_digest(part)}},
    }


def test_brackets_in_the_path_stand_for_themselves(engine: Backend, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "shop [new]" / "tables", engine)
    ref = lake.write("orders", "f1", numbers(1, 2))
    assert (lake.row_count(ref), found_numbers(lake, ref)) == (2, [1, 2])
