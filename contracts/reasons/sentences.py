"""Says a reason in German or English, with numbers written as the language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from contracts.reasons.catalogue import TELLINGS
from contracts.reasons.telling import Direction, Unit, rounded

Language = Literal["de", "en"]

_GERMAN_POINTS = str.maketrans(",.", ".,")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Quantity:
    """A number in a sentence; the format says what is counted, `#` is the number.

    `{value:# Tag|# Tagen}` is one or many, `{value:kein Besuch|# Besuch|# Besuche}` none, one or
    many; without a format it is the number alone.
    """

    amount: float
    text: str

    def __format__(self, forms: str) -> str:
        """Return the form for this amount, `#` replaced."""
        *none, one, many = forms.split("|") if "|" in forms else (forms or "#",) * 2
        if none and self.amount == 0:
            return none[0]
        return (one if self.amount == 1 else many).replace("#", self.text)


def sentence(  # noqa: PLR0913 - the parts of a reason as score rows have them
    code: str,
    value: float,
    own_normal: float | None,
    direction: str,
    *,
    language: Language,
    currency: str,
) -> str:
    """Return a reason as a sentence without capital and full stop: "no order for 74 days, ...".

    `own_normal` is None where the fact is told alone; `currency` is an ISO 4217 code. The sentence
    is empty where the direction has no sentence for the fact: scoring writes no such reason.

    Raises
    ------
    KeyError
        No telling has that code.
    """
    telling = TELLINGS[code]
    wording = telling.german if language == "de" else telling.english
    template = wording.pick(Direction(direction), alone=own_normal is None)
    normal = value if own_normal is None else own_normal
    return template.format(
        value=_quantity(value, telling.unit, language, currency),
        normal=_quantity(normal, telling.unit, language, currency),
    )


def _quantity(value: float, unit: Unit, language: Language, currency: str) -> Quantity:
    amount = float(rounded(np.asarray(value), unit)) + 0.0
    match unit:
        case Unit.SHARE:
            percent = _number(100 * amount, 0, language)
            return Quantity(amount, f"{percent} %" if language == "de" else f"{percent}%")
        case Unit.MONEY:
            return Quantity(amount, _money(amount, language, currency))
        case _:
            digits = 0 if amount.is_integer() else 1
            return Quantity(amount, _number(amount, digits, language))


def _money(amount: float, language: Language, currency: str) -> str:
    number, sign = _number(abs(amount), 2, language), _SIGNS.get(currency)
    minus = "-" if amount < 0 else ""
    if language == "de":
        return f"{minus}{number} {sign or currency}"
    return f"{minus}{sign}{number}" if sign else f"{minus}{currency} {number}"


def _number(amount: float, digits: int, language: Language) -> str:
    text = f"{amount:,.{digits}f}"
    return text.translate(_GERMAN_POINTS) if language == "de" else text
