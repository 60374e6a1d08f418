"""The sentiment of a column of texts, as an expression."""

from __future__ import annotations

import ibis
import pyarrow as pa

from ingestion.sentiment.scoring import sentiment_of


@ibis.udf.scalar.pyarrow(signature=(("string",), "float64"))  # type: ignore[untyped-decorator]
def sentiment_of_texts(texts: pa.Array) -> pa.Array:
    """Return the sentiment of each text, NULL where there is none to tell; it runs in Python."""
    return pa.array(
        [None if text is None else sentiment_of(text) for text in texts.to_pylist()], pa.float64()
    )
