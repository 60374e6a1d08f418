"""Suggestions: which table a file is, which column is which, and what is said of doubts."""

from __future__ import annotations

import csv
from io import StringIO

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from ingestion.profile import profile_columns
from ingestion.suggest import Suggestion, suggest
from ingestion.verdict import say_verdict
from ingestion.words import likeness


def table_of(engine: Backend, text: str, sign: str = ",") -> ir.Table:
    header, *records = list(csv.reader(StringIO(text.strip()), delimiter=sign))
    values = list(zip(*records, strict=True))
    columns = {name: list(column) for name, column in zip(header, values, strict=True)}
    return engine.create_table("given", pa.table(columns), overwrite=True)


def suggested(engine: Backend, text: str, sign: str = ",") -> list[Suggestion]:
    return suggest(profile_columns(table_of(engine, text, sign)))


GERMAN_ORDERS = "Kundennr;Bestellnr;Bestelldatum;Betrag;Zahlart;Rabatt\n" + "\n".join(
    f"K{n % 3};B{n};{n + 10}.01.2024;{n}1,90 €;Rechnung;0,00 €" for n in range(9)
)


def test_german_orders_are_known_by_their_words(engine: Backend) -> None:
    (found,) = suggested(engine, GERMAN_ORDERS, ";")
    assert found.table == "orders"
    assert found.columns == {
        "order_id": "Bestellnr", "customer_id": "Kundennr", "ordered_at": "Bestelldatum",
        "amount": "Betrag", "discount": "Rabatt",
    }  # fmt: skip
    assert found.settings == {"timestamp_format": "%d.%m.%Y", "decimal": ","}
    assert (found.missing, found.doubts) == ([], [])


def test_the_verdict_counts_orders_customers_and_days(engine: Backend) -> None:
    profiles = profile_columns(table_of(engine, GERMAN_ORDERS, ";"))
    verdict = say_verdict(suggest(profiles), profiles)
    assert verdict == ("looks like orders; 9 orders of 3 customers, 2024-01-10 to 2024-01-18")


@pytest.mark.parametrize(
    ("header", "values", "table", "columns"),
    [
        ("customer,date,amount", "c{n},2024-01-0{n},{n}.50", "orders",
         {"customer_id": "customer", "ordered_at": "date", "amount": "amount"}),
        ("CustomerId,OrderDate,OrderTotal,SalesChannel", "c{n},2024-01-0{n},{n}.50,web", "orders",
         {"customer_id": "CustomerId", "ordered_at": "OrderDate", "amount": "OrderTotal",
          "channel": "SalesChannel"}),
        ("Kundennummer,angelegt am,Land,Bonusstufe", "c{n},2024-01-0{n},DE,Gold", "customers",
         {"customer_id": "Kundennummer", "created_at": "angelegt am", "country": "Land",
          "loyalty_tier": "Bonusstufe"}),
        ("Bestellnr,Artikelnr,Menge,Warengruppe", "b1,a{n},{n},Hosen", "order_lines",
         {"order_id": "Bestellnr", "product_id": "Artikelnr", "quantity": "Menge",
          "category": "Warengruppe"}),
        ("Gutschriftnummer,Kundennr,Gutschriftdatum,Erstattungsbetrag",
         "g{n},k{n},2024-01-0{n},5.00", "refunds",
         {"refund_id": "Gutschriftnummer", "customer_id": "Kundennr",
          "refunded_at": "Gutschriftdatum", "amount": "Erstattungsbetrag"}),
        ("ticket_id,customer_id,opened_at,closed_at", "t{n},c{n},2024-01-0{n},2024-02-0{n}",
         "tickets", {"ticket_id": "ticket_id", "customer_id": "customer_id",
                     "opened_at": "opened_at", "closed_at": "closed_at"}),
        ("Vertragsnummer,Kundennr,Vertragsbeginn,Tarif", "v{n},k{n},2024-01-0{n},L",
         "subscriptions", {"subscription_id": "Vertragsnummer", "customer_id": "Kundennr",
                           "started_at": "Vertragsbeginn", "plan": "Tarif"}),
        ("user_id,event_type,timestamp,channel", "u{n},click,2024-01-0{n}T10:00:00,email",
         "interactions", {"customer_id": "user_id", "kind": "event_type",
                          "occurred_at": "timestamp", "channel": "channel"}),
        ("customer_id,purpose,status,changed_at", "c{n},marketing,granted,2024-01-0{n}",
         "consents", {"customer_id": "customer_id", "purpose": "purpose", "status": "status",
                      "changed_at": "changed_at"}),
        ("campaign_id,customer_id,contacted_at,arm", "x1,c{n},2024-01-0{n},treated", "contacts",
         {"campaign_id": "campaign_id", "customer_id": "customer_id",
          "contacted_at": "contacted_at", "arm": "arm"}),
    ],
)  # fmt: skip
def test_a_table_is_known_by_its_names_and_what_they_hold(
    header: str, values: str, table: str, columns: dict[str, str], engine: Backend
) -> None:
    text = "\n".join([header, *(values.format(n=n) for n in range(1, 8))])
    first = suggested(engine, text)[0]
    assert (first.table, dict(first.columns), list(first.missing)) == (table, columns, [])


