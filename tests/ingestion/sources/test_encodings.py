"""Characters as real systems write them, and files that are not what they should be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import AmbiguousFormat, ColumnTwice, UnreadableFile
from ingestion.sources.formats import FileFormat

Deliver = Callable[[str, str | bytes], Path]
Tell = Callable[..., FileFormat]
ReadRows = Callable[..., list[dict[str, Any]]]

TEXT = "order_id;Straße;ordered_at;amount\r\nKöln-1;Müllerstraße;2024-01-31;5\r\n2;a € b;;6\r\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252"),
        ("utf-32", "utf-32"),
    ],
)  # fmt: skip
def test_an_encoding_is_told_from_the_bytes(
    written: str, found: str, packed: bool, deliver: Deliver, tell: Tell, read_rows: ReadRows
) -> None:
    name = "o.csv.gz" if packed else "o.csv"
    content = TEXT.encode(written)
    deliver(name, gzip.compress(content, mtime=0) if packed else content)
    assert tell(name).encoding == found
    assert [(row["order_id"], row["Straße"]) for row in read_rows(name)] == [
        ("Köln-1", "Müllerstraße"), ("2", "a € b"),
    ]  # fmt: skip


def test_a_stated_encoding_is_kept(deliver: Deliver, tell: Tell, read_rows: ReadRows) -> None:
    deliver("o.csv", TEXT.replace("€", "-").encode("cp850"))
    assert tell("o.csv", encoding="cp850").encoding == "cp850"
    assert read_rows("o.csv", encoding="cp850")[0]["Straße"] == "Müllerstraße"
    deliver("latin.csv", TEXT.replace("€", "-").encode("latin-1"))
    assert read_rows("latin.csv", encoding="latin-1")[0]["Straße"] == "Müllerstraße"
    deliver("marked.csv", TEXT.encode("utf-8-sig"))
    assert read_rows("marked.csv", encoding="utf-8")[0]["order_id"] == "Köln-1"


def test_the_encoding_of_the_last_delivery_comes_before_windows_1252(
    deliver: Deliver, tell: Tell
) -> None:
    deliver("o.csv", "order_id;amount\nŁódź;5\n".encode("cp1250"))
    assert tell("o.csv", known=FileFormat("csv", encoding="cp1250")).encoding == "cp1250"


def test_umlauts_of_dos_are_not_taken_for_windows(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", "order_id;amount\nKäthe;5\n".encode("cp850"))
    with pytest.raises(AmbiguousFormat, match="Set `encoding` under"):
        tell("o.csv")
    deliver("o.csv", "order_id;amount\nMüller;5\n".encode("cp850"))
    with pytest.raises(UnreadableFile, match="neither UTF-8 nor Windows-1252; set `encoding`"):
        tell("o.csv")


def test_one_wrong_byte_in_utf8_does_not_spoil_all_umlauts(deliver: Deliver, tell: Tell) -> None:
    right = "order_id;amount\n" + "Köln;5\n" * 300_000
    deliver("o.csv", right.encode() + b"K\xf6ln;5\n")
    with pytest.raises(UnreadableFile, match="line 300,002 is not UTF-8, though lines before it"):
        tell("o.csv")


def test_a_file_cut_off_in_a_character_is_refused(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", "order_id;amount\n1;Köln\n2;Kö".encode()[:-1])
    with pytest.raises(UnreadableFile, match="ends in the middle of a character"):
        tell("o.csv")


@pytest.mark.parametrize("name", ["o.csv", "o.jsonl"])
def test_a_wrong_encoding_is_named_and_no_byte_of_the_file(
    name: str, deliver: Deliver, tell: Tell
) -> None:
    deliver(name, "order_id;amount\nMüller;5\n".encode("cp1252"))
    for encoding in ("utf-16", "utf-8", "ascii"):
        with pytest.raises(UnreadableFile, match=rf"`{name}` .* it is not {encoding}; ") as refused:
            tell(name, encoding=encoding)
        assert "ller" not in str(refused.value)
        assert refused.value.__context__ is None


@pytest.mark.parametrize("packed", [False, True])
def test_a_nul_byte_is_named_with_its_line(packed: bool, deliver: Deliver, tell: Tell) -> None:
    content = b"order_id;amount\n" + b"1;5\n" * 300_000 + b"2;5\x00\n"
    name = "o.csv.gz" if packed else "o.csv"
    deliver(name, gzip.compress(content, mtime=0) if packed else content)
    with pytest.raises(UnreadableFile, match="line 300,002 holds a NUL byte"):
        tell(name)


@pytest.mark.parametrize(
    "value",
    [
        "a\rb", "a\r\nb", "a\nb", 'say "hi", twice', "😀👩‍👩‍👧", "\u202e\u05e9\u05dc\u202c\u200f",
        "x" * 1_000_000,
        "ends in blanks  ", "#1001", "\\N", "=1+1", "NULL", "İı",
    ],
    ids=[
        "cr", "crlf", "lf", "quotes", "emoji", "right to left", "1 MB", "blanks", "number sign",
        "backslash", "formula", "null", "dotless",
    ],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_value_comes_as_it_was_written(
    value: str, line_end: str, deliver: Deliver, read_rows: ReadRows
) -> None:
    quoted = value.replace('"', '""')
    lines = ["order_id,note,amount", f'1,"{quoted}",5', "2,x,6", ""]
    deliver("o.csv", line_end.join(lines).encode())
    assert [(row["note"], row["amount"]) for row in read_rows("o.csv")] == [
        (value, "5"),
        ("x", "6"),
    ]


def test_a_line_longer_than_can_be_read_is_refused(deliver: Deliver, tell: Tell) -> None:
    deliver("o.csv", "order_id,note\n1," + "x" * 5_000_000 + "\n2,y\n")
    with pytest.raises(UnreadableFile, match="a line is longer than 2 MB"):
        tell("o.csv")


def test_old_line_ends_are_read_and_mixed_ones_are_not(
    deliver: Deliver, read_rows: ReadRows
) -> None:
    deliver("o.csv", "order_id,amount\r1,5\r2,6\r")
    assert [row["amount"] for row in read_rows("o.csv")] == ["5", "6"]


@pytest.mark.parametrize("settings", [{}, {"columns": {"channel": "amount"}}])
def test_a_column_that_is_read_and_stands_twice_is_asked_for(
    deliver: Deliver, tell: Tell, read_rows: ReadRows, settings: dict[str, Any]
) -> None:
    deliver("o.csv", "order_id,amount,note,note, amount \n1,5,a,b,6\n")
    with pytest.raises(ColumnTwice, match=r"`amount`: columns 2 and 5") as twice:
        tell("o.csv", **settings)
    assert twice.value.places == [2, 5]
    [row] = read_rows("o.csv", columns={"amount": "amount_1"})
    assert (row["amount_0"], row["amount_1"], row["note_0"], row["note_1"]) == ("5", "6", "a", "b")


def test_names_that_differ_in_case_only_get_numbers(deliver: Deliver, read_rows: ReadRows) -> None:
    deliver("o.csv", "order_id,Price,price,PRICE ,,_row\n1,2,3,4,5,6\n")
    [row] = read_rows("o.csv")
    assert [row[name] for name in ("Price", "price_1", "PRICE_2", "column4", "_row_1")] == [
        "2", "3", "4", "5", "6",
    ]  # fmt: skip
    assert row["_row"] == 1
