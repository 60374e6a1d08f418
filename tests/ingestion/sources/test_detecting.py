"""The format of a file is told from the file; what can be read in two ways is asked."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import AmbiguousFormat, SettingsError, UnreadableFile
from ingestion.settings import SourceSettings
from ingestion.sources.files import find_deliveries
from ingestion.sources.formats import FileFormat
from ingestion.sources.reading import read_file
from tests.ingestion.sources.conftest import told

Deliver = Callable[[str, str | bytes | pa.Table], Path]
Tell = Callable[..., FileFormat]
ReadRows = Callable[..., list[dict[str, Any]]]

HEADER = "order_id;customer_id;ordered_at;amount\n"


def with_amounts(*amounts: str) -> str:
    return HEADER + "".join(f'1;c1;2024-01-05;"{amount}"\n' for amount in amounts)


def with_times(*times: str) -> str:
    return HEADER + "".join(f'1;c1;"{time}";5\n' for time in times)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_the_one_that_finds_the_columns(
    delimiter: str, deliver: Deliver, tell: Tell
) -> None:
    columns = ["order_id", "customer, or company", "ordered_at", "amount;net"]
    header = delimiter.join(f'"{name}"' for name in columns)
    deliver("o.csv", f'{header}\n1{delimiter}"a,b;c,d"{delimiter}2024-01-05{delimiter}5\n')
    mapped = {"customer_id": "customer, or company", "amount": "amount;net"}
    assert tell("o.csv", columns=mapped).delimiter == delimiter


def test_decimal_commas_in_every_row_do_not_make_a_comma_the_delimiter(
    deliver: Deliver, tell: Tell, read_rows: ReadRows
) -> None:
    deliver("o.csv", "order_id;amount\n1;1,50\n2;2,50\n")
    assert tell("o.csv") == FileFormat("csv", delimiter=";", decimal=",")
    assert [row["amount"] for row in read_rows("o.csv")] == ["1,50", "2,50"]


@pytest.mark.parametrize(
    ("above", "skip_lines"),
    [
        ("EXTF;700;21;Export;;;\n", 1),
        ("Auswertung Bestellungen\n\nStand: 31.01.2024\n", 3),
        ("Auswertung;;;\n;;;\n", 2),
        ("\n\n", 2),
        ('"Auswertung\nJanuar";;;\n', 2),
        ("sep=;\n", 1),
    ],
    ids=["meta line", "titles", "titles as wide", "blank lines", "quoted line end", "sep"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_lines_above_the_header_are_found_and_skipped(
    above: str, skip_lines: int, packed: bool, deliver: Deliver, tell: Tell, read_rows: ReadRows
) -> None:
    name = "o.csv.gz" if packed else "o.csv"
    deliver(name, above + with_amounts("5.00", "6.00"))
    assert tell(name).skip_lines == skip_lines
    assert [(row["amount"], row["_row"]) for row in read_rows(name)] == [("5.00", 1), ("6.00", 2)]


def test_stated_lines_above_the_header_are_not_searched(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", "order_id;amount\nmore;words\nNummer;Betrag\n1;5\n")
    assert tell("o.csv").skip_lines == 0
    assert tell("o.csv", skip_lines=2).skip_lines == 2


@pytest.mark.parametrize(
    ("amounts", "decimal", "thousands"),
    [
        (["1.234,56", "5,00"], ",", "."),
        (["1,234.56", "5.00"], ".", ","),
        (["1\u202f234,50 EUR", "2\u00a0000,00 €"], ",", None),
        (["0,17 €"], ",", None),
        (["-3,5", "+3,5", "3,5-"], ",", None),
        (["1.234", "0,5"], ",", "."),
        (["1.234.567"], ",", "."),
        (["1,234,567"], ".", ","),
        (["1'234.50"], ".", "'"),
        (["1\u2019234.50"], ".", "\u2019"),
        (["0.123"], ".", None),
        (["1234.567"], ".", None),
        (["12", "5", ""], ".", None),
        (["12.5", "x", "n/a", "1.2.3"], ".", None),
        (["5.00"] * 200 + ["5,00"], ".", None),
    ],
)
def test_signs_of_numbers_are_told_from_their_values(
    amounts: list[str], decimal: str, thousands: str | None, deliver: Deliver, tell: Tell
) -> None:
    deliver("o.csv", with_amounts(*amounts))
    found = tell("o.csv")
    assert (found.decimal, found.thousands) == (decimal, thousands)


def test_a_number_that_may_be_a_thousand_is_asked_not_guessed(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_amounts("1,234", "5", "12,500"))
    with pytest.raises(AmbiguousFormat) as asked:
        tell("o.csv")
    assert asked.value.columns == ["amount"]
    assert asked.value.setting == "decimal"
    assert "column `amount` of `o.csv` is not guessed" in str(asked.value)
    assert "Set `decimal` under [sources.orders]." in str(asked.value)
    assert "234" not in str(asked.value)


@pytest.mark.parametrize(
    ("settings", "known", "signs"),
    [
        ({"decimal": ","}, None, (",", None)),
        ({"decimal": "."}, None, (".", ",")),
        ({"thousands": ","}, None, (".", ",")),
        ({}, FileFormat("csv", decimal=","), (",", None)),
        ({}, FileFormat("csv", decimal=".", thousands=","), (".", ",")),
        ({"decimal": ","}, FileFormat("csv", decimal=".", thousands=","), (",", None)),
    ],
)
def test_settings_and_then_the_last_delivery_settle_what_values_do_not(
    settings: dict[str, str], known: FileFormat | None, signs: tuple[str, str | None],
    deliver: Deliver, tell: Tell,
) -> None:  # fmt: skip
    deliver("o.csv", with_amounts("1,234"))
    found = tell("o.csv", known=known, **settings)
    assert (found.decimal, found.thousands) == signs


def test_values_speak_louder_than_the_last_delivery(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", HEADER + "1;c1;25.01.2024;5,50\n")
    before = FileFormat("csv", decimal=".", timestamp_formats={"ordered_at": "%m/%d/%Y"})
    found = tell("o.csv", known=before)
    assert (found.decimal, found.timestamp_formats) == (",", {"ordered_at": "%d.%m.%Y"})


def test_a_file_with_both_decimal_signs_is_not_guessed(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_amounts("5,50", "5.50"))
    with pytest.raises(AmbiguousFormat, match="some a decimal comma"):
        tell("o.csv")


def test_what_tells_a_sign_may_come_late(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_amounts(*["5"] * 30_000, "1,5", *["7"] * 30_000, "1.000"))
    found = tell("o.csv")
    assert (found.decimal, found.thousands) == (",", ".")


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-01-05", "2024-12-31"], None),
        (["2024-01-05 10:00:00 -0500", "2024-01-05T10:00:00Z"], None),
        (["05.01.2024", "1.2.2024"], "%d.%m.%Y"),
        (["05.01.24"], "%d.%m.%y"),
        (["05.01.2024 10:15"], "%d.%m.%Y %H:%M"),
        (["05.01.2024 10:15:30"], "%d.%m.%Y %H:%M:%S"),
        (["25/01/2024", "05/06/2024"], "%d/%m/%Y"),
        (["01/25/2024", "05/06/2024"], "%m/%d/%Y"),
        (["1/25/2024 9:05 PM"], "%m/%d/%Y %I:%M %p"),
        (["20240131"], "%Y%m%d"),
        (["20240131101500"], "%Y%m%d%H%M%S"),
        (["31-01-2024"], "%d-%m-%Y"),
        (["2024/01/31"], "%Y/%m/%d"),
        (["31-Jan-2024"], "%d-%b-%Y"),
        (["31.01.2024", "nie", ""], "%d.%m.%Y"),
        (["nie", "gestern"], None),
        ([""], None),
    ],
)
def test_formats_of_times_are_told_from_their_values(
    times: list[str], expected: str | None, deliver: Deliver, tell: Tell
) -> None:
    deliver("o.csv", with_times(*times))
    wanted = {} if expected is None else {"ordered_at": expected}
    assert tell("o.csv").timestamp_formats == wanted


@pytest.mark.parametrize("time", ["05/06/2024", "05-06-2024", "05/06/24 10:00", "01-02-03"])
def test_day_or_month_first_is_asked_not_guessed(time: str, deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_times(time))
    with pytest.raises(AmbiguousFormat) as asked:
        tell("o.csv")
    assert (asked.value.columns, asked.value.setting) == (["ordered_at"], "timestamp_format")
    assert "%d" in str(asked.value)
    assert time not in str(asked.value)


def test_day_or_month_first_is_settled_by_what_is_known(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_times("05/06/2024"))
    for said in ("%d/%m/%Y", "%m/%d/%Y"):
        known = FileFormat("csv", timestamp_formats={"ordered_at": said})
        assert tell("o.csv", known=known).timestamp_formats == {"ordered_at": said}
        assert tell("o.csv", timestamp_format=said).timestamp_formats == {"ordered_at": said}
    with pytest.raises(AmbiguousFormat):
        tell("o.csv", known=FileFormat("csv", timestamp_formats={"ordered_at": "%d.%m.%Y"}))


def test_the_one_day_that_tells_may_come_late(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_times(*["05/06/2024"] * 45_000, "05/13/2024"))
    assert tell("o.csv").timestamp_formats == {"ordered_at": "%m/%d/%Y"}


def test_a_column_with_days_first_and_months_first_is_not_guessed(
    deliver: Deliver, tell: Tell
) -> None:
    deliver("o.csv", with_times("25/01/2024", "26/01/2024", "01/25/2024", "05/06/2024"))
    with pytest.raises(AmbiguousFormat, match="others %m/%d/%Y"):
        tell("o.csv")


def test_each_column_of_times_has_its_own_format(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", "order_id,ordered_at,paid_at\n1,2024-01-05,31.01.2024\n")
    assert tell("o.csv").timestamp_formats == {"paid_at": "%d.%m.%Y"}


def test_a_suffix_is_part_of_the_times(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_times("31.01."))
    told_format = tell("o.csv", timestamp_suffix="2024").timestamp_formats
    assert told_format == {"ordered_at": "%d.%m.%Y"}


def test_texts_in_parquet_are_told_like_those_of_csv(deliver: Deliver, tell: Tell) -> None:
    columns = {"ordered_at": ["31.01.2024"], "amount ": ["1.234,50"], "paid_at": [20240131]}
    deliver("o.parquet", pa.table(columns))
    assert tell("o.parquet") == FileFormat(
        "parquet", decimal=",", thousands=".",
        timestamp_formats={"ordered_at": "%d.%m.%Y", "paid_at": "%Y%m%d"},
    )  # fmt: skip


def test_typed_parquet_needs_no_format(deliver: Deliver, tell: Tell) -> None:
    deliver("o.parquet", pa.table({"ordered_at": [date(2024, 5, 6)], "amount": [1.234]}))
    assert tell("o.parquet") == FileFormat("parquet")
    stated = tell("o.parquet", timestamp_format="%d.%m.%Y")
    assert stated.timestamp_formats == {}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("o.csv", b"PAR1", "parquet"),
        ("export", b'{"order_id": "1"}\n', "jsonl"),
        ("o.json", b'\xef\xbb\xbf{"order_id": "1"}\n', "jsonl"),
        ("o.ndjson.gz", gzip.compress(b'{"order_id": "1"}\n', mtime=0), "jsonl"),
        ("o.xls", b"order_id\tamount\n1\t5\n", "csv"),
        ("o.csv", gzip.compress(b"order_id,amount\n1,5\n", mtime=0), "csv"),
        ("o.csv.gz", b"order_id,amount\n1,5\n", "csv"),
    ],
)
def test_content_says_what_a_file_is(
    name: str, content: bytes, kind: str, deliver: Deliver, tell: Tell, read_rows: ReadRows
) -> None:
    if content == b"PAR1":
        deliver(name, pa.table({"order_id": ["1"]}))
    else:
        deliver(name, content)
    assert tell(name).kind == kind
    assert [row["order_id"] for row in read_rows(name)] == ["1"]


@pytest.mark.parametrize(
    ("name", "content", "settings", "reason"),
    [
        ("o.parquet", b"order_id,amount\n", {}, "it is no whole Parquet file, though its name"),
        ("o.parquet", b"PAR1 and no more", {}, "it is no whole Parquet file"),
        ("o.csv", b"a\n1\n", {"format": "excel"}, "no whole Excel file, though `format`"),
        ("o.csv", b"PAR1....", {"format": "csv"}, "it is Parquet, and `format` says csv"),
        ("o.csv", b"(\xb5/\xfd....", {}, "packed by zstd; only gzip"),
        ("o.zip", b"PK\x03\x04....", {}, "a zip archive or a damaged workbook"),
        ("o.csv", b"%PDF-1.7\n", {}, "it is a PDF"),
        ("o.parquet.gz", gzip.compress(b"PAR1", mtime=0), {}, "only text may be packed by gzip"),
        (
            "o.csv.gz",
            gzip.compress(b"a,b\n1,2\n" * 9000, mtime=0)[:-60],
            {},
            "it is no whole gzip file",
        ),
        ("o.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-4], {}, "it is no whole gzip file"),
        (
            "o.csv.gz",
            gzip.compress(b"a,b\n1,2\n", mtime=0) + b"rest",
            {},
            "it is no whole gzip file",
        ),
        ("o.csv.gz", b"\x1f\x8b\x08broken", {}, "it is no whole gzip file"),
    ],
)
def test_what_is_no_readable_file_is_named(
    name: str, content: bytes, settings: dict[str, str], reason: str, deliver: Deliver, tell: Tell
) -> None:
    deliver(name, content)
    with pytest.raises(UnreadableFile, match=f"`{name}` cannot be read: .*{reason}"):
        tell(name, **settings)


def test_a_damaged_gzip_is_refused_wherever_the_damage_is(deliver: Deliver, tell: Tell) -> None:
    rows = "".join(f"{n};c{n * 7919 % 1000};2024-01-05;{n * 31 % 997}\n" for n in range(20_000))
    whole = gzip.compress((HEADER + rows).encode(), mtime=0)
    for place in range(20, len(whole), len(whole) // 20):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        deliver("o.csv.gz", bytes(damaged))
        with pytest.raises((UnreadableFile, AmbiguousFormat)):
            tell("o.csv.gz")


@pytest.mark.parametrize("trailer", ["(", "^END"])
def test_a_trailer_must_be_a_pattern_of_a_text(trailer: str, deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", with_amounts("5"))
    deliver("o.parquet", pa.table({"order_id": ["1"]}))
    with pytest.raises(SettingsError, match=r"\[sources\.orders\] `trailer`"):
        tell("o.csv" if trailer == "(" else "o.parquet", trailer=trailer)


def test_a_format_is_kept_as_json_and_told_in_one_line() -> None:
    full = FileFormat(
        "csv", encoding="cp1252", delimiter=";", skip_lines=1, trailer="^END", decimal=",",
        thousands=".", timestamp_formats={"a": "%d.%m.%Y", "b": "%d.%m.%Y"},
    )  # fmt: skip
    assert FileFormat.from_json(json.loads(json.dumps(full.to_json()))) == full
    assert full.describe() == (
        'CSV, cp1252, ";", decimal comma, thousands by ".", dates as %d.%m.%Y, '
        "1 line before the header, a trailer"
    )
    assert FileFormat("parquet").describe() == "Parquet"
    assert FileFormat("excel", sheet="Mai", skip_lines=2).describe() == (
        "Excel, sheet Mai, 2 lines before the header"
    )


@pytest.mark.parametrize(
    ("name", "numbers", "times", "rows", "expected"),
    [
        ("shopify_orders_sample.csv", ["Total", "Refunded Amount"], ["Created at"], 249,
         FileFormat("csv")),
        ("datev_EXTF_Stammdaten.csv", [], [], 4,
         FileFormat("csv", "cp1252", ";", skip_lines=1)),
        ("datev_EXTF_Buchungsstapel.csv", ["Umsatz (ohne Soll/Haben-Kz)"], [], 2,
         FileFormat("csv", "cp1252", ";", skip_lines=1, decimal=",")),
        ("charity_campaigns.csv", ["lettersSent", "CostUnit"], ["date"], 368,
         FileFormat("csv", delimiter=";", decimal=",", timestamp_formats={"date": "%d/%m/%Y"})),
        ("telecom_bom_padded_headers.csv.gz", ["Monthlycharge", "Age"], [], 7043,
         FileFormat("csv", "utf-8-sig")),
        ("contacts_messy.csv", [], [], 40, FileFormat("csv")),
        ("accounts_messy.csv", ["Employee Count"], [], 20, FileFormat("csv")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mapped", [True, False])
def test_exports_of_real_systems_need_no_settings(
    name: str, numbers: list[str], times: list[str], rows: int, expected: FileFormat,
    mapped: bool, shared_data: Path, workspace: Path, engine: Backend,
) -> None:  # fmt: skip
    source = SourceSettings(path=f"messy_exports/{name}")
    [delivery] = find_deliveries("orders", source, folder=shared_data, workspace=workspace)
    found = told(engine, delivery, source, workspace=workspace, numbers=numbers if mapped else (),
                 times=times if mapped else ())  # fmt: skip
    if mapped:
        assert found == expected
    table = read_file(engine, delivery, found, table="orders", workspace=workspace)
    read = engine.to_pyarrow(table)
    assert read.num_rows == rows
    assert set(numbers) | set(times) <= set(read.column_names)
    assert [column for column in read.column_names if column != column.strip()] == []


def test_a_datev_booking_has_the_year_that_its_meta_line_states(
    shared_data: Path, workspace: Path, engine: Backend
) -> None:
    source = SourceSettings(
        path="messy_exports/datev_EXTF_Buchungsstapel.csv", timestamp_suffix="2018",
        timestamp_format="%d%m%Y",
    )  # fmt: skip
    [delivery] = find_deliveries("orders", source, folder=shared_data, workspace=workspace)
    found = told(engine, delivery, source, workspace=workspace, times=["Belegdatum"])
    assert found.timestamp_formats == {"Belegdatum": "%d%m%Y"}
