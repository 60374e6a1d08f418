"""Ingest as a data engineer meets it: deliveries late, twice, changed, broken, and repaired."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.errors import (
    ColumnMissing,
    ColumnRetyped,
    DamagedStore,
    EmptyTable,
    IngestLocked,
    SettingsError,
    SourceChanged,
    StammkundeError,
    UnreadableFile,
    ValidationFailed,
)
from flows.gates import explain_last
from flows.project import open_project
from tests.flows.deliveries import HEADER, Shop, lines

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a project with no delivery yet."""
    return Shop(tmp_path)


def test_the_same_rows_count_once_however_they_are_delivered(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(200)))
    first = shop.ingest()
    shop.deliver("orders/again.csv", HEADER + lines(range(200)))
    shop.deliver("orders/renamed.csv", (shop.folder / "orders/1.csv").read_bytes())
    (shop.folder / "orders/1.csv").unlink()
    shop.deliver("orders/overlap.csv", HEADER + lines(range(150, 250)))
    second = shop.ingest()
    assert len(shop.orders(first)) == 200
    assert len(shop.orders(second)) == 250
    assert shop.batches()[1] | {"staged": 100, "accepted": 50, "unchanged": 50} == shop.batches()[1]
    assert shop.ingest().tables == second.tables
    assert len(shop.batches()) == 2


def test_overlapping_files_of_one_delivery_count_once_and_the_later_wins(shop: Shop) -> None:
    shop.deliver("orders/2024-01.csv", HEADER + lines(range(100)))
    shop.deliver("orders/2024-02.csv", HEADER + lines(range(90, 190), amount="11.00"))
    orders = shop.orders(shop.ingest())
    assert len(orders) == 190
    assert orders["o0095"] == Decimal("11.00")
    assert shop.batches()[0]["collapsed"] == 10
    assert shop.quarantined() == []


def test_a_changed_row_replaces_the_old_one_and_the_past_stays_as_it_was_known(
    shop: Shop,
) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(150)))
    shop.ingest()
    known_at = datetime.now(UTC)
    shop.deliver("orders/2.csv", HEADER + lines(range(140, 160), amount="99.00"))
    now = shop.orders(shop.ingest())
    assert (len(now), now["o0145"], now["o0100"]) == (160, Decimal("99.00"), Decimal("10.00"))
    assert shop.batches()[1]["superseded"] == 10
    then = shop.orders(shop.ingest(known_at=known_at))
    assert (len(then), then["o0145"]) == (150, Decimal("10.00"))


