"""The page docs/features.md, written from the declarations of the families.

`python -m flows.features_page` prints it; `make docs` writes it; a test holds it current.
"""

from __future__ import annotations

import sys

from features.catalogue import FAMILIES
from features.family import FeatureFamily
from features.meanings import meanings
from flows.catalogue import Listed
from flows.markdown import table

_PAGE_HEAD = """\
# Features

Every feature of a customer at a date is made of what happened before that date and was known by
then. This page is made from the declarations in `features/families/`; `make docs` writes it.
`stammkunde features describe NAME` shows one of them, `stammkunde features preview --customer ID`
the values of one customer.

"Absence" says what a value is where there is nothing to say; "own normal" names the feature that
says what is normal for the same customer. "Reason" is what the feature counts for among the
reasons of a score, and the code of the sentence that tells its value, if one does; `profile` and
`occasion` are never told.
"""

_TABLE_HEAD = ("feature", "unit", "meaning", "absence", "own normal", "reason")


def features_page() -> str:
    """Return the page docs/features.md as Markdown."""
    sections = [_section(family) for family in FAMILIES.values()]
    return "\n".join([_PAGE_HEAD, *sections])


def _section(family: FeatureFamily) -> str:
    needs = ", ".join(f"`{name}`" for name in family.stream.tables)
    rows = [
        (
            f"`{feature.name}`", feature.unit, feature.description,
            Listed(family, feature).absence,
            f"`{feature.own_normal}`" if feature.own_normal else "",
            _reason(feature.name),
        )
        for feature in family.features
    ]  # fmt: skip
    lines = [f"## {family.name}", "", f"{family.description} Needs {needs}.", ""]
    return "\n".join([*lines, table(_TABLE_HEAD, rows), ""])


def _reason(name: str) -> str:
    of_feature = meanings()[name]
    told = f", told as `{of_feature.told_as}`" if of_feature.told_as else ""
    return f"{of_feature.meaning}{told}"


if __name__ == "__main__":
    sys.stdout.write(features_page())
