from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from pydantic import ValidationError

from contracts.errors import ColumnMissing
from ingestion.pseudonyms import pseudonym
from ingestion.settings import SourceSettings

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Read = Callable[..., ir.Table]
Faults = Callable[..., list[tuple[int, str, str | None]]]

HEADER = "order_id,customer_id,ordered_at,amount\n"


@pytest.fixture
def read_column(deliver: Deliver, staged: Read) -> Callable[..., list[object]]:
    """Read cells of one column of orders, rejected rows too; the other columns are fine."""

    def read_column(name: str, cells: list[str], **settings: str) -> list[object]:
        fine = {"customer_id": "c1", "ordered_at": "2024-01-05", "amount": "1.00"}
        lines = [
            ",".join([f"o{number:03}", *({**fine, name: cell}.values())])
            for number, cell in enumerate(cells)
        ]
        header = ",".join(["order_id", *{**fine, name: ""}])
        deliver("cells.csv", "\n".join([header, *lines]))
        rows = staged("orders", "cells.csv", **settings).order_by("_row").to_pyarrow().to_pylist()
        return [row[name] for row in rows]

    return read_column


def test_columns_are_mapped_and_equal_names_need_no_entry(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "Beleg,Kunde,ordered_at,Betrag (netto),channel\n1,c1,2024-01-05,10,web\n")
    columns = {"order_id": "Beleg", "customer_id": "Kunde", "amount": "Betrag (netto)"}
    [row] = read("orders", "o.csv", columns=columns).to_pyarrow().to_pylist()
    assert (row["order_id"], row["customer_id"], row["amount"], row["channel"]) == (
        "1", "c1", Decimal("10.00"), "web",
    )  # fmt: skip


def test_a_mapped_column_wins_over_one_of_the_canonical_name(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "customer_id,ordered_at,amount,net\nc1,2024-01-05,119.00,100.00\n")
    [row] = read("orders", "o.csv", columns={"amount": "net"}).to_pyarrow().to_pylist()
    assert row["amount"] == Decimal("100.00")


def test_ids_keep_leading_zeros_and_lose_surrounding_blanks(
    read_column: Callable[..., list[object]],
) -> None:
    assert read_column("customer_id", ["007", " 7 ", "\t0x7", "1e3"]) == ["007", "7", "0x7", "1e3"]


def test_whole_ids_of_parquet_become_text(deliver: Deliver, read: Read) -> None:
    columns = {"order_id": [7], "customer_id": [2**53 + 1], "ordered_at": ["2024-01-05"]}
    deliver("o.parquet", pa.table({**columns, "amount": [1]}))
    [row] = read("orders", "o.parquet").to_pyarrow().to_pylist()
    assert (row["order_id"], row["customer_id"]) == ("7", "9007199254740993")


@pytest.mark.parametrize("column", ["channel", "discount", "ordered_at"])
def test_empty_and_blank_cells_are_null(
    read_column: Callable[..., list[object]], column: str
) -> None:
    assert read_column(column, ["", "  ", '""']) == [None, None, None]


def test_words_for_nothing_are_kept_as_they_are(read_column: Callable[..., list[object]]) -> None:
    assert read_column("channel", ["NULL", "NA", "-"]) == ["NULL", "NA", "-"]


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ("2024-02-29", "2024-02-29T00:00:00"),
        ("2024-02-29 10:30:15", "2024-02-29T10:30:15"),
        ("2024-02-29T10:30:15.250001", "2024-02-29T10:30:15.250001"),
        ("2024-02-29T10:30:15Z", "2024-02-29T10:30:15"),
        ("2024-03-01T01:30:00+02:00", "2024-02-29T23:30:00"),
        ("2024-02-29 20:00:00-05", "2024-03-01T01:00:00"),
        (" 2024-02-29 ", "2024-02-29T00:00:00"),
    ],
)
def test_times_are_utc_and_those_without_offset_are_taken_as_utc(
    read_column: Callable[..., list[object]], cell: str, read_as: str
) -> None:
    assert read_column("ordered_at", [cell]) == [datetime.fromisoformat(read_as)]


