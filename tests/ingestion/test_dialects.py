"""Files as real systems write them: encodings, numbers, dates, lines before the header."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend
from pydantic import ValidationError

from contracts.errors import UnreadableFile
from ingestion.settings import SourceSettings

Deliver = Callable[[str, Any], Path]
Read = Callable[..., ir.Table]

ORDERS = {"customer_id": "Kunde", "ordered_at": "Datum", "amount": "Betrag"}


def rows(engine: Backend, table: ir.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in engine.to_pyarrow(table).to_pylist()]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("packed", [False, True])
def test_german_excel_is_read_in_its_encoding(
    encoding: str, packed: bool, engine: Backend, deliver: Deliver, read: Read
) -> None:
    text = "Kunde;Datum;Betrag\r\nKöln-1;31.01.2024;1.234,50\r\nÜ2;01.02.2024;-3,00\r\n"
    content = text.encode(encoding)
    name = "export.csv.gz" if packed else "export.csv"
    deliver(name, gzip.compress(content, mtime=0) if packed else content)
    table = read(
        "orders", name, columns=ORDERS, encoding=encoding, delimiter=";", decimal=",",
        thousands=".", timestamp_format="%d.%m.%Y",
    )  # fmt: skip
    found = sorted((row["customer_id"], row["amount"]) for row in rows(engine, table))
    assert found == [("Köln-1", Decimal("1234.50")), ("Ü2", Decimal("-3.00"))]


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ("1 234,50 €", {"decimal": ","}),
        ("1\u00a0234,50\u00a0€", {"decimal": ","}),
        ("1\u202f234,50", {"decimal": ","}),
        ("€1.234,5", {"decimal": ",", "thousands": "."}),
        ("1'234.50", {"thousands": "'"}),
        ("$1,234.50", {"thousands": ","}),
        ("+1234.5", {}),
    ],
)
def test_amounts_are_read_as_people_write_them(
    written: str, settings: dict[str, str], engine: Backend, deliver: Deliver, read: Read
) -> None:
    deliver("o.csv", f"Kunde;Datum;Betrag\nc1;2024-01-01;{written}\n")
    table = read("orders", "o.csv", columns=ORDERS, delimiter=";", **settings)
    assert rows(engine, table)[0]["amount"] == Decimal("1234.50")


@pytest.mark.parametrize("written", ["1 2 3 x", "12 USD"])
def test_an_amount_that_is_none_is_a_fault(
    written: str, deliver: Deliver, faults: Callable[..., Any]
) -> None:
    deliver("o.csv", f"Kunde;Datum;Betrag\nc1;2024-01-01;{written}\n")
    [(row, codes, unreadable)] = faults("orders", "o.csv", columns=ORDERS, delimiter=";")
    assert (row, codes.split(",")[0]) == (1, "amount:unreadable")
    assert unreadable == f"amount={written}"


@pytest.mark.parametrize(
    "written",
    ["2024-01-15 17:41:00 -0500", "2024-01-15T17:41:00-05:00", "2024-01-15 17:41:00.0 -05:00",
     "2024-01-15T22:41:00Z"],
)  # fmt: skip
def test_times_with_an_offset_become_utc(
    written: str, engine: Backend, deliver: Deliver, read: Read
) -> None:
    deliver("o.csv", f"Kunde,Datum,Betrag\nc1,{written},1\n")
    found = rows(engine, read("orders", "o.csv", columns=ORDERS))[0]["ordered_at"]
    assert found == datetime.fromisoformat("2024-01-15T22:41:00")


def test_lines_before_the_header_are_skipped(engine: Backend, deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "EXTF;700;Export\nstand 2024\nKunde;Datum;Betrag\nc1;2024-01-01;5\n")
    table = read("orders", "o.csv", columns=ORDERS, delimiter=";", skip_lines=2)
    assert [row["customer_id"] for row in rows(engine, table)] == ["c1"]


def test_json_lines_are_read(engine: Backend, deliver: Deliver, read: Read) -> None:
    lines = (
        '{"Kunde": "007", "Datum": "2024-01-01", "Betrag": 1.5}\n'
        '{"Kunde": "008", "Betrag": "2", "Datum": "2024-01-02T10:00:00+02:00"}\n'
    )
    deliver("o.jsonl", lines)
    found = rows(engine, read("orders", "o.jsonl", columns=ORDERS))
    assert [(row["customer_id"], row["amount"]) for row in found] == [
        ("007", Decimal("1.50")), ("008", Decimal("2.00")),
    ]  # fmt: skip
    assert found[1]["ordered_at"] == datetime.fromisoformat("2024-01-02T08:00:00")


def test_a_wrong_encoding_is_named_and_no_byte_of_the_file(deliver: Deliver, read: Read) -> None:
    deliver("o.csv", "Kunde;Datum;Betrag\nMüller;2024-01-01;5\n".encode("cp1252"))
    with pytest.raises(UnreadableFile, match=r"o\.csv` cannot be read: it is not utf-16") as told:
        read("orders", "o.csv", columns=ORDERS, encoding="utf-16")
    assert "ller" not in str(told.value)
    assert told.value.__suppress_context__ or told.value.__context__ is None


def test_a_packed_file_that_is_cut_off_is_named(deliver: Deliver, read: Read) -> None:
    text = "Kunde;Datum;Betrag\n" + "c1;2024-01-01;5\n" * 5000
    deliver("o.csv.gz", gzip.compress(text.encode("cp1252"), mtime=0)[:-40])
    with pytest.raises(UnreadableFile, match="no whole gzip file"):
        read("orders", "o.csv.gz", columns=ORDERS, encoding="cp1252")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"encoding": "klingon"}, "`klingon` is no known encoding"),
        ({"decimal": ",", "thousands": ","}, "`decimal` and `thousands` are both `,`"),
        ({"skip_lines": -1}, "greater than or equal to 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SourceSettings(path="x.csv", **wrong)


def test_a_charity_export_with_narrow_blanks_and_euros(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "charity_campaigns.csv", crm)
    columns = {"campaign_id": "campaignID", "starts_at": "date", "contact_cost": "CostUnit"}
    table = read(
        "campaigns", "charity_campaigns.csv", columns=columns, decimal=",",
        timestamp_format="%d/%m/%Y",
    )  # fmt: skip
    found = rows(engine, table)
    assert len(found) == 368
    assert min(row["starts_at"] for row in found) == datetime.fromisoformat("2004-12-13")
    assert max(row["starts_at"] for row in found) == datetime.fromisoformat("2020-12-15")
    assert {row["campaign_id"]: row["contact_cost"] for row in found}["153"] == Decimal("0.17")


def test_a_datev_customer_master_below_its_meta_line(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "datev_EXTF_Stammdaten.csv", crm)
    table = read(
        "customers", "datev_EXTF_Stammdaten.csv", columns={"customer_id": "Konto"},
        encoding="cp1252", skip_lines=1, delimiter=";",
    )  # fmt: skip
    assert len(rows(engine, table)) == 4
    assert "10000" in {row["customer_id"] for row in rows(engine, table)}


def test_a_telecom_export_with_a_mark_and_padded_headers(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "telecom_bom_padded_headers.csv.gz", crm)
    columns = {"customer_id": "Customerid", "postal_area": "Zipcode", "married": "Married"}
    table = read("customers", "telecom_bom_padded_headers.csv.gz", columns=columns)
    found = rows(engine, table)
    assert len(found) == len({row["customer_id"] for row in found}) == 7043
    assert {row["married"] for row in found} == {"Yes", "No"}


def test_a_shopify_export_with_a_row_per_line(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "shopify_orders_sample.csv", crm)
    name, rates = "shopify_orders_sample.csv", {"USD": Decimal("0.9")}
    orders = rows(engine, read("orders", name, preset="shopify_orders", rates=rates))
    # 5 of 127 orders are of nobody, and passed over with their lines.
    assert len(orders) == 122
    assert len({row["customer_id"] for row in orders}) == 57
    assert not any("@" in row["customer_id"] for row in orders)
    lines = rows(engine, read("order_lines", name, preset="shopify_order_lines"))
    assert len(lines) == 242
    assert {row["order_id"] for row in lines} == {row["order_id"] for row in orders}
    refunds = rows(engine, read("refunds", name, preset="shopify_refunds"))
    assert len(refunds) == 7


def test_datev_bookings_whose_year_stands_in_the_meta_line(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "datev_EXTF_Buchungsstapel.csv", crm)
    columns = {
        "customer_id": "Konto", "ordered_at": "Belegdatum",
        "amount": "Umsatz (ohne Soll/Haben-Kz)",
    }  # fmt: skip
    table = read(
        "orders", "datev_EXTF_Buchungsstapel.csv", columns=columns, timestamp_format="%d%m%Y",
        timestamp_suffix="2018",
    )  # fmt: skip
    found = rows(engine, table)
    assert len(found) == 2
    assert {row["ordered_at"].year for row in found} == {2018}


def test_contacts_with_a_person_told_several_times(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "contacts_messy.csv", crm)
    table = read(
        "customers", "contacts_messy.csv",
        columns={"customer_id": "Email", "country": "Country", "title": "Title"},
        values={"country": {"USA": "US", "United States": "US", "UK": "GB"}},
        pseudonymous_ids=True,
    )  # fmt: skip
    found = rows(engine, table)
    people = {row["customer_id"] for row in found}
    assert len(people) < len(found) <= 40
    assert not any("@" in person for person in people)
    assert {"US", "GB"} <= {row["country"] for row in found}


def test_companies_are_customers_by_their_name(
    shared_data: Path, crm: Path, engine: Backend, read: Read
) -> None:
    shutil.copy(shared_data / "messy_exports" / "accounts_messy.csv", crm)
    table = read(
        "customers", "accounts_messy.csv",
        columns={"customer_id": "Company Name", "industry": "Industry"}, pseudonymous_ids=True,
    )  # fmt: skip
    found = rows(engine, table)
    # "ACME CORP" and "acme corp" are one: case does not make another customer.
    assert len(found) == 20
    assert len({row["customer_id"] for row in found}) < 20
