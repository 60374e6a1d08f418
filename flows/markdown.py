"""Tables in Markdown, as pages and summaries have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, has_numbers: bool = False) -> str:
    """Return a table; with `has_numbers`, all columns but the first are set to the right."""
    rule = ["---", *["---:" if has_numbers else "---"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
