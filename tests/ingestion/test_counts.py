"""Every row that is read is staged, passed over, or added up to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rules import Facts
from contracts.tables import TABLES
from ingestion.conversion import TextForm
from ingestion.mapping import Target
from ingestion.settings import SourceSettings
from ingestion.staging import Delivered, count_rest, stage

FACTS = Facts(datetime(2026, 1, 1, tzinfo=UTC), "EUR")
STATES = ("paid", "void", "draft")

# (customer, day, state) of each row of a file.
Rows = list[tuple[str, str, str]]
rows = st.lists(
    st.tuples(
        st.sampled_from(["c1", "c2", ""]),
        st.sampled_from(["2024-03-01", "2024-03-02", "gestern"]),
        st.sampled_from(STATES),
    ),
    min_size=1,
    max_size=12,
)


def delivered(files: Sequence[Rows], *, with_ids: bool) -> list[Delivered]:
    columns = ["customer_id", "ordered_at", "state", "amount", "_row"]
    found = []
    for number, file in enumerate(files):
        records = [
            dict(zip(columns, (*row, "1.00", place), strict=True))
            | ({"order_id": f"{number}-{place}"} if with_ids else {})
            for place, row in enumerate(file, start=1)
        ]
        found.append(
            Delivered(f"{number}.csv", ibis.memtable(pa.Table.from_pylist(records)), TextForm())
        )
    return found


@settings(max_examples=25, deadline=None)
@given(
    files=st.lists(rows, min_size=1, max_size=2),
    skipped=st.sets(st.sampled_from(STATES)),
    with_ids=st.booleans(),
)
def test_rows_read_are_those_staged_passed_over_and_added_up(
    files: list[Rows], skipped: set[str], with_ids: bool
) -> None:
    source = SourceSettings(path="*.csv", skip={"state": sorted(skipped)} if skipped else {})
    target = Target(TABLES["orders"], source, FACTS)
    found = delivered(files, with_ids=with_ids)
    staged = stage(found, target).count().to_pyarrow().as_py()
    rest = count_rest(found, target, staged=staged)
    every = [row for file in files for row in file]
    assert rest["passed_over"] == sum(state in skipped for *_, state in every)
    assert staged + rest["passed_over"] + rest["added_up"] == len(every)
    assert rest["added_up"] == 0 or not with_ids


def test_continuation_rows_are_passed_over_and_counted() -> None:
    source = SourceSettings(path="*.csv", continuation_rows=True)
    target = Target(TABLES["orders"], source, FACTS)
    records = [
        {"order_id": order_id, "customer_id": "c1", "ordered_at": day, "amount": "1", "_row": row}
        for row, (order_id, day) in enumerate(
            [("o1", "2024-03-01"), ("o1", ""), ("o1", ""), ("o2", "2024-03-02")], start=1
        )
    ]
    found = [Delivered("1.csv", ibis.memtable(pa.Table.from_pylist(records)), TextForm())]
    staged = stage(found, target).count().to_pyarrow().as_py()
    assert (staged, count_rest(found, target, staged=staged)["passed_over"]) == (2, 2)
