"""The sentiment of a column of texts, as an expression."""

from __future__ import annotations

from math import nan

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ingestion.sentiment.scoring import sentiment_of


def sentiment_of_texts(texts: ir.StringValue) -> ir.FloatingValue:
    """Return the sentiment of each text, NULL where there is none to tell."""
    scored: ir.FloatingValue = _scores(texts).nullif(nan)
    return scored


# The engine takes no NULL from a function in Python for a text that is none.
@ibis.udf.scalar.pyarrow(signature=(("string",), "float64"))  # type: ignore[untyped-decorator]
def _scores(texts: pa.Array) -> pa.Array:
    found = (sentiment_of(text or "") for text in texts.to_pylist())
    return pa.array([nan if each is None else each for each in found], pa.float64())