def test_direct_identifiers_go_into_a_table_of_their_own(engine: Backend) -> None:
    text = "Kundennr,Vorname,Nachname,E-Mail,PLZ,Ort,Land\n" + "\n".join(
        f"k{n},Ann,Other,a{n}@example.com,5099{n},Town,DE" for n in range(5)
    )
    customers, identities = suggested(engine, text)
    assert (customers.table, dict(customers.columns)) == (
        "customers", {"customer_id": "Kundennr", "country": "Land"},
    )  # fmt: skip
    assert identities.table == "identities"
    assert dict(identities.columns) == {
        "customer_id": "Kundennr", "email": "E-Mail", "first_name": "Vorname",
        "last_name": "Nachname", "postal_code": "PLZ", "city": "Ort", "country": "Land",
    }  # fmt: skip


def test_what_a_column_holds_counts_beside_its_name(engine: Backend) -> None:
    text = "customer,order date,date,amount\n" + "\n".join(
        f"c{n},Monday,2024-01-0{n},5.00" for n in range(1, 6)
    )
    assert suggested(engine, text)[0].columns["ordered_at"] == "date"
    text = "Kundennr,Firma,Ort\n" + "\n".join(f"k{n},a{n}@example.com,Town" for n in range(5))
    identities = suggested(engine, text)[1]
    assert dict(identities.columns) == {
        "customer_id": "Kundennr", "email": "Firma", "city": "Ort",
    }  # fmt: skip


def test_customers_known_by_e_mail_only_are_hashed(engine: Backend) -> None:
    text = "mail,date,total\n" + "\n".join(
        f"a{n}@example.com,2024-01-0{n},{n}.00" for n in range(1, 6)
    )
    (found,) = suggested(engine, text)
    assert found.table == "orders"
    assert found.columns["customer_id"] == "mail"
    assert found.settings["pseudonymous_ids"] is True
    assert any("keyed hash" in doubt for doubt in found.doubts)


def test_a_row_per_line_leaves_the_order_id_out_so_that_amounts_add_up(engine: Backend) -> None:
    text = "order_id,customer_id,date,sku,amount\n" + "\n".join(
        f"o{n // 2},c{n // 4},2024-01-0{n // 2 + 1},s{n},5.00" for n in range(8)
    )
    found = suggested(engine, text)[0]
    assert found.table == "orders"
    assert "order_id" not in found.columns
    assert any("`order_id` repeats" in doubt for doubt in found.doubts)


