"""Feature tables as flows build them: by slices of customers as at once."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.names import split_ref
from contracts.schema import SNAPSHOT_KEY
from features.catalogue import FEATURES
from flows.audit_time_travel import audit_time_travel
from flows.feature_tables import build_features
from flows.ingest import ingest
from flows.names import TableRefs
from flows.project import open_project
from tests.features.compare import assert_same
from tests.flows.conftest import SETTINGS
from tests.flows.stored import feature_rows
from tests.made import write_shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

DATES = [date(2024, 6, 1), date(2024, 9, 1)]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, TableRefs]]:
    """Return settings and canonical tables of a shop whose tables are read whole, or in slices."""
    folder = tmp_path_factory.mktemp("shops")
    write_shop(folder / "orders.csv", customers=200, days=300, first=date(2024, 1, 1))
    found = {}
    for name, engine in (("whole", ""), ("sliced", "[engine]\nrows_at_once = 500\n")):
        settings = folder / f"{name}.toml"
        root = f'[project]\nroot = "{name}"'
        settings.write_text(SETTINGS.replace("[project]", root) + engine)
        found[name] = str(settings), ingest(str(settings)).tables
    return found


@pytest.mark.parametrize("dates", [DATES, DATES[1:]])
def test_slices_of_customers_give_the_same_features(
    dates: list[date], shops: dict[str, tuple[str, TableRefs]]
) -> None:
    refs = {name: build_features(*shop, dates) for name, shop in shops.items()}
    whole, sliced = (feature_rows(shops[name][0], refs[name]) for name in ("whole", "sliced"))
    assert parts(shops["whole"][0], refs["whole"]["order_days"]) == 1
    assert parts(shops["sliced"][0], refs["sliced"]["order_days"]) > 3
    assert sliced.keys() == whole.keys()
    for name, rows in whole.items():
        assert rows.num_rows > 150
        assert_same(sliced[name], rows)


def test_travel_in_time_by_slices_sees_every_customer(
    shops: dict[str, tuple[str, TableRefs]],
) -> None:
    whole, sliced = (
        audit_time_travel(shops[name][0], as_of=DATES[1]) for name in ("whole", "sliced")
    )
    sliced.check()
    assert sliced == whole
    assert all(family.rows > 150 for family in sliced.families)


def parts(settings: str, ref: str) -> int:
    name, fingerprint = split_ref(ref)
    return len(list((open_project(settings).tables / name / fingerprint).glob("part-*.parquet")))


def test_only_the_features_that_are_asked_for_are_built(
    shops: dict[str, tuple[str, TableRefs]],
) -> None:
    settings, tables = shops["whole"]
    all_rows = feature_rows(settings, build_features(settings, tables, DATES[1:]))
    few = build_features(settings, tables, DATES[1:], only={"recency", "gap_median", "T"})
    assert few.keys() == {"spine", "order_days"}
    rows = feature_rows(settings, few)["order_days"]
    assert set(rows.column_names) == {*SNAPSHOT_KEY, "recency", "gap_median", "T"}
    assert_same(rows, all_rows["order_days"].select(rows.column_names))


def test_asking_for_all_finds_what_was_built(shops: dict[str, tuple[str, TableRefs]]) -> None:
    settings, tables = shops["whole"]
    built = build_features(settings, tables, DATES[1:])
    assert build_features(settings, tables, DATES[1:], only=FEATURES) == built
