"""The pages: complete, readable without a network, and silent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
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
from validation.data_docs import make_self_contained, self_contained
from validation.page_style import POLICY
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


def test_page_of_a_table_shows_rule_status_and_counts(docs: Path) -> None:
    (page,) = (docs / "validations" / "customers").rglob("*.html")
    content = page.read_text("utf-8")

    assert "no value occurs twice" in content
    assert "values lie in [1900, 2100]" in content
    assert "2 unexpected values found. ≈66.67% of 3 total rows." in content
    assert "fa-times text-danger" in content
    assert "fa-check-circle text-success" in content


def test_first_page_shows_every_finding(docs: Path) -> None:
    content = (docs / "index.html").read_text("utf-8")

    assert "<td>birth_year</td><td>values lie in [1900, 2100]</td><td>1 of 3</td>" in content
    assert "<td>customer_id</td><td>no value occurs twice</td><td>2 of 3</td>" in content


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
    head = "<th>Table</th><th>Rows</th><th>Rows kept out</th><th>Broken rules</th>"
    assert head in content
    assert "orders</a></td><td>2</td><td>1</td><td>5</td>" in content


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


def test_text_of_a_page_is_kept_as_it_is() -> None:
    body = '<body><p id="a">1 &lt; 2 &#177; é<br/></p></body></html>'

    kept = self_contained(f"<!DOCTYPE html>\n<html><head></head>{body}")

    assert kept.startswith("<!DOCTYPE html>\n<html><head>\n")
    assert kept.endswith(f"</head>{body}")


def test_whatever_loads_or_runs_is_dropped() -> None:
    page = (
        '<html><head><link href="https://a/b.css"><script src="//a/b.js"></script>'
        "<style>a { background: url('https://a/b.png') }</style></head><body>"
        '<img src="https://a/b.png"/><script>if (1 < 2) { "<p>" }</script>kept'
        '<footer>Buy <a href="https://a">now</a></footer></body></html>'
    )

    kept = self_contained(page)

    assert kept.endswith("</head><body>kept</body></html>")
    assert "//a" not in kept


def test_pages_made_self_contained_stay_as_they_are(docs: Path) -> None:
    before = {page: page.read_bytes() for page in docs.rglob("*.html")}

    make_self_contained(docs)

    assert {page: page.read_bytes() for page in docs.rglob("*.html")} == before


def test_nothing_is_left_that_no_page_uses(docs: Path) -> None:
    assert {path.suffix for path in docs.rglob("*") if path.is_file()} == {".html"}
