"""Why a customer's risk is what it is: what a reason can be about, and how it is said."""

from contracts.reasons.catalogue import MEANINGS, NEVER_TOLD, ORDER_HISTORY, TELLINGS
from contracts.reasons.sentences import Language, sentence
from contracts.reasons.telling import (
    Direction,
    FeatureMeaning,
    Risk,
    Telling,
    Unit,
    Wording,
    rounded,
    tellable,
)

__all__ = [
    "MEANINGS",
    "NEVER_TOLD",
    "ORDER_HISTORY",
    "TELLINGS",
    "Direction",
    "FeatureMeaning",
    "Language",
    "Risk",
    "Telling",
    "Unit",
    "Wording",
    "rounded",
    "sentence",
    "tellable",
]
