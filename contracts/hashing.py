"""A hash of texts that is the same on every engine."""

from __future__ import annotations

import ibis

from contracts.schema import TEXT


@ibis.udf.scalar.builtin(signature=((TEXT,), TEXT))  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """Return the MD5 of a text in lower-case hex digits; all engines have it by this name."""
