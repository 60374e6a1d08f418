"""The settings file that `stammkunde init --from` writes: what files seem to be, and the doubts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from glob import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from flows.onboarding import FileLook, look_into
from stammkunde.template import SETTINGS_BELOW_SOURCES, refuse_existing, write_settings

if TYPE_CHECKING:
    from flows.onboarding import Suggestion

_HEAD = """\
# Settings of a Stammkunde project, drafted from files. Paths are relative to this file.
# Check every line that says `unsure`. All settings: docs/settings.md

[project]
name = {name}
currency = "EUR"  # unsure: of amounts without a currency of their own
"""

_NO_ORDERS = """\
# [sources.orders]  # missing: none of the files looks like orders, and all is computed from them
# path = "orders.csv"
# columns = { order_id = "...", customer_id = "...", ordered_at = "...", amount = "..." }
"""

_COMMENT_WIDTH = 96


def draft(files: Sequence[Path], *, settings_file: Path) -> list[str]:
    """Write a settings file whose sources are these files; return what to do next.

    Raises
    ------
    UsageError
        A file cannot be read.
    SettingsError
        The settings file exists; it stays as it is.
    """
    refuse_existing(settings_file)
    looks = [look_into(file) for file in files]
    text = draft_settings(looks, settings_file=settings_file)
    write_settings(settings_file, text)
    lines = [f"{look.file}: {look.verdict}" for look in looks]
    doubts = text.count("unsure:")
    lines.append(f"{settings_file} is written; check what says `unsure` there ({doubts} times).")
    if "\n[sources.orders]\n" in text:
        lines.append("Then: stammkunde validate")
    else:
        lines.append("No file looks like orders: fill in [sources.orders], which all needs.")
    return lines


def draft_settings(looks: Sequence[FileLook], *, settings_file: Path) -> str:
    """Return the text of a settings file whose sources are these files.

    What cannot be used as it stands is commented out: a table whose required columns are not
    found, and a second file of a table.
    """
    folder = settings_file.absolute().parent
    name = re.sub(r"[^\w.-]+", " ", folder.name).strip()[:60] or "my shop"
    blocks: list[str] = []
    taken: dict[str, FileLook] = {}
    for look in looks:
        path = escape(os.path.relpath(look.file.absolute(), folder))
        if not look.suggestions:
            blocks.append(_unknown(look))
        for suggestion in look.suggestions:
            first = taken.get(suggestion.table)
            block = _block(suggestion, look, path=path, first=first)
            is_usable = first is None and not suggestion.missing
            blocks.append(block if is_usable else _commented(block))
            if is_usable:
                taken[suggestion.table] = look
    if "orders" not in taken:
        blocks.insert(0, _NO_ORDERS)
    if not taken:
        blocks.insert(0, "[sources]\n")
    head = _HEAD.format(name=_toml(name))
    return "\n".join([head, *blocks, SETTINGS_BELOW_SOURCES])


def _block(suggestion: Suggestion, look: FileLook, *, path: str, first: FileLook | None) -> str:
    lines = [f"[sources.{suggestion.table}]", f"path = {_toml(path)}  # {look.format.describe()}"]
    if suggestion.missing:
        names = ", ".join(f"`{name}`" for name in suggestion.missing)
        lines = [*_comment(f"missing: no column of {look.file.name} could be {names}"), *lines]
    elif first is not None:
        said = (
            f"unsure: a table has one source, and {first.file.name} is it already; files with "
            'equal columns are one source: path = "folder/*.csv"'
        )
        lines = [*_comment(said), *lines]
    if suggestion.preset is not None:
        lines.append(f"preset = {_toml(suggestion.preset)}  # it maps:")
        lines += [f"#   {name} = {_toml(one)}" for name, one in suggestion.columns.items()]
    settings = _format(look)
    if suggestion.preset is None:
        settings |= suggestion.settings
    lines += [f"{name} = {_toml(value)}" for name, value in settings.items()]
    word = "unsure" if suggestion.preset is None else "mind"
    for doubt in suggestion.doubts:
        lines += _comment(f"{word}: {doubt}")
    lines += _spare(suggestion, look)
    if suggestion.preset is None:
        table = f"[sources.{suggestion.table}.columns]"
        lines += [table, *(f"{name} = {_toml(one)}" for name, one in suggestion.columns.items())]
    return "\n".join([*lines, ""])


def _format(look: FileLook) -> dict[str, str | int]:
    """Return the settings that say how the file is written, where that is not the usual."""
    written = look.format
    settings: dict[str, str | int] = {}
    if written.sheet is not None:
        settings["sheet"] = written.sheet
    if written.kind == "csv":
        if not written.encoding.startswith("utf-8"):
            settings["encoding"] = written.encoding
        if written.delimiter != ",":
            settings["delimiter"] = written.delimiter
        if written.skip_lines:
            settings["skip_lines"] = written.skip_lines
    return settings


def _spare(suggestion: Suggestion, look: FileLook) -> list[str]:
    """Return a comment that names the columns which can become attributes of customers."""
    if suggestion.table != "customers" or suggestion.preset is not None:
        return []
    mapped = {source for one in look.suggestions for source in one.columns.values()}
    names = [
        column.name
        for column in look.columns
        if column.name not in mapped and column.looks_like is None and column.kind != "empty"
    ]
    if not names:
        return []
    return _comment(
        "A line below `columns` makes an attribute of any other column; take none that names "
        f"people or says what became of them. There are: {', '.join(names)}"
    )


def _unknown(look: FileLook) -> str:
    names = ", ".join(column.name for column in look.columns)
    said = f"unsure: {look.file.name} looks like none of the canonical tables. It has: {names}"
    return "\n".join([*_comment(said), ""])


def _comment(said: str) -> list[str]:
    return [f"# {line}" for line in wrap(said, _COMMENT_WIDTH, break_long_words=False)]


def _commented(block: str) -> str:
    return "\n".join(f"# {line.removeprefix('# ')}" for line in block.splitlines()) + "\n"


def _toml(value: str | int) -> str:
    """Return the value as TOML writes it; strings as JSON does, which TOML reads."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
