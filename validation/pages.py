"""Draws pages from the templates in `templates/`; what is put into them is text, never markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# No script, image, font or style from anywhere; a browser then has nobody to ask.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def draw(template: str, **facts: object) -> str:
    """Return the page that a template makes of `facts`, of which it needs `title` at least."""
    return _templates().get_template(template).render(policy=POLICY, **facts)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