def test_rows_that_repeat_the_key_without_a_time_continue_an_order(engine: Backend) -> None:
    text = "order_id,customer_id,date,amount,item\n" + "\n".join(
        f"o{n},c{n},2024-01-0{n},5.00,x\no{n},,,,y" for n in range(1, 6)
    )
    profiles = profile_columns(table_of(engine, text))
    found = suggest(profiles)[0]
    assert found.settings["continuation_rows"] is True
    assert found.columns["order_id"] == "order_id"
    assert "5 rows continue the one above" in say_verdict([found], profiles)


def test_dates_that_do_not_tell_day_from_month_are_a_doubt(engine: Backend) -> None:
    text = "customer,date,amount\n" + "\n".join(f"c{n},0{n}/0{n}/2024,5.00" for n in range(1, 6))
    found = suggested(engine, text)[0]
    assert found.settings["timestamp_format"] == "%d/%m/%Y"
    assert (
        "The dates of `date` may be %d/%m/%Y or %m/%d/%Y: the values do not tell." in found.doubts
    )


def test_amounts_below_zero_are_a_doubt(engine: Backend) -> None:
    text = "customer,date,amount\n" + "\n".join(f"c{n},2024-01-0{n},-5.00" for n in range(1, 6))
    assert any("negative_amounts" in doubt for doubt in suggested(engine, text)[0].doubts)


def test_a_date_by_name_alone_is_a_doubt(engine: Backend) -> None:
    text = "customer,Belegdatum,amount\n" + "\n".join(f"c{n},{n}02,5.00" for n in range(1, 6))
    found = suggested(engine, text)[0]
    assert found.columns["ordered_at"] == "Belegdatum"
    assert any("timestamp_suffix" in doubt for doubt in found.doubts)


def test_a_known_export_is_suggested_by_its_presets(engine: Backend) -> None:
    text = "Name,Email,Created at,Total,Lineitem name\n#1,a@example.com,2024-01-01,5.00,Hat"
    found = suggested(engine, text)
    assert [(one.table, one.preset) for one in found] == [
        ("orders", "shopify_orders"), ("order_lines", "shopify_order_lines"),
    ]  # fmt: skip


def test_a_column_without_values_is_not_suggested(engine: Backend) -> None:
    text = "customer,date,amount,currency\n" + "\n".join(
        f"c{n},2024-01-0{n},5.00," for n in range(1, 6)
    )
    assert "currency" not in suggested(engine, text)[0].columns


def test_a_file_of_something_else_is_no_table(engine: Backend) -> None:
    profiles = profile_columns(table_of(engine, "product_id,colour\np1,red\np2,blue"))
    assert suggest(profiles) == []
    assert say_verdict([], profiles) == "looks like none of the canonical tables"


def test_a_required_column_that_is_not_there_is_named(engine: Backend) -> None:
    profiles = profile_columns(table_of(engine, "Firma,Land,Branche\nA,DE,Bau\nB,AT,IT"))
    found = suggest(profiles)[0]
    assert (found.table, list(found.missing)) == ("customers", ["customer_id"])
    assert "no column could be `customer_id`" in say_verdict([found], profiles)


@pytest.mark.parametrize(
    ("name", "table", "column", "least"),
    [
        ("KUNDEN-NR.", "orders", "customer_id", 0.8),
        ("kunden_nr", "orders", "customer_id", 0.8),
        ("Straße", "identities", "street", 0.9),
        ("Währung", "orders", "currency", 0.9),
        ("Umsatz (ohne Soll/Haben-Kz)", "orders", "amount", 0.3),
        ("campaignID", "campaigns", "campaign_id", 0.9),
    ],
)
def test_names_are_compared_without_case_signs_and_umlauts(
    name: str, table: str, column: str, least: float
) -> None:
    assert likeness(name, table, column) >= least


def test_a_word_inside_another_is_none() -> None:
    assert likeness("Updated", "orders", "ordered_at") == 0
    assert likeness("Marketing", "orders", "amount") == 0
