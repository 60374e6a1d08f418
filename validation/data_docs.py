"""The Data Docs: Great Expectations' site with pages of our own, which load and run nothing.

The stock pages fetch style sheets and scripts from half a dozen servers, and a picture whose
address tells its maker that somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from validation.gx import ExpectationSuiteValidationResult, SiteBuilder
from validation.pages import draw
from validation.results import read_rules, row_count
from validation.verdict import Finding
from validation.words import percent


class Site(SiteBuilder):
    """Builds the pages of tables, and neither the stock index nor the files that it would load."""

    def build(
        self,
        resource_identifiers: Any = None,
        build_index: bool = True,  # noqa: FBT001, FBT002, ARG002 - the base's signature
    ) -> tuple[str | None, dict[str, Any]]:
        """Write a page for each result; return the address of the index, which is not ours."""
        for section in self.site_section_builders.values():
            section.build(resource_identifiers)
        return self.get_resource_url(only_if_exists=False), {}


@dataclass(frozen=True)
class RuleLine:
    """A rule of a table and what came of it."""

    is_met: bool
    finding: Finding

    @property
    def share(self) -> str:
        """Which share of the rows breaks it."""
        return percent(self.finding.failed_rows / max(self.finding.rows, 1))


@dataclass(frozen=True)
class TablePage:
    """What the page of a table says: its rules by column, and by "" those about the whole."""

    table: str
    rows: int
    rules: Mapping[str, Sequence[RuleLine]]


class TableRenderer:
    """Makes of a result what the page of a table says."""

    def render(self, validation_results: ExpectationSuiteValidationResult) -> TablePage:
        """Return the rules of one suite in their order, met and broken."""
        rules: dict[str, list[RuleLine]] = {}
        for is_met, finding in read_rules(validation_results):
            rules.setdefault(finding.column or "", []).append(RuleLine(is_met, finding))
        return TablePage(validation_results.suite_name, row_count(validation_results), rules)


class TableView:
    """Draws the page of a table."""

    def render(self, document: TablePage, **_site: object) -> str:
        """Return the page."""
        return draw("table.j2", title=document.table, page=document, up=_TO_INDEX)


# A page lies at validations/<table>/<name of the run>/<its time>/<batch>.html.
_TO_INDEX = "../" * 4

SITE = {
    "module_name": __name__,
    "class_name": Site.__name__,
    "show_how_to_buttons": False,
    "site_section_builders": {
        "validations": {
            "renderer": {"module_name": __name__, "class_name": TableRenderer.__name__},
            "view": {"module_name": __name__, "class_name": TableView.__name__},
        },
        # The page of a table lists its rules along with what came of them; another would repeat it.
        "expectations": "None",
        "profiling": "None",
    },
}
