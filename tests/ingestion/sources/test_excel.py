"""Workbooks as people save them, and as nobody should."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.errors import AmbiguousFormat, EmptyTable, UnreadableFile
from ingestion.sources.formats import FileFormat

Tell = Callable[..., FileFormat]
ReadRows = Callable[..., list[dict[str, Any]]]
Cells = list[list[object]]
Save = Callable[..., Path]


@pytest.fixture
def save(crm: Path) -> Save:
    """Save a workbook; keywords are its sheets, in their order."""

    def save(name: str, **sheets: Cells) -> Path:
        workbook = Workbook()
        first = workbook.active
        assert isinstance(first, Worksheet)
        workbook.remove(first)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(crm / name)
        return crm / name

    return save


def test_cells_become_text_that_says_the_same(save: Save, read_rows: ReadRows) -> None:
    header = ["order_id", "customer_id", "ordered_at", "amount", "paid", "at", "note"]
    save(
        "o.xlsx",
        Mai=[
            header,
            ["007", 4711, datetime(2024, 1, 31, 10, 15), 1234.5, True, time(9, 5), "a,\n\"b\""],  # noqa: DTZ001
            ["008", 12345678901, datetime(2024, 2, 1), 0.1 + 0.2, False, None, " "],  # noqa: DTZ001
            [None] * 7,
            ["009", 3.0, None, 1e15, None, None, "01.02.2024"],
        ],
    )  # fmt: skip
    first, second, third = read_rows("o.xlsx")
    assert [first[name] for name in header] == [
        "007", "4711", "2024-01-31 10:15:00", "1234.5", "true", "09:05:00", 'a,\n"b"',
    ]  # fmt: skip
    assert [second[name] for name in header[:6]] == [
        "008", "12345678901", "2024-02-01", "0.3", "false", None,
    ]  # fmt: skip
    assert [third[name] for name in header[:5]] == ["009", "3", None, "1000000000000000", None]
    assert (third["_row"], third["note"]) == (3, "01.02.2024")


def test_the_sheet_is_the_first_or_the_one_named(
    save: Save, tell: Tell, read_rows: ReadRows
) -> None:
    save("o.xlsx", Erste=[["order_id"], ["1"]], Zweite=[["order_id"], ["2"]])
    assert [row["order_id"] for row in read_rows("o.xlsx")] == ["1"]
    assert [row["order_id"] for row in read_rows("o.xlsx", sheet="Zweite")] == ["2"]
    assert tell("o.xlsx", sheet="Zweite").sheet == "Zweite"
    with pytest.raises(UnreadableFile, match="it has no sheet `Dritte`, but Erste, Zweite"):
        tell("o.xlsx", sheet="Dritte")


def test_titles_above_the_header_are_skipped_and_the_format_is_told(
    save: Save, tell: Tell, read_rows: ReadRows
) -> None:
    save(
        "o.xlsx",
        Mai=[["Bestellungen"], [], ["Stand", "heute"], ["order_id", "amount", "ordered_at"],
             ["1", "1.234,50 €", "31.01.2024"]],
    )  # fmt: skip
    assert tell("o.xlsx") == FileFormat(
        "excel", skip_lines=2, decimal=",", thousands=".",
        timestamp_formats={"ordered_at": "%d.%m.%Y"},
    )  # fmt: skip
    assert [row["order_id"] for row in read_rows("o.xlsx")] == ["1"]


def test_numbers_with_three_decimals_are_no_thousands(
    save: Save, tell: Tell, read_rows: ReadRows
) -> None:
    save("o.xlsx", Mai=[["order_id", "amount"], ["1", 1.234]])
    assert tell("o.xlsx") == FileFormat("excel")
    assert float(read_rows("o.xlsx")[0]["amount"]) == 1.234
    save("mixed.xlsx", Mai=[["order_id", "amount"], ["1", 1.234], ["2", "1.234,50"]])
    with pytest.raises(AmbiguousFormat, match="some a decimal comma"):
        tell("mixed.xlsx")


def test_a_sheet_without_cells_is_empty(save: Save, tell: Tell) -> None:
    save("o.xlsx", Mai=[])
    with pytest.raises(EmptyTable):
        tell("o.xlsx")


def rewritten(path: Path, **parts: bytes) -> Path:
    """Return a copy of a workbook, with the parts whose names contain the keywords replaced."""
    copy = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            keyword = next((keyword for keyword in parts if keyword in entry.filename), None)
            new.writestr(entry.filename, parts[keyword] if keyword else old.read(entry))
    return copy


def test_a_formula_is_its_value_when_the_book_was_saved(save: Save, read_rows: ReadRows) -> None:
    path = save("o.xlsx", Mai=[["order_id", "amount"], ["1", 0]])
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    with_formula = sheet.replace("<v>0</v></c></row></sheetData>",
                                 "<f>SUM(1,2)</f><v>3</v></c></row></sheetData>")  # fmt: skip
    rewritten(path, sheet1=with_formula.encode())
    assert [row["amount"] for row in read_rows("changed.xlsx")] == ["3"]


def test_a_workbook_that_is_damaged_or_protected_is_named(
    crm: Path, save: Save, tell: Tell
) -> None:
    whole = save("o.xlsx", Mai=[["order_id"], ["1"]]).read_bytes()
    (crm / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile, match="a zip archive or a damaged workbook"):
        tell("cut.xlsx")
    rewritten(crm / "o.xlsx", sheet1=b"<worksheet><sheetData><row")
    with pytest.raises(UnreadableFile, match="no whole Excel file"):
        tell("changed.xlsx")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    (crm / "old.xls").write_bytes(head)
    with pytest.raises(UnreadableFile, match="of before 2007, or protected"):
        tell("old.xls")
    (crm / "locked.xlsx").write_bytes(head + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableFile, match="protected by a password; save it without one"):
        tell("locked.xlsx")


@pytest.mark.parametrize("days", [[45321, 45322.5], [45321, 45322, date(2024, 1, 31)]])
def test_dates_that_are_bare_numbers_are_told_with_what_to_do(
    crm: Path, tell: Callable[..., FileFormat], days: list[object]
) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["order_id", "ordered_at", "amount"])
    for number, day in enumerate(days):
        book.active.append([number, day, 1])
    book.save(crm / "o.xlsx")
    with pytest.raises(UnreadableFile, match="column `ordered_at` holds bare numbers") as told:
        tell("o.xlsx")
    assert "format it as a date there and save it again" in str(told.value)
    assert "45321" not in str(told.value)


def test_numbers_that_are_dates_by_a_format_are_no_bare_numbers(
    crm: Path, tell: Callable[..., FileFormat]
) -> None:
    (crm / "o.csv").write_text("order_id,ordered_at,amount\n1,20240131,1\n2,31012,1\n")
    assert tell("o.csv").timestamp_formats == {"ordered_at": "%Y%m%d"}
    (crm / "o.csv").write_text("order_id,ordered_at,amount\n1,31012,1\n")
    assert tell("o.csv", timestamp_format="%d%m%y").timestamp_formats == {"ordered_at": "%d%m%y"}