@pytest.mark.parametrize(
    ("timestamp_format", "cell", "read_as"),
    [
        ("%d.%m.%Y %H:%M", "03.02.2024 10:30", "2024-02-03T10:30:00"),
        ("%d.%m.%Y", " 03.02.2024 ", "2024-02-03T00:00:00"),
        ("%Y%m%d", "20240203", "2024-02-03T00:00:00"),
        ("%d.%m.%Y %H:%M %z", "03.02.2024 00:30 +0200", "2024-02-02T22:30:00"),
    ],
)
def test_times_are_read_by_their_format(
    read_column: Callable[..., list[object]], timestamp_format: str, cell: str, read_as: str
) -> None:
    found = read_column("ordered_at", [cell, ""], timestamp_format=timestamp_format)
    assert found == [datetime.fromisoformat(read_as), None]


@pytest.mark.parametrize(
    ("times", "read_as"),
    [
        (pa.array([date(2024, 2, 3)]), "2024-02-03T00:00:00"),
        (pa.array([datetime(2024, 2, 3, tzinfo=UTC)], pa.timestamp("s")), "2024-02-03T00:00:00"),
        (
            pa.array([datetime(2024, 2, 3, tzinfo=UTC)], pa.timestamp("us", "Pacific/Auckland")),
            "2024-02-03T00:00:00",
        ),
        (pa.array(["2024-02-03T01:00:00+02:00"]), "2024-02-02T23:00:00"),
        (pa.array(["2024-02-03"]).dictionary_encode(), "2024-02-03T00:00:00"),
    ],
    ids=["dates", "without zone", "with zone", "text", "dictionary"],
)
def test_times_of_parquet_become_utc(
    deliver: Deliver, read: Read, times: pa.Array, read_as: str
) -> None:
    deliver("o.parquet", pa.table({"customer_id": ["c1"], "ordered_at": times, "amount": [1]}))
    [row] = read("orders", "o.parquet").to_pyarrow().to_pylist()
    assert row["ordered_at"] == datetime.fromisoformat(read_as)


def test_a_date_written_as_a_whole_number_is_read_by_its_format(
    deliver: Deliver, read: Read
) -> None:
    deliver("o.parquet", pa.table({"customer_id": ["c1"], "ordered_at": [20240203], "amount": [1]}))
    [row] = read("orders", "o.parquet", timestamp_format="%Y%m%d").to_pyarrow().to_pylist()
    assert row["ordered_at"] == datetime.fromisoformat("2024-02-03")


def test_amounts_are_rounded_to_cents(read_column: Callable[..., list[object]]) -> None:
    cells = ["1.005", "1.004", "-1.005", " 2.5 ", "+3", ".5", "1e3", "9007199254740993.01"]
    assert read_column("amount", cells) == [
        Decimal(amount)
        for amount in (
            "1.01", "1.00", "-1.01", "2.50", "3.00", "0.50", "1000.00", "9007199254740993.01",
        )
    ]  # fmt: skip


