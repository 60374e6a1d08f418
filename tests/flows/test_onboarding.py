"""Looking into a file before anything is configured."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from contracts.errors import UsageError
from flows.onboarding import known_presets, look_into

ORDERS = "customer;date;amount\n" + "".join(f"c{n};{n + 10}.01.2024;{n},50\n" for n in range(9))


@pytest.mark.parametrize("name", ["orders.csv", "orders (1).csv", "orders[2024].csv", "o.csv.gz"])
def test_a_file_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    content = ORDERS.encode("cp1252")
    (tmp_path / name).write_bytes(
        gzip.compress(content, mtime=0) if name.endswith(".gz") else content
    )
    look = look_into(tmp_path / name)
    assert look.format.delimiter == ";"
    assert [column.name for column in look.columns] == ["customer", "date", "amount"]
    assert look.suggestions[0].table == "orders"
    assert look.verdict.startswith("looks like orders; 9 rows of 9 customers, 2024-01-10")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"ann@example.com,2024-01-31,19.90\nbob@example.com,2024-02-01,5.00\n", "holds values"),
        (b"10001,31.01.2024,19.90\n10002,01.02.2024,5.00\n", "holds values"),
        (b"PK\x03\x04" + bytes(100), "cannot be read"),
    ],
)
def test_what_cannot_be_looked_into_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=told) as caught:
        look_into(file)
    assert str(file) in str(caught.value)
    assert "example.com" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*gone\.csv"):
        look_into(tmp_path / "gone.csv")


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    look_into(tmp_path / "orders.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_presets_are_shown_in_a_fixed_order_and_once() -> None:
    names = [preset.name for preset in known_presets()]
    assert names[0] == "shopify_orders"
    assert len(set(names)) == len(names)
