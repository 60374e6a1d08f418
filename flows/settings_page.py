"""The page docs/settings.md, written from the settings' own declarations.

`python -m flows.settings_page` prints it; `make docs` writes it; a test holds it current.
"""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from contracts.schema import TableSchema
from contracts.tables import TABLES
from flows.markdown import table
from flows.settings import Settings
from ingestion.settings import SourceSettings

_HEAD = """\
# Settings

A project is one file, `stammkunde.toml`; `stammkunde init` writes one to start from. Unknown keys
are refused. A variable of the environment overrides the file: `STAMMKUNDE_BUSINESS__HORIZON_DAYS`
stands for `horizon_days` under `[business]`.
"""

_TABLES_HEAD = """\
## Canonical tables

`columns` of a source names these columns. Bold ones must come from the source; order and
interaction ids are derived where it has none, and so is the whole table `customers`. Ids are text,
times are UTC (an ISO 8601 time with an offset is converted), money has two decimal places. Any
other name under `[sources.customers] columns` is kept as an attribute. Direct identifiers (names,
e-mail, phone, address) are refused: nothing here needs them.
"""


def settings_page() -> str:
    """Return the page as Markdown."""
    sections = []
    for name, field in Settings.model_fields.items():
        if name == "sources":
            sections.append(_section("[sources.<table>]", SourceSettings))
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            sections.append(_section(f"[{name}]", field.annotation))
    tables = "\n".join(_table(schema) for schema in TABLES.values())
    return "\n".join([_HEAD, *sections, _TABLES_HEAD, tables])


def _section(title: str, model: type[BaseModel]) -> str:
    summary = (model.__doc__ or "").partition(": ")[2].strip()
    lines = [f"## `{title}`", "", summary[:1].upper() + summary[1:], ""]
    rows = [
        (
            f"`{field.alias or name}`",
            "required" if field.is_required() else _shown(field.get_default()),
            str(field.description),
        )
        for name, field in model.model_fields.items()
    ]  # fmt: skip
    return "\n".join([*lines, table(("setting", "default", "meaning"), rows), ""])


def _shown(default: Any) -> str:
    if default is None or default is PydanticUndefined:
        return "none"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def _table(schema: TableSchema) -> str:
    lines = [f"### {schema.name}", "", schema.grain[:1].upper() + schema.grain[1:] + ".", ""]
    rows = [
        (f"**{each.name}**" if each.required else each.name, each.type, each.description)
        for each in schema.columns
    ]
    return "\n".join([*lines, table(("column", "type", "meaning"), rows), ""])


if __name__ == "__main__":
    sys.stdout.write(settings_page())
