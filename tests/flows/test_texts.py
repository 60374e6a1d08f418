"""A text that is scored is in no file, page, log or message once the ingest is over."""

from __future__ import annotations

import logging
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client

from contracts.errors import ValidationFailed
from flows.gates import explain_last
from flows.project import open_project
from flows.retention import retention
from tests.flows.conftest import SETTINGS
from tests.flows.deliveries import HEADER, Shop, lines
from tests.made import write_shop

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

CANARY = "Kanarienvogel"
COLUMNS = ("ticket_id", "customer_id", "opened_at", "satisfaction", "Body")
SOURCE = """
[sources.tickets]
{place}
{text}
max_rejected_share = 1.0
"""
FILES = 'path = "tickets/*"'
SCORED = 'sentiment_from = "Body"'
# As somebody would do by mistake: the text is taken for a number.
MISTAKEN = 'columns = { sentiment = "Body" }\ndecimal = "."'


def tickets() -> list[tuple[str | None, ...]]:
    """Return tickets whose texts all hold the canary; most have a fault of some kind beside it."""
    text = f"Mein {CANARY} ist leider kaputt, danke."
    fine = [(f"t{n}", f"c{n:02}", "2024-02-01", "3", text) for n in range(40)]
    return [
        *fine,
        ("x1", None, "2024-02-01", "3", text),
        ("x2", "c01", "2024-13-01", "3", text),
        ("x3", "c01", "2999-01-01", "3", text),
        ("x4", "c01", "2024-02-01", "many", text),
        ("x5", "unknown", "2024-02-01", "3", f"{text} " * 2000),
        ("t1", "c02", "2024-02-02", "3", f"{text}\nNoch ein {CANARY}."),
        (None, "c01", "2024-02-01", "3", text),
        ("t50", "c01", "2024-02-01", "3", f"{CANARY} 4711"),
        ("t51", "c01", "2024-02-01", "3", None),
    ]


def as_csv(rows: list[tuple[str | None, ...]]) -> str:
    cells = [",".join(f'"{cell}"' if cell else "" for cell in row) for row in rows]
    return "\n".join([",".join(COLUMNS), *cells]) + "\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a project with orders, in a folder of its own."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shop = Shop(folder)
    shop.deliver("orders/1.csv", HEADER + lines(range(200)))
    return shop


def places_of_the_canary(shop: Shop, *, but: Path) -> list[Path]:
    return [
        path
        for path in shop.folder.rglob("*")
        if path.is_file() and path != but and CANARY.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("text", [SCORED, MISTAKEN], ids=["scored", "taken for a number"])
def test_a_text_of_a_file_is_kept_nowhere(
    shop: Shop, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop.configure(more=SOURCE.format(place=FILES, text=text))
    delivered = shop.deliver("tickets/1.csv", as_csv(tickets()))
    found = shop.ingest()
    rows = dict(shop.rows("tickets", found, "ticket_id", "sentiment"))
    assert len(rows) == 44
    assert (rows["t50"], rows["t51"]) == (None, None)
    # Alas, broken, and thanks.
    assert rows["t0"] == (pytest.approx((-0.5 - 1.0 + 0.7) / 3) if text == SCORED else None)
    assert {row["ticket_id"] for row in shop.quarantined("tickets")} >= {"x1", "x2", "x3"}
    said = "\n".join([*found.findings, *found.received])
    assert ("column `sentiment`" in said) is (text == MISTAKEN)
    assert places_of_the_canary(shop, but=delivered) == []
    said += "\n".join([caplog.text, *explain_last(open_project(shop.folder / "stammkunde.toml"))])
    with get_client(sync_client=True) as client:
        runs = [*client.read_flow_runs(), *client.read_task_runs()]
    assert CANARY not in said + "".join(run.model_dump_json() for run in runs)


def test_a_text_of_a_workbook_is_kept_nowhere(shop: Shop) -> None:
    shop.configure(more=SOURCE.format(place=FILES, text=SCORED))
    book = openpyxl.Workbook()
    for row in (COLUMNS, *tickets()):
        book.active.append(row)
    (shop.folder / "tickets").mkdir()
    delivered = shop.folder / "tickets" / "1.xlsx"
    book.save(delivered)
    assert len(shop.rows("tickets", shop.ingest(), "sentiment")) == 44
    assert places_of_the_canary(shop, but=delivered) == []


@pytest.mark.parametrize("stops", [False, True], ids=["accepted", "refused"])
def test_a_text_of_a_database_is_kept_nowhere(shop: Shop, stops: bool, tmp_path: Path) -> None:
    crm = tmp_path / "crm.db"
    with sqlite3.connect(crm) as opened:
        opened.execute(f"CREATE TABLE tickets ({', '.join(COLUMNS)})")
        opened.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)", tickets())
    opened.close()
    (shop.folder / "url").write_text(f"sqlite:///{crm}")
    place = 'database = "crm"\nrelation = "tickets"'
    source = SOURCE.format(place=place, text=SCORED)
    if stops:
        source = source.replace("1.0", "0.0")
    shop.configure(more=f'[databases.crm]\nurl_file = "url"\n{source}')
    if stops:
        with pytest.raises(ValidationFailed):
            shop.ingest()
    else:
        assert len(shop.rows("tickets", shop.ingest(), "sentiment")) == 44
    assert places_of_the_canary(shop, but=crm) == []


def test_tickets_without_a_text_are_learnt_from(tmp_path: Path) -> None:
    write_shop(tmp_path / "orders.csv", customers=300, days=300, first=date(2024, 1, 1))
    days = [date(2024, 1, 1) + timedelta(days=n % 290) for n in range(600)]
    opened = [f"t{n},c{n % 300:04},{day}" for n, day in enumerate(days)]
    header = "ticket_id,customer_id,opened_at"
    (tmp_path / "tickets.csv").write_text("\n".join([header, *opened]) + "\n")
    source = '[sources.tickets]\npath = "tickets.csv"\n'
    (tmp_path / "stammkunde.toml").write_text(SETTINGS + source)
    run = retention(str(tmp_path / "stammkunde.toml"), as_of=date(2024, 10, 25))
    scores = pq.read_table(run.folder / "scores.parquet")
    assert scores.num_rows == 300
