"""Settings drafted from files: they load, they say their doubts, and they hold no values."""

from __future__ import annotations

import csv
import gzip
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import SettingsError
from flows.onboarding import look_into
from flows.settings import load_settings
from stammkunde.draft import draft, draft_settings
from stammkunde.report import file_report

ORDERS = "Kundennr;Bestellnr;Datum;Betrag\n" + "".join(
    f"K{n % 4};B{n};{n + 10}.01.2024;{n},50\n" for n in range(9)
)
CUSTOMERS = "Kundennr,Vorname,E-Mail,Land\n" + "".join(
    f"K{n},Ann,ann{n}@example.com,DE\n" for n in range(9)
)


def drafted(folder: Path, *files: Path) -> dict[str, Any]:
    """Return the sources of the settings drafted from `files`, by table."""
    settings_file = folder / "stammkunde.toml"
    settings_file.unlink(missing_ok=True)
    draft(files, settings_file=settings_file)
    return dict(tomllib.loads(settings_file.read_text())["sources"])


def deliver(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content)
    return folder / name


def test_a_draft_loads_and_points_at_its_files(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    orders = deliver(tmp_path / "crm", "orders.csv", ORDERS)
    customers = deliver(tmp_path / "crm", "customers.csv", CUSTOMERS)
    told = draft([orders, customers], settings_file=tmp_path / "stammkunde.toml")
    sources = load_settings(tmp_path / "stammkunde.toml").sources
    assert set(sources) == {"orders", "customers", "identities"}
    assert sources["orders"].path == os.path.join("crm", "orders.csv")  # noqa: PTH118
    assert (sources["orders"].decimal, sources["orders"].delimiter) == (",", ";")
    assert sources["orders"].timestamp_format == "%d.%m.%Y"
    assert sources["customers"].columns == {"customer_id": "Kundennr", "country": "Land"}
    assert sources["identities"].columns["email"] == "E-Mail"
    assert told[-1] == "Then: stammkunde validate"


def test_a_draft_without_orders_says_so_here_and_when_it_is_loaded(tmp_path: Path) -> None:
    told = draft([deliver(tmp_path, "customers.csv", CUSTOMERS)], settings_file=tmp_path / "s.toml")
    assert "fill in [sources.orders]" in told[-1]
    assert "# [sources.orders]  # missing" in (tmp_path / "s.toml").read_text()
    with pytest.raises(SettingsError, match=r"\[sources.orders\] is missing"):
        load_settings(tmp_path / "s.toml")


def test_a_second_file_of_a_table_is_commented_out(tmp_path: Path) -> None:
    first, second = (deliver(tmp_path, name, ORDERS) for name in ("a.csv", "b.csv"))
    sources = drafted(tmp_path, first, second)
    assert sources["orders"]["path"] == "a.csv"
    text = (tmp_path / "stammkunde.toml").read_text()
    assert '# path = "b.csv"' in text
    assert "unsure: a table has one source, and a.csv is it already" in text


def test_a_file_of_something_else_is_named_with_its_columns(tmp_path: Path) -> None:
    file = deliver(tmp_path, "colours.csv", "product_id,colour\np1,red\n")
    assert drafted(tmp_path, file) == {}
    text = (tmp_path / "stammkunde.toml").read_text()
    assert "# unsure: colours.csv looks like none of the canonical tables." in text
    assert "It has: product_id, colour" in text.replace("\n# ", " ")


def test_signs_in_names_do_not_break_the_file(tmp_path: Path) -> None:
    folder = tmp_path / 'a "shop" [1]'
    folder.mkdir()
    header = '"customer ""id""",date,"amount\nEUR"'
    records = "".join(f"c{n},2024-01-0{n},5.00\n" for n in range(1, 6))
    file = deliver(folder, "orders [new].csv", f"{header}\n{records}")
    sources = drafted(folder, file)
    assert sources["orders"]["path"] == "orders [[]new].csv"
    assert sources["orders"]["columns"]["customer_id"] == 'customer "id"'
    assert load_settings(folder / "stammkunde.toml").project.name == "a shop 1"


def test_settings_that_exist_stay_and_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("mine")
    with pytest.raises(SettingsError, match="exists and stays as it is"):
        draft([tmp_path / "gone.csv"], settings_file=tmp_path / "s.toml")
    assert (tmp_path / "s.toml").read_text() == "mine"


MESSY: dict[str, dict[str, dict[str, Any]]] = {
    "accounts_messy.csv": {},
    "charity_campaigns.csv": {
        "campaigns": {
            "columns": {"campaign_id": "campaignID", "starts_at": "date",
                        "contact_cost": "CostUnit"},
            "timestamp_format": "%d/%m/%Y", "decimal": ",", "delimiter": ";",
        },
    },
    "contacts_messy.csv": {
        "customers": {"columns": {"customer_id": "Email", "country": "Country"},
                      "pseudonymous_ids": True},
        "identities": {
            "columns": {"customer_id": "Email", "email": "Email", "phone": "Phone",
                        "last_name": "Full Name", "country": "Country"},
            "pseudonymous_ids": True,
        },
    },
    "datev_EXTF_Buchungsstapel.csv": {
        "orders": {
            "columns": {"customer_id": "Konto", "ordered_at": "Belegdatum",
                        "amount": "Umsatz (ohne Soll/Haben-Kz)"},
            "decimal": ",", "delimiter": ";", "encoding": "cp1252", "skip_lines": 1,
        },
    },
    "datev_EXTF_Stammdaten.csv": {
        "customers": {"preset": "datev_customers", "delimiter": ";", "encoding": "cp1252",
                      "skip_lines": 1},
        "identities": {"preset": "datev_identities", "delimiter": ";", "encoding": "cp1252",
                       "skip_lines": 1},
    },
    "shopify_orders_sample.csv": {
        "orders": {"preset": "shopify_orders"},
        "order_lines": {"preset": "shopify_order_lines"},
        "refunds": {"preset": "shopify_refunds"},
    },
    "telecom_bom_padded_headers.csv.gz": {
        "customers": {"columns": {"customer_id": "Customerid"}},
        "identities": {"columns": {"customer_id": "Customerid", "postal_code": "Zipcode",
                                   "city": "City"}},
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", MESSY)
def test_real_exports_are_drafted_sensibly(name: str, tmp_path: Path, shared_data: Path) -> None:
    file = shared_data / "messy_exports" / name
    sources = drafted(tmp_path, file)
    for source in sources.values():
        assert (tmp_path / source.pop("path")).resolve() == file.resolve()
    assert sources == MESSY[name]
    if "orders" in sources:
        load_settings(tmp_path / "stammkunde.toml")
    else:
        with pytest.raises(SettingsError, match=r"\[sources.orders\] is missing"):
            load_settings(tmp_path / "stammkunde.toml")


@pytest.mark.slow
@pytest.mark.parametrize("name", MESSY)
def test_no_value_of_a_file_is_written_or_shown(
    name: str, tmp_path: Path, shared_data: Path
) -> None:
    file = shared_data / "messy_exports" / name
    look = look_into(file)
    shown = "\n".join(
        [draft_settings([look], settings_file=tmp_path / "s.toml"), *file_report(look)]
    )
    shown = shown.replace(str(file), "").replace(os.path.relpath(file, tmp_path), "")
    names = {column.name for column in look.columns}
    words = set("".join(c if c.isalnum() or c in "@.-_" else " " for c in shown).split())
    for value in _personal_values(file, look.format.encoding, look.format.delimiter):
        if value not in names:
            assert value not in words, name


def _personal_values(file: Path, encoding: str, delimiter: str) -> set[str]:
    """Return the cells that could name somebody: with an @, a blank or many digits in them."""
    content = file.read_bytes()
    text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode(encoding)
    cells = {cell for row in csv.reader(text.splitlines(), delimiter=delimiter) for cell in row}
    return {cell for cell in cells if "@" in cell or sum(sign.isdigit() for sign in cell) > 6}


def test_a_report_is_a_table_whose_cells_stand_below_each_other(tmp_path: Path) -> None:
    lines = file_report(look_into(deliver(tmp_path, "orders.csv", ORDERS)))
    assert lines[0].endswith("9 rows, 4 columns")
    assert lines[1] == "looks like orders; 9 orders of 4 customers, 2024-01-10 to 2024-01-18"
    assert lines[2] == ""
    assert lines[3:] == [
        "column     type    missing  distinct  range                     canonical column",
        "Kundennr   text         0%         4  2 characters              orders.customer_id",
        "Bestellnr  text         0%         9  2 characters              orders.order_id",
        "Datum      date         0%         9  2024-01-10 to 2024-01-18  orders.ordered_at",
        "Betrag     number       0%         9  0.5 to 8.5                orders.amount",
    ]
