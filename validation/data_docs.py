"""Makes built Data Docs self-contained: they load nothing, run nothing and still read well.

The stock pages fetch style sheets and scripts from half a dozen servers, and a picture whose
address tells its maker that somebody looks.
"""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path

from validation.page_style import HEAD, POLICY

# The style goes as well: it names a remote picture. The footer is an advertisement.
_DROPPED_WITH_CONTENT = frozenset({"script", "style", "footer"})
_DROPPED = frozenset({"link", "img", "meta"})
# What a page of a table says of a page that is not built, and of an asset that has no name.
_UNBUILT = "/expectations/"
_NAMELESS = "Data asset: None"


def make_self_contained(docs: Path) -> None:
    """Rewrite every page below `docs` and remove what no page uses any more."""
    for page in docs.rglob("*.html"):
        content = page.read_text("utf-8")
        if POLICY not in content:
            page.write_text(self_contained(content), "utf-8")
    if (docs / "static").exists():
        shutil.rmtree(docs / "static")


def self_contained(page: str) -> str:
    """Return a page without anything to load or to run, with our own style."""
    rewriter = _Rewriter()
    rewriter.feed(page)
    rewriter.close()
    return "".join(rewriter.kept)


class _Rewriter(HTMLParser):
    """Copies a page as it is written, except for what is dropped, into `kept`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._dropping: str | None = None
        self._in_dead_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping is None and tag in _DROPPED_WITH_CONTENT:
            self._dropping = tag
        elif tag == "a" and _UNBUILT in (dict(attrs).get("href") or ""):
            self._in_dead_link = True
        elif tag not in _DROPPED:
            self._keep(self.get_starttag_text() or "")
        if tag == "head":
            self._keep(HEAD)

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED | _DROPPED_WITH_CONTENT:
            self._keep(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._dropping:
            self._dropping = None
        elif tag == "a" and self._in_dead_link:
            self._in_dead_link = False
        else:
            self._keep(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data.replace(_NAMELESS, ""))

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, text: str) -> None:
        if self._dropping is None:
            self.kept.append(text)