def test_optional_columns_the_source_lacks_are_null(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", HEADER + "1,c1,2024-01-05,10\n")
    [row] = read("orders", "o.csv").to_pyarrow().to_pylist()
    assert {name for name, value in row.items() if value is None} == {
        "discount", "margin", "channel", "currency",
    }  # fmt: skip


def test_free_attributes_of_customers_are_kept_as_text(deliver: Deliver, read: Read) -> None:
    deliver("c.csv", "id,Age Band,household,unread\nc1, 30-40 ,0012,x\nc2,,,y\n")
    columns = {"customer_id": "id", "age_band": "Age Band", "household": "household"}
    customers = read("customers", "c.csv", columns=columns)
    assert customers.columns[-2:] == ("age_band", "household")
    assert [
        (row["customer_id"], row["age_band"], row["household"])
        for row in customers.to_pyarrow().to_pylist()
    ] == [("c1", "30-40", "0012"), ("c2", None, None)]


def test_missing_columns_are_named_with_what_is_there(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "id, Day,total\n1,2024-01-05,10\n")
    columns = {"order_id": "id", "ordered_at": "day", "discount": "rebate", "amount": "total"}
    with pytest.raises(ColumnMissing) as missing:
        read("orders", "o.csv", columns=columns)
    assert missing.value.missing == ["customer_id", "day", "rebate"]
    assert missing.value.found == ["id", "Day", "total"]
    assert "It has: id, Day, total." in str(missing.value)


def test_a_derivable_key_that_is_mapped_must_be_there(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "customer_id,ordered_at,amount\nc1,2024-01-05,10\n")
    with pytest.raises(ColumnMissing, match="`number`"):
        read("orders", "o.csv", columns={"order_id": "number"})


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("ordered_at", ["2024-01-05", "05.01.2024x", "2024-01-06", "2024-02-30"]),
        ("amount", ["1.00", "1x", "2", "ten"]),
        ("amount", ["1.00", "nan", "2", "inf"]),
        ("discount", ["", "1e17", "", "0.1.2"]),
    ],
)
def test_unreadable_cells_are_faults_with_their_row_and_what_stands_there(
    deliver: Deliver, staged: Read, column: str, cells: list[str]
) -> None:
    fine = {"order_id": "", "customer_id": "c1", "ordered_at": "2024-01-05", "amount": "1.00"}
    lines = [
        ",".join((fine | {"order_id": f"o{n}", column: c}).values()) for n, c in enumerate(cells)
    ]
    deliver("o.csv", "\n".join([",".join(fine | {column: ""}), *lines]))
    settings = {"timestamp_format": "%Y-%m-%d"} if column == "ordered_at" else {"decimal": "."}
    rows = staged("orders", "o.csv", **settings)
    bad = rows.filter(rows.faults.notnull()).order_by("_row").to_pyarrow().to_pylist()
    assert [(row["_file"], row["_row"]) for row in bad] == [(0, 2), (0, 4)]
    assert [row["unreadable"] for row in bad] == [f"{column}={cells[1]}", f"{column}={cells[3]}"]
    assert all(f"{column}:unreadable" in row["faults"].split(",") for row in bad)
    # An optional value costs no row; a required one does.
    assert {row["is_rejected"] for row in bad} == {column != "discount"}


def test_the_row_of_a_fault_in_a_large_file_is_its_position(
    deliver: Deliver, faults: Faults
) -> None:
    amounts = ["1.00"] * 200_000
    amounts[150_001] = amounts[180_000] = "one"
    rows = [f"{number},c1,2024-01-05,{amount}" for number, amount in enumerate(amounts)]
    deliver("o.csv", HEADER + "\n".join(rows))
    assert [row for row, _, _ in faults("orders", "o.csv")] == [150_002, 180_001]


@pytest.mark.parametrize("cell", ["many", "nan", "inf", "1e400"])
def test_what_is_no_finite_number_is_unreadable(
    deliver: Deliver, faults: Faults, cell: str
) -> None:
    deliver("l.csv", f"order_id,product_id,quantity\n1,p,2.5\n1,q,{cell}\n")
    assert faults("order_lines", "l.csv") == [(2, "quantity:unreadable", f"quantity={cell}")]


def test_what_is_no_whole_number_is_unreadable(deliver: Deliver, faults: Faults) -> None:
    deliver("c.csv", "customer_id,birth_year\nc1,1980\nc2,'80\n")
    assert faults("customers", "c.csv") == [(2, "birth_year:unreadable", "birth_year='80")]


def test_nan_of_parquet_is_null(deliver: Deliver, read: Read) -> None:
    nan = float("nan")
    lines = {"order_id": ["1"], "product_id": ["p"], "line": [nan], "quantity": [nan]}
    deliver("l.parquet", pa.table({**lines, "amount": [nan]}))
    [row] = read("order_lines", "l.parquet").to_pyarrow().to_pylist()
    assert (row["line"], row["quantity"], row["amount"]) == (None, None, None)


