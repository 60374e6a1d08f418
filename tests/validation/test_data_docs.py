"""The pages: complete, readable without a network, and silent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from contracts.rules import Facts, OneOf
from contracts.schema import Column, TableSchema
from validation.checkpoint import validate
from validation.pages import POLICY
from validation.settings import ValidationSettings

FACTS = Facts(datetime(2025, 6, 1, tzinfo=UTC), currency="EUR")


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def cells(page: Path) -> list[list[str]]:
    """The texts of the cells of all tables of a page, row by row."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.read_text("utf-8"), re.DOTALL)
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


@pytest.fixture(scope="module")
def campaigns() -> ir.Table:
    """A clean table."""
    day = datetime.fromisoformat("2025-01-01")
    return ibis.memtable(pa.table({"campaign_id": ["k1"], "starts_at": [day]}))


@pytest.fixture(scope="module")
def docs(campaigns: ir.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a clean table and one with broken rules, in a folder that had to be made."""
    columns = {"customer_id": ["c1", "c2", "c2"], "birth_year": [1980, 80, None]}
    customers = ibis.memtable(pa.table(columns))
    folder = tmp_path_factory.mktemp("run") / "docs"
    validate({"customers": customers, "campaigns": campaigns}, docs=folder, facts=FACTS)
    return folder


def test_there_is_a_page_per_table_and_one_to_open_first(docs: Path) -> None:
    pages = {page.relative_to(docs).parts[:2] for page in docs.rglob("*.html")}

    assert pages == {
        ("index.html",),
        ("validations", "customers"),
        ("validations", "campaigns"),
    }


def test_pages_load_and_run_nothing(docs: Path) -> None:
    for page in docs.rglob("*.html"):
        tags = Tags(page).found
        assert not {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object"}
        assert not [attributes for _, attributes in tags if attributes.get("src")]
        assert "url(" not in page.read_text("utf-8")
        assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in tags


def test_policy_stands_before_anything_it_is_to_keep_from_loading(docs: Path) -> None:
    for page in docs.rglob("*.html"):
        tags = [tag for tag, _ in Tags(page).found]
        assert tags[: tags.index("style")] == ["html", "head", "meta", "meta", "meta"]


def test_every_link_leads_to_a_page_that_is_there_wherever_the_folder_is(docs: Path) -> None:
    for page in docs.rglob("*.html"):
        links = [attributes["href"] for tag, attributes in Tags(page).found if tag == "a"]
        assert links or page.name != "index.html"
        for link in links:
            assert link is not None
            assert not link.startswith("/")
            assert link.startswith("#") or (page.parent / unquote(link)).exists(), (page, link)


def test_page_of_a_table_shows_every_rule_by_column_with_what_came_of_it(docs: Path) -> None:
    (page,) = (docs / "validations" / "customers").rglob("*.html")
    rows = cells(page)[1:]

    assert [row[0] for row in rows if row[0]] == ["customer_id", "birth_year"]
    results = {row[1]: row[2:] for row in rows}
    assert results["the delivery has rows"] == ["✓ met", "warning", ""]
    assert results["every row has a value"] == ["✓ met", "rows kept out", ""]
    assert results["no value occurs twice"] == [
        "✗ broken by 2 of 3 rows (67 %)", "rows kept out",
        "Deliver each key once; the last row of a key counted.",
    ]  # fmt: skip
    assert results["values lie in [1900, 2100]"] == [
        "✗ broken by 1 of 3 rows (33 %)", "warning",
        "Correct these values in the source, or leave them empty.",
    ]  # fmt: skip


def test_first_page_shows_every_finding(docs: Path) -> None:
    rows = cells(docs / "index.html")

    assert ["birth_year", "values lie in [1900, 2100]", "1 of 3"] in [row[2:5] for row in rows]
    assert ["customer_id", "no value occurs twice", "2 of 3"] in [row[2:5] for row in rows]


def test_first_page_says_when_rows_came_what_stops_the_run_first_and_what_is_kept_out(
    tmp_path: Path,
) -> None:
    # The warning about the amount is found before the currency that costs a row.
    columns = {"amount": [-5, 5], "currency": ["EUR", "USD"], "order_id": ["o1", "o2"]}
    orders = ibis.memtable(pa.table(columns))
    settings = ValidationSettings(max_rejected_share=0.4)

    validate(
        {"orders": orders}, docs=tmp_path, facts=FACTS, rejected={"orders": 1}, settings=settings
    )

    content = (tmp_path / "index.html").read_text("utf-8")
    assert "Rows ingested on 2025-06-01 at 00:00 UTC." in content
    effects = re.findall(r'<td><span class="(\w+)">', content)
    assert effects == ["stop", "stop", "stop", "reject", "warn"]
    assert "<p>1 of 2 rows are rejected; at most 40 % may be</p>" in content
    assert cells(tmp_path / "index.html")[-2:] == [
        ["Table", "Rows", "Rows kept out", "Broken rules"], ["orders", "2", "1", "5"]
    ]  # fmt: skip


def test_first_page_of_clean_tables_says_so(campaigns: ir.Table, tmp_path: Path) -> None:
    validate({"campaigns": campaigns}, docs=tmp_path, facts=FACTS)

    assert "every rule is met" in (tmp_path / "index.html").read_text("utf-8")


def test_folder_of_the_pages_may_be_relative(
    campaigns: ir.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    validate({"campaigns": campaigns}, docs=Path("docs"), facts=FACTS)

    assert len(list((tmp_path / "docs").rglob("*.html"))) == 2


def test_words_of_a_schema_are_text_in_the_pages(tmp_path: Path) -> None:
    rule = OneOf(values=("<b>bold</b>", "$x"), remedy="Use <u>`bold`</u>.")
    schema = TableSchema(
        "visits", "one", (Column("channel", "string", "way", rules=(rule,)),), key=("channel",)
    )
    visits = ibis.memtable(pa.table({"channel": ["shop"]}))

    validate({"visits": visits}, docs=tmp_path, facts=FACTS, schemas={"visits": schema})

    for page in tmp_path.rglob("*.html"):
        assert "b" not in {tag for tag, _ in Tags(page).found}
        assert "values are one of &lt;b&gt;bold&lt;/b&gt;, $x" in page.read_text("utf-8")
    first = (tmp_path / "index.html").read_text("utf-8")
    assert "<td>Use &lt;u&gt;<code>bold</code>&lt;/u&gt;.</td>" in first


def test_pages_are_those_of_the_newest_validation(campaigns: ir.Table, tmp_path: Path) -> None:
    other = ibis.memtable(pa.table({"customer_id": ["c1"]}))
    validate({"customers": other, "campaigns": campaigns}, docs=tmp_path, facts=FACTS)

    validate({"campaigns": campaigns}, docs=tmp_path, facts=FACTS)

    assert len(list(tmp_path.rglob("*.html"))) == 2
    assert [row[0] for row in cells(tmp_path / "index.html")[1:]] == ["campaigns"]


def test_nothing_is_left_that_no_page_uses(docs: Path) -> None:
    assert {path.suffix for path in docs.rglob("*") if path.is_file()} == {".html"}