def test_a_row_delivered_again_unchanged_keeps_the_time_it_was_first_known(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    first = shop.rows("orders", shop.ingest(), "order_id", "ingested_at")
    shop.deliver("orders/2.csv", HEADER + lines(range(50, 150)))
    second = dict(shop.rows("orders", shop.ingest(), "order_id", "ingested_at"))
    assert {second[order_id] for order_id, _ in first} == {first[0][1]}
    assert second["o0149"] > first[0][1]


def test_what_a_complete_delivery_lacks_is_deleted_and_not_forgotten(shop: Shop) -> None:
    customers = '[sources.customers]\npath = "customers/*.csv"\ncomplete = true\n'
    shop.configure(more=customers)
    shop.deliver("orders/1.csv", HEADER + lines(range(200)))
    ids = [f"c{number:02}" for number in range(50)]
    shop.deliver("customers/1.csv", "customer_id\n" + "\n".join(ids) + "\n")
    shop.ingest()
    known_at = datetime.now(UTC)
    shop.deliver("customers/2.csv", "customer_id\n" + "\n".join(ids[:-1]) + "\n")
    found = shop.ingest()
    assert len(shop.rows("customers", found, "customer_id")) == 49
    assert shop.batches("customers")[1]["deleted"] == 1
    assert any("customers are gone from the source" in line for line in found.findings)
    then = shop.ingest(known_at=known_at)
    assert len(shop.rows("customers", then, "customer_id")) == 50


def test_a_full_reload_reads_all_files_and_records_what_is_gone(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    gone = shop.deliver("orders/2.csv", HEADER + lines(range(100, 110)))
    shop.ingest()
    gone.unlink()
    assert len(shop.orders(shop.ingest())) == 110
    assert len(shop.orders(shop.ingest(full=["orders"]))) == 100
    assert shop.batches()[-1]["deleted"] == 10
    assert shop.batches()[-1]["unchanged"] == 100


def test_other_settings_read_everything_again_or_say_what_is_missing(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    older = shop.deliver("orders/2.csv", HEADER + lines(range(100, 110)))
    shop.ingest()
    shop.configure(orders='values = { amount = { "10.00" = "20.00" } }')
    assert set(shop.orders(shop.ingest()).values()) == {Decimal("20.00")}
    older.unlink()
    shop.configure(orders='values = { amount = { "10.00" = "30.00" } }')
    with pytest.raises(SourceChanged, match=r"orders/2\.csv"):
        shop.ingest()
    assert set(shop.orders(shop.ingest(full=["orders"])).values()) == {Decimal("30.00")}


def test_broken_rows_are_kept_out_with_reason_and_place_and_the_rest_goes_on(shop: Shop) -> None:
    broken = "x1,c1,2024-13-01,10\nx2,,2024-03-01,10\nx3,c1,2024-03-01,\nx4,c1,2999-01-01,1\n"
    shop.deliver("orders/1.csv", HEADER + lines(range(300)) + broken)
    found = shop.ingest()
    assert len(shop.orders(found)) == 300
    assert [(row["order_id"], row["faults"], row["unreadable"], row["file"], row["_row"])
            for row in sorted(shop.quarantined(), key=lambda row: str(row["order_id"]))] == [
        ("x1", "ordered_at:unreadable", "ordered_at=2024-13-01", "orders/1.csv", 301),
        ("x2", "customer_id:missing", None, "orders/1.csv", 302),
        ("x3", "amount:missing", None, "orders/1.csv", 303),
        ("x4", "ordered_at:in_future", None, "orders/1.csv", 304),
    ]  # fmt: skip
    assert shop.batches()[0]["rejected"] == 4
    explained = "\n".join(explain_last(open_project(shop.folder / "stammkunde.toml")))
    assert "order_id x2 (orders/1.csv:302)" in explained


def test_what_became_of_every_row_is_recorded_and_told(shop: Shop) -> None:
    shop.configure(orders='skip = { state = ["void"] }')
    header = HEADER.rstrip() + ",state\n"

    def with_state(text: str, state: str) -> str:
        return "".join(f"{line},{state}\n" for line in text.splitlines())

    shop.deliver("orders/1.csv", header + with_state(lines(range(300)), "paid"))
    shop.ingest()
    second = with_state(lines(range(290, 600)), "paid") + with_state(lines(range(700, 705)), "void")
    again = with_state("o0590,c40,2024-03-01,12.00\nx1,,2024-03-01,1\n", "paid")
    shop.deliver("orders/2.csv", header + second + again)
    found = shop.ingest()
    assert found.received == (
        "orders: 317 rows read: 300 accepted, 10 unchanged, 5 passed over, 1 rejected, "
        "1 contradicted by a later row",
    )
    assert shop.batches()[-1]["passed_over"] == 5


def test_too_many_broken_rows_stop_and_what_was_accepted_stays(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    before = shop.orders(shop.ingest())
    bad = shop.deliver("orders/2.csv", HEADER + lines(range(200, 290)) + "x,c1,gestern,1\n" * 3)
    with pytest.raises(ValidationFailed, match=r"3 of 93 rows are rejected; at most 2 % may be"):
        shop.ingest()
    assert len(shop.batches()) == 1
    assert len(shop.quarantined()) == 3
    bad.write_text(HEADER + lines(range(200, 290)))
    repaired = shop.orders(shop.ingest())
    assert before.items() <= repaired.items()
    assert len(repaired) == 190
    assert shop.batches()[-1]["rejected"] == 0


def test_a_table_may_have_a_limit_of_its_own(shop: Shop) -> None:
    shop.configure(orders="max_rejected_share = 0.05")
    shop.deliver("orders/1.csv", HEADER + lines(range(97)) + "x,c1,gestern,1\n" * 3)
    assert len(shop.orders(shop.ingest())) == 97


def test_equal_rows_of_one_file_are_one_and_nothing_is_said_to_be_kept_out(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)) + lines(range(3)))
    found = shop.ingest()
    assert len(shop.orders(found)) == 100
    assert (shop.batches()[0]["collapsed"], shop.quarantined()) == (3, [])
    assert not [line for line in found.findings if line.startswith("Rejected")]


def test_rows_that_are_accepted_with_a_warning_are_explained_by_key(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(300)) + "x1,c1,2024-03-01,-7.25\n")
    shop.ingest()
    shop.ingest()
    explained = explain_last(open_project(shop.folder / "stammkunde.toml"))
    (told,) = [line for line in explained if "below zero" in line or "at least 0" in line]
    assert explained[explained.index(told) + 1] == "  such as order_id x1 (orders/1.csv:301)"
    assert "7.25" not in "".join(explained)


def test_a_contradiction_in_one_file_keeps_the_last_row_and_says_so(shop: Shop) -> None:
    twice = "o0001,c01,2024-03-01,12.00\n" + "o0002,c02,2024-03-01,10.00\n"
    shop.deliver("orders/1.csv", HEADER + lines(range(100)) + twice)
    found = shop.ingest()
    assert shop.orders(found)["o0001"] == Decimal("12.00")
    assert [(row["faults"], row["_row"]) for row in shop.quarantined()] == [
        ("order_id:repeated", 2),
    ]
    # Row 3 said the same as the last row: nothing is lost with it.
    assert shop.batches()[0] | {"repeated": 1, "collapsed": 1} == shop.batches()[0]


def test_a_refusal_that_cannot_be_understood_stops_the_run(shop: Shop) -> None:
    shop.configure(more='[sources.consents]\npath = "consents.csv"\n')
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    good = "".join(f"c{n:02},marketing,granted,2024-01-01\n" for n in range(100))
    header = "customer_id,purpose,status,changed_at\n"
    shop.deliver("consents.csv", header + good + "c01,marketing,neein,2024-02-01\n")
    with pytest.raises(ValidationFailed, match="table `consents`, column `status`: 1 of 101 rows"):
        shop.ingest()
    assert shop.batches() == []


@pytest.mark.parametrize(
    ("second", "error", "said"),
    [
        ("id,customer,amount\n" + "x1,c1,1\n", ColumnMissing, "`date`"),
        ("id,kunde,date,amount\n" + "x1,c1,2024-03-01,1\n", ColumnMissing, "`customer`"),
        ("", EmptyTable, "has no rows"),
        (HEADER + 'x1,"c1,2024-03-01,1\n', UnreadableFile, "cannot be read"),
        (HEADER + lines(range(300, 400))[:-15], UnreadableFile, "cannot be read"),
    ],
    ids=["missing column", "renamed column", "zero bytes", "open quote", "cut off"],
)
def test_a_broken_delivery_is_named_and_changes_nothing(
    shop: Shop, second: str, error: type[StammkundeError], said: str
) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    shop.ingest()
    broken = shop.deliver("orders/2.csv", second)
    with pytest.raises(error, match=said):
        shop.ingest()
    broken.unlink()
    assert len(shop.orders(shop.ingest())) == 100


def test_reordered_columns_are_read_by_name_and_new_ones_are_told(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    shop.ingest()
    shop.deliver("orders/2.csv", "amount,note,date,customer,id\n7.00,x,2024-03-02,c01,o0500\n")
    found = shop.ingest()
    assert shop.orders(found)["o0500"] == Decimal("7.00")
    assert any("columns that nobody reads: note" in line for line in found.findings)


def test_a_new_column_that_is_read_is_not_said_to_be_read_by_nobody(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    shop.ingest()
    shop.deliver("orders/2.csv", "id,customer,date,amount,discount\no0500,c01,2024-03-02,7.00,1\n")
    found = shop.ingest()
    assert shop.orders(found)["o0500"] == Decimal("7.00")
    assert not [line for line in found.findings if "nobody reads" in line]


def test_a_column_of_another_type_stops_the_run(shop: Shop) -> None:
    shop.configure(orders='format = "parquet"')
    (shop.folder / "stammkunde.toml").write_text(
        (shop.folder / "stammkunde.toml").read_text().replace("*.csv", "*.parquet")
    )
    days = [date(2024, 3, 1)] * 100
    columns = {"id": range(100), "customer": range(100), "date": days, "amount": [1.0] * 100}
    shop.deliver("orders/1.parquet", pa.table({k: list(v) for k, v in columns.items()}))
    shop.ingest()
    columns |= {"id": range(200, 300), "date": [20240301] * 100}
    shop.deliver("orders/2.parquet", pa.table({k: list(v) for k, v in columns.items()}))
    with pytest.raises(ColumnRetyped, match="column `date` of the source held times"):
        shop.ingest()


def test_a_table_that_shrinks_or_explodes_stops_until_a_person_accepts_it(shop: Shop) -> None:
    shop.configure(more='[sources.customers]\npath = "customers/*.csv"\ncomplete = true\n')
    shop.deliver("orders/1.csv", HEADER + lines(range(200)))
    ids = [f"c{number:02}\n" for number in range(500)]
    shop.deliver("customers/1.csv", "customer_id\n" + "".join(ids))
    shop.ingest()
    shop.deliver("customers/2.csv", "customer_id\n" + "".join(ids[:350]))
    with pytest.raises(ValidationFailed, match="500 rows before this delivery, 350 with it"):
        shop.ingest()
    accepted = shop.ingest(accept_volume=["customers"])
    assert len(shop.rows("customers", accepted, "customer_id")) == 350
    more = [f"d{number:04}\n" for number in range(1500)]
    shop.deliver("customers/3.csv", "customer_id\n" + "".join(ids + more))
    with pytest.raises(ValidationFailed, match="350 rows before this delivery, 2,000 with it"):
        shop.ingest()


def test_orders_below_zero_can_be_refunds(shop: Shop) -> None:
    shop.configure(orders='negative_amounts = "refunds"')
    shop.deliver("orders/1.csv", HEADER + lines(range(100)) + "r1,c01,2024-03-05,-3.50\n")
    found = shop.ingest()
    assert len(shop.orders(found)) == 100
    assert shop.rows("refunds", found, "refund_id", "order_id", "customer_id", "amount") == [
        ("r1", "r1", "c01", Decimal("3.50"))
    ]


def test_accounts_of_one_person_become_one(shop: Shop) -> None:
    shop.configure(more='[sources.customers]\npath = "customers.csv"\n')
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    ids = [f"c{n:02}," for n in range(50)]
    ids[1], ids[2], ids[3] = "c01,c02", "c02,c03", "c03,"
    shop.deliver("customers.csv", "customer_id,merged_into\n" + "\n".join(ids) + "\n")
    found = shop.ingest()
    customers = {row[0] for row in shop.rows("customers", found, "customer_id")}
    owners = [row[0] for row in shop.rows("orders", found, "customer_id")]
    assert customers == {f"c{n:02}" for n in range(50)} - {"c01", "c02"}
    assert set(owners) == customers
    assert owners.count("c03") == 6


def test_lines_of_an_order_are_replaced_together(shop: Shop) -> None:
    shop.configure(more='[sources.order_lines]\npath = "lines/*.csv"\n')
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    shop.deliver(
        "lines/1.csv", "order_id,product_id,amount\no0001,a,1\no0001,b,2\no0001,b,2\no0002,a,3\n"
    )
    shop.ingest()
    shop.deliver("lines/2.csv", "order_id,product_id,amount\no0001,b,2\no0002,a,3\n")
    found = shop.ingest()
    assert shop.rows("order_lines", found, "order_id", "product_id") == [
        ("o0001", "b"), ("o0002", "a"),
    ]  # fmt: skip
    counts = {"staged": 2, "accepted": 1, "unchanged": 1, "superseded": 3}
    assert shop.batches("order_lines")[1] | counts == shop.batches("order_lines")[1]


def test_a_many_bucketed_delivery_is_the_same_rows_as_a_small_one(shop: Shop) -> None:
    """Rows of more than 16 MB lie in customer buckets; what is read is the same."""
    count = 600_000
    (shop.folder / "stammkunde.toml").write_text(
        (shop.folder / "stammkunde.toml").read_text().replace("*.csv", "*.parquet")
    )
    first = datetime.fromisoformat("2024-01-01")
    table = pa.table({
        "id": list(range(count)), "customer": [number % 5000 for number in range(count)],
        "date": [first + timedelta(seconds=number * 37) for number in range(count)],
        "amount": [float(number % 977) + 0.25 for number in range(count)],
        "filler": [f"{number:040}" for number in range(count)],
    })  # fmt: skip
    pq.write_table(table, shop.folder / "orders" / "1.parquet", compression="none")
    assert (shop.folder / "orders" / "1.parquet").stat().st_size > 16 * 2**20
    shop.ingest()
    buckets = list((shop.folder / "data/store/batches/orders").glob("*/rows/bucket=*"))
    assert len(buckets) == 16
    changed = table.slice(10, 5).set_column(3, "amount", pa.array([1.0] * 5))
    pq.write_table(changed, shop.folder / "orders" / "2.parquet")
    found = shop.orders(shop.ingest())
    expected = {
        str(n): Decimal(str(n % 977 + 0.25)).quantize(Decimal("0.01")) for n in range(count)
    }
    expected |= {str(n): Decimal("1.00") for n in range(10, 15)}
    assert found == expected


def test_repeats_in_a_large_delivery_are_found(shop: Shop) -> None:
    (shop.folder / "stammkunde.toml").write_text(
        (shop.folder / "stammkunde.toml").read_text().replace("*.csv", "*.parquet")
    )
    count = 600_000
    numbers = [*range(count), 7, 8]
    table = pa.table({
        "id": numbers, "customer": numbers, "date": [date(2024, 1, 1)] * (count + 2),
        "amount": [1.0] * count + [1.0, 2.0], "filler": [f"{n:040}" for n in range(count + 2)],
    })  # fmt: skip
    pq.write_table(table, shop.folder / "orders" / "1.parquet", compression="none")
    found = shop.orders(shop.ingest())
    assert len(found) == count
    assert found["8"] == Decimal("2.00")
    assert shop.batches()[0] | {"repeated": 1, "collapsed": 1} == shop.batches()[0]
    assert [row["order_id"] for row in shop.quarantined()] == ["8"]


@pytest.mark.parametrize("damage", ["commit", "record", "rows", "lost rows"])
def test_a_damaged_store_is_refused_and_never_taken_for_an_empty_one(
    shop: Shop, damage: str
) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    shop.ingest()
    store = shop.folder / "data" / "store"
    [rows] = store.glob("batches/orders/*/rows/*.parquet")
    target = {
        "commit": store / "commits" / "00000001.json",
        "record": rows.parents[1] / "batch.json",
        "rows": rows,
        "lost rows": rows,
    }[damage]
    content = target.read_bytes()
    if damage == "lost rows":
        target.unlink()
    elif damage == "rows":
        target.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    else:
        target.write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedStore, match="Restore it from a backup"):
        shop.ingest()
    target.write_bytes(content)
    assert len(shop.orders(shop.ingest())) == 100


def test_a_damaged_derived_table_is_set_aside_and_made_again(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    found = shop.ingest()
    [part] = (shop.folder / "data/tables/customers").glob("*/part-0.parquet")
    content, table = part.read_bytes(), pq.read_table(part).sort_by("customer_id")
    part.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    assert shop.ingest().tables == found.tables
    assert pq.read_table(part).sort_by("customer_id").equals(table)
    assert len(list((shop.folder / "data/tables/customers").glob(".*.damaged"))) == 1


def test_two_ingests_at_once_are_one_and_a_refusal(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER + lines(range(100)))
    with (
        open_project(shop.folder / "stammkunde.toml").store.locked(),
        pytest.raises(IngestLocked, match="Another ingest of this project is under way"),
    ):
        shop.ingest()
    assert len(shop.orders(shop.ingest())) == 100


def test_no_identifier_leaves_the_store(shop: Shop) -> None:
    """A canary e-mail is in the batches of `identities`, and in nothing else that is kept."""
    shop.configure(more='[sources.identities]\npath = "people.csv"\n')
    shop.deliver("orders/1.csv", HEADER + lines(range(50)))
    people = "".join(f"c{n:02},canary{n}@example.com,DE\n" for n in range(50))
    shop.deliver(
        "people.csv", "customer_id,email,country\n" + people + "c01,canary99@example.com,x\n"
    )
    shop.ingest()
    elsewhere = [
        path for path in (shop.folder / "data").rglob("*")
        if path.is_file() and b"canary" in path.read_bytes()
    ]  # fmt: skip
    assert {path.relative_to(shop.folder / "data").parts[:2] for path in elsewhere} <= {
        ("store", "batches"), ("store", "staging"), ("quarantine", "identities"),
    }  # fmt: skip


def test_the_record_of_a_batch_says_where_its_rows_came_from(shop: Shop) -> None:
    shop.deliver("orders/1.csv", HEADER.replace(",", ";") + lines(range(100)).replace(",", ";"))
    shop.ingest()
    [record] = (shop.folder / "data/store/batches/orders").glob("*/batch.json")
    batch = json.loads(record.read_text())
    assert batch["source"] == "orders/*.csv"
    [delivery] = batch["deliveries"]
    assert delivery["name"] == "orders/1.csv"
    assert delivery["format"]["delimiter"] == ";"
    assert batch["counts"] | {"staged": 100, "accepted": 100} == batch["counts"]
    assert set(batch["files"]) == {"rows/part-0.parquet"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("[sources.orders]", "[sources.orders]\npassword = 'x'"),
        lambda text: text + "\n[sources.refunds]\ndatabase = 'crm'\nrelation = 'refunds'\n",
        lambda text: text + "\n[databases.crm]\nurl = 'postgresql://u:secret@h/d'\n",
    ],
    ids=["unknown key", "unknown database", "a URL in the settings"],
)
def test_settings_that_cannot_be_are_refused_before_anything_is_read(
    shop: Shop, change: Callable[[str], str]
) -> None:
    file = shop.folder / "stammkunde.toml"
    file.write_text(change(file.read_text()))
    with pytest.raises(SettingsError) as refused:
        shop.ingest()
    assert "secret" not in str(refused.value)
    assert not (shop.folder / "data").exists()