@pytest.mark.parametrize(
    "wrong", [{"path": ""}, {"path": "a.csv", "delimiter": ";;"}, {"path": "a", "colums": {}}]
)
def test_wrong_settings_of_a_source_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=list(wrong)[-1]):
        SourceSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "one of `path` and `database`"),
        ({"path": "a", "database": "crm", "relation": "x"}, "one of `path` and `database`"),
        ({"path": "a", "cursor": "changed"}, "belong to a `database`"),
        ({"database": "crm"}, "one of `relation` and `query`"),
        ({"database": "crm", "relation": "x", "query": "select 1"}, "`relation` and `query`"),
        ({"path": "a", "time_zone": "Berlin"}, "no time zone"),
        ({"path": "a", "decimal": ",", "thousands": ","}, "are both"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        SourceSettings.model_validate(wrong)


def test_values_are_replaced_by_ours_before_they_are_judged(deliver: Deliver, read: Read) -> None:
    deliver("c.csv", "id,wofür,antwort,am\n7,Werbung, ja ,2024-01-05\n8,Werbung,nein,2024-01-06\n")
    consents = read(
        "consents", "c.csv",
        columns={"customer_id": "id", "purpose": "wofür", "status": "antwort", "changed_at": "am"},
        values={
            "purpose": {"Werbung": "marketing"}, "status": {"ja": "granted", "nein": "withdrawn"},
        },
    )  # fmt: skip
    assert [(row["purpose"], row["status"]) for row in consents.to_pyarrow().to_pylist()] == [
        ("marketing", "granted"), ("marketing", "withdrawn"),
    ]  # fmt: skip


def test_a_consent_that_cannot_be_understood_is_a_fault(deliver: Deliver, faults: Faults) -> None:
    deliver("c.csv", "customer_id,purpose,status,changed_at\n7,marketing,vielleicht,2024-01-05\n")
    assert faults("consents", "c.csv") == [(1, "status:not_accepted", None)]


def test_other_currencies_are_converted_by_their_rate_and_rejected_without_one(
    deliver: Deliver, staged: Read
) -> None:
    deliver(
        "o.csv",
        "order_id,customer_id,ordered_at,amount,discount,currency\n"
        "1,c,2024-01-05,10.05,,EUR\n2,c,2024-01-05,10.05,1,USD\n3,c,2024-01-05,10,,CHF\n"
        "4,c,2024-01-05,1,,\n",
    )
    rows = staged("orders", "o.csv", rates={"USD": Decimal("0.9")}).order_by("_row")
    assert [
        (row["amount"], row["discount"], row["currency"], row["faults"])
        for row in rows.to_pyarrow().to_pylist()
    ] == [
        (Decimal("10.05"), None, "EUR", None),
        (Decimal("9.05"), Decimal("0.90"), "EUR", None),
        (Decimal("10.00"), None, "CHF", "currency:foreign_currency"),
        (Decimal("1.00"), None, "EUR", None),
    ]


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        ("2024-07-01 10:00:00", "2024-07-01T08:00:00"),
        ("2024-01-01 10:00", "2024-01-01T09:00:00"),
        ("2024-07-01T10:00:00+00:00", "2024-07-01T10:00:00"),
        ("2024-07-01", "2024-07-01T00:00:00"),
    ],
)
def test_times_without_zone_are_of_the_zone_that_is_set_and_a_day_is_a_day(
    read_column: Callable[..., list[object]], cell: str, read_as: str
) -> None:
    found = read_column("ordered_at", [cell], time_zone="Europe/Berlin")
    assert found == [datetime.fromisoformat(read_as)]


def test_a_year_that_the_export_states_elsewhere_is_added(
    read_column: Callable[..., list[object]],
) -> None:
    found = read_column("ordered_at", ["2102"], timestamp_format="%d%m%Y", timestamp_suffix="2018")
    assert found == [datetime.fromisoformat("2018-02-21")]


