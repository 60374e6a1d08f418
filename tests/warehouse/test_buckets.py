"""A slice of customers has all rows of its customers and no others, however ids are written."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from warehouse.buckets import bucketing, share_of
from warehouse.history import Part, View
from warehouse.lake import Lake
from warehouse.staging import write_rows

MOMENT = datetime(2024, 6, 30, tzinfo=UTC)
COLUMNS = {
    "customer_id": "string",
    "number": "int64",
    "ingested_at": "timestamp(6)",
    "batch_id": "string",
}
IDS: dict[str, list[Any]] = {
    "texts": ["c1", "Ä", "", "007", "7", "x y", *(f"id-{n}" for n in range(60))],
    "integers": [0, 7, -3, 2**63 - 1, *range(100, 160)],
    "big": [2**64 - 1, 2**63, *range(60)],
}
TYPES = {"texts": "string", "integers": "int64", "big": "uint64"}


def rows_of(kind: str) -> ir.Table:
    ids = pa.array(IDS[kind], ibis.dtype(TYPES[kind]).to_pyarrow())
    return ibis.memtable(pa.table({"customer_id": ids, "number": range(len(IDS[kind]))}))


def store(lake: Lake, kind: str, batch: str, *, are_many: bool) -> Part:
    """Write the rows of one batch; return it as part of a view."""
    rows = rows_of(kind)
    constants: dict[str, datetime | str] = {
        "ingested_at": MOMENT.replace(tzinfo=None), "batch_id": batch
    }  # fmt: skip
    folder = lake.root.parent / "store" / batch
    write_rows(
        lake.engine, rows, folder / "rows", by="customer_id", are_many=are_many,
        constants=constants,
    )  # fmt: skip
    return Part(folder, constants, bucketing(lake.engine, rows.customer_id))


@pytest.fixture
def lake(engine: Backend, tmp_path: Path) -> Lake:
    (tmp_path / "tables").mkdir()
    return Lake(tmp_path / "tables", engine, rows_at_once=20)


def numbers(table: ir.Table) -> list[tuple[Any, ...]]:
    return sorted(
        tuple(row.values())
        for row in table.select("customer_id", "number").to_pyarrow().to_pylist()
    )


def test_a_slice_reads_the_files_of_its_buckets_only(lake: Lake) -> None:
    part = store(lake, "texts", "b1", are_many=True)
    ref = lake.keep_view("facts", "f1", View((part,), COLUMNS, ("number",)), merges=None, rows=None)
    first, *_ = lake.slices([ref])
    assert first is not None
    before = numbers(lake.table(ref, only=first))
    own = {f"bucket={number}" for number in first.buckets}
    for file in part.folder.rglob("*.parquet"):
        if file.parent.name not in own:
            file.write_bytes(b"not to be read")
    assert numbers(lake.table(ref, only=first)) == before


@pytest.mark.parametrize("are_many", [True, False])
@pytest.mark.parametrize("kind", IDS)
def test_slices_part_a_table_whichever_way_its_rows_lie(
    kind: str, are_many: bool, lake: Lake
) -> None:
    view = View((store(lake, kind, "b1", are_many=are_many),), COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=None, rows=None)
    slices = lake.slices([ref])
    assert len(slices) == 4
    parts = [numbers(lake.table(ref, only=only)) for only in slices]
    assert sum(map(len, parts)) == len(IDS[kind])
    assert sorted(chain(*parts)) == numbers(lake.table(ref))
    other = lake.write(
        "spine", "s1", rows_of(kind).mutate(customer_id=ibis._.customer_id.cast("string"))
    )
    assert [numbers(lake.table(other, only=only)) for only in slices] == parts


def test_what_a_later_batch_replaced_is_in_no_slice(lake: Lake) -> None:
    parts = tuple(store(lake, "texts", batch, are_many=batch == "b1") for batch in ("b1", "b2"))
    gone = pa.table({"number": [3, 4, 5], "batch_id": ["b1"] * 3})
    pq.write_table(gone, parts[1].folder / "removed.parquet")
    view = View(parts, COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=None, rows=None)
    found = [numbers(lake.table(ref, only=only)) for only in lake.slices([ref])]
    assert len(found) == 7
    assert sorted(chain(*found)) == numbers(lake.table(ref))
    assert len(numbers(lake.table(ref))) == 2 * len(IDS["texts"]) - 3


def test_facts_of_merged_accounts_are_found_where_the_account_is_that_stays(lake: Lake) -> None:
    went = [f"id-{number}" for number in range(1, 10)]
    merges = pa.table({"customer_id": went, "merged_into": ["id-50"] * len(went)})
    accounts = lake.write("merges", "m1", ibis.memtable(merges))
    view = View((store(lake, "texts", "b1", are_many=True),), COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=accounts, rows=None)
    found = [numbers(lake.table(ref, only=only)) for only in lake.slices([ref])]
    assert len(found) == 4
    [mine] = [part for part in found if any(row[0] == "id-50" for row in part)]
    assert sum(row[0] == "id-50" for row in mine) == len(went) + 1
    assert sorted(chain(*found)) == numbers(lake.table(ref))


def test_tables_whose_ids_are_written_differently_agree_on_slices(lake: Lake) -> None:
    whole = View((store(lake, "integers", "b1", are_many=True),), COLUMNS, ("number",))
    texts = View((store(lake, "texts", "b2", are_many=True),), COLUMNS, ("number",))
    by_number = lake.keep_view("facts", "f1", whole, merges=None, rows=None)
    by_text = lake.keep_view("others", "f1", texts, merges=None, rows=None)
    # Ids such as "7" are in both; their rows must meet in one slice.
    for ref in (by_number, by_text):
        slices = lake.slices([ref])
        assert len(slices) == 4
        found = [
            {row[0] for row in numbers(lake.table(by_number, only=only))}
            & {row[0] for row in numbers(lake.table(by_text, only=only))}
            for only in slices
        ]
        assert set.union(*found) == {"7"}


def test_few_rows_are_read_at_once(lake: Lake) -> None:
    view = View((store(lake, "texts", "b1", are_many=True),), COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=None, rows=None)
    assert Lake(lake.root, lake.engine, rows_at_once=1000).slices([ref]) == [None]
    assert Lake(lake.root, lake.engine).slices([ref]) == [None]


def test_rows_that_lie_in_no_buckets_are_cut_as_well(lake: Lake) -> None:
    ref = lake.write("facts", "f1", rows_of("texts"))
    found = [numbers(lake.table(ref, only=only)) for only in lake.slices([ref])]
    assert len(found) == 4
    assert all(found)
    assert sorted(chain(*found)) == numbers(lake.table(ref))


def test_a_table_without_customers_is_whole_in_every_slice(lake: Lake) -> None:
    view = View((store(lake, "texts", "b1", are_many=True),), COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=None, rows=None)
    few = lake.write("campaigns", "c1", ibis.memtable(pa.table({"name": ["a", "b"]})))
    slices = lake.slices([ref, few])
    assert len(slices) > 1
    assert all(lake.table(few, only=only).count().to_pyarrow().as_py() == 2 for only in slices)


def test_some_customers_are_read_out_of_few_buckets(lake: Lake) -> None:
    view = View((store(lake, "texts", "b1", are_many=True),), COLUMNS, ("number",))
    ref = lake.keep_view("facts", "f1", view, merges=None, rows=None)
    some = lake.some([ref], share=0.1)
    assert some is not None
    assert share_of(some) == 2 / 16
    assert 0 < len(numbers(lake.table(ref, only=some))) < len(IDS["texts"]) / 2
    assert share_of(lake.some([ref], share=1.0)) == 1


def test_what_lies_in_no_buckets_is_read_whole(lake: Lake) -> None:
    ref = lake.write("spine", "s1", rows_of("texts"))
    assert lake.some([ref], share=0.1) is None
    assert share_of(None) == 1
