"""What a free text says, as one number; the text itself goes no further."""

from ingestion.sentiment.scoring import sentiment_of
from ingestion.sentiment.texts import sentiment_of_texts

__all__ = ["sentiment_of", "sentiment_of_texts"]