def test_rows_to_skip_and_rows_that_continue_another_are_passed_over(
    deliver: Deliver, read: Read
) -> None:
    deliver(
        "o.csv",
        "Name,Kunde,Am,Summe,Stand\n#1,c1,2024-01-05,10,paid\n#1,,,,\n#1,,,,\n"
        "#2,c2,2024-01-06,20,voided\n#3,c3,2024-01-07,30,paid\n",
    )
    columns = {"order_id": "Name", "customer_id": "Kunde", "ordered_at": "Am", "amount": "Summe"}
    orders = read(
        "orders", "o.csv", columns=columns, skip={"Stand": ["voided"]}, continuation_rows=True
    )
    assert orders.select("order_id").to_pyarrow()["order_id"].to_pylist() == ["#1", "#3"]


def test_ids_that_name_people_become_pseudonyms(deliver: Deliver, read: Read) -> None:
    deliver(
        "o.csv",
        "order_id,customer_id,ordered_at,amount\n1,Anna@example.com,2024-01-05,1\n"
        "2, anna@example.com,2024-01-06,1\n3,b@example.com,2024-01-06,1\n",
    )
    found = read("orders", "o.csv", pseudonymous_ids=True).to_pyarrow()["customer_id"].to_pylist()
    assert found[0] == found[1] != found[2]
    assert all(re.fullmatch("[0-9a-f]{24}", each) for each in found)
    assert found[0] != pseudonym("anna@example.com", key=b"another")


def test_an_object_or_a_list_is_no_id_and_a_text_that_looks_like_one_is(
    deliver: Callable[..., Path], faults: Callable[..., Any], read: Callable[..., ir.Table]
) -> None:
    ids = ['{"a": 1}', "[7]", '"c1"', '"[VIP] c2"', "12"]
    more = '"ordered_at": "2024-03-01", "amount": 1, "channel": ["web"]'
    deliver(
        "o.jsonl",
        "".join(
            f'{{"order_id": "o{n}", "customer_id": {id_}, {more}}}\n' for n, id_ in enumerate(ids)
        ),
    )
    assert [(row, codes) for row, codes, _ in faults("orders", "o.jsonl")] == [
        (1, "customer_id:unreadable,customer_id:missing"),
        (2, "customer_id:unreadable,customer_id:missing"),
    ]
    orders = read("orders", "o.jsonl").select("customer_id", "channel").to_pyarrow().to_pylist()
    assert [tuple(row.values()) for row in orders] == [
        ("c1", '["web"]'), ("[VIP] c2", '["web"]'), ("12", '["web"]'),
    ]  # fmt: skip


TICKETS = "ticket_id,customer_id,opened_at,solved\n"


@pytest.mark.parametrize(
    ("cell", "is_solved"),
    [
        ("true", True), ("Yes", True), (" JA ", True), ("1", True), ("resolved", True),
        ("Gelöst", True), ("False", False), ("n", False), ("nein", False), ("0", False),
        ("unresolved", False), ("nicht gelöst", False), ("", None), ("maybe", None), ("2", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_in_the_usual_words(
    deliver: Deliver, read: Read, cell: str, is_solved: bool | None
) -> None:
    deliver("t.csv", f"{TICKETS}1,c1,2024-01-05,{cell}\n")
    [row] = read("tickets", "t.csv").to_pyarrow().to_pylist()
    assert row["solved"] is is_solved


def test_what_says_neither_yes_nor_no_is_told(deliver: Deliver, faults: Faults) -> None:
    deliver("t.csv", f"{TICKETS}1,c1,2024-01-05,yes\n2,c1,2024-01-05,maybe\n")
    assert [(row, rules) for row, rules, _ in faults("tickets", "t.csv")] == [
        (2, "solved:unreadable")
    ]


@pytest.mark.parametrize(
    "values", [pa.array([True, False, None]), pa.array([1, 0, 7]), pa.array([1.0, 0.0, 0.7])]
)
def test_typed_values_of_yes_and_no_are_taken(
    deliver: Deliver, read: Read, values: pa.Array
) -> None:
    same = {"ticket_id": ["1", "2", "3"], "customer_id": ["c"] * 3, "opened_at": ["2024-01-05"] * 3}
    deliver("t.parquet", pa.table({**same, "solved": values}))
    found = read("tickets", "t.parquet").order_by("ticket_id").to_pyarrow()
    assert found["solved"].to_pylist() == [True, False, None]
