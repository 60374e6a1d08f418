"""What `stammkunde features list`, `describe` and `preview` show."""

from __future__ import annotations

from datetime import date

from flows.catalogue import Listed, Previewed
from stammkunde.report import aligned

_LIST_HEAD = ("family", "feature", "unit", "meaning")
_PREVIEW_HEAD = ("family", "feature", "value", "own normal", "unit")


def feature_list(features: list[Listed]) -> list[str]:
    """Return a line per feature."""
    cells = [
        (each.family.name, each.feature.name, each.feature.unit, each.feature.description)
        for each in features
    ]
    return aligned([_LIST_HEAD, *cells])


def feature_description(listed: Listed, definition: str) -> list[str]:
    """Return what there is to know of one feature."""
    family, feature = listed.family, listed.feature
    facts = {
        "meaning": feature.description,
        "unit": feature.unit,
        "absence": listed.absence,
        "own normal": feature.own_normal or "none",
        "family": f"{family.name}: {family.description}",
        "made of": f"{family.stream.name}, from {', '.join(family.stream.tables)}",
        "expression": repr(feature.expression),
        "definition": definition,
    }
    return [feature.name, *aligned([(f"  {name}", said) for name, said in facts.items()])]


def feature_preview(day: date, features: list[Previewed]) -> list[str]:
    """Return a line per feature with its value on that day."""
    cells = [
        (each.family, each.name, _said(each.value), _said(each.own_normal), each.unit)
        for each in features
    ]
    return [f"as of {day}", "", *aligned([_PREVIEW_HEAD, *cells], right={2, 3})]


def _said(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,.6g}"
