"""What a free text says, as one number; the text itself goes no further."""

from ingestion.sentiment.texts import sentiment_of_texts
from ingestion.sentiment.wordlists import check_word_lists

__all__ = ["check_word_lists", "sentiment_of_texts"]
