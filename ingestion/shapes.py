"""What the text of a column can be read as: dates by their format, numbers by their signs."""

from __future__ import annotations

import ibis.expr.types as ir

from ingestion.conversion import BLANKS_AND_CURRENCY_SIGNS, try_strptime

# A format of None is ISO 8601. Where two fit every value, the first counts: day before month.
DATE_FORMATS = (
    None,
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%y",
    "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d",
)  # fmt: skip

_ISO = r"^\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$"
_DATE = r"^\d{1,4}[-./]\d{1,2}[-./]\d{2,4}([T ].*)?$"
_COMPACT_DATE = r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
_OFFSET = r"(:\d{2}(?:\.\d+)?)\s*([+-]\d{2}):?(\d{2})$"

_WHOLE = r"^[-+]?\d+$"
_POINT = r"^[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$"
_COMMA = r"^[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"

_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
# Digits alone are a number; a telephone number has a sign that numbers have not.
_PHONE = r"^(?:\+|\(|0)[\d\s()/.-]{6,}$|^\d{3}[-. ]\d{3}[-. ]\d{4}$"
_POSTCODE = r"^(?:[A-Z]{1,2}-)?\d{5}(?:-\d{4})?$|^[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}$"


def as_text(value: ir.Value) -> ir.StringValue:
    """Return the value as text without blanks around it; NULL where nothing is left."""
    if not isinstance(value, ir.StringValue):
        return value.cast("string")
    return value.strip().nullif("")


def shapes(text: ir.StringValue) -> dict[str, ir.BooleanValue]:
    """Return name of a shape -> whether the text has it."""
    number = text.re_replace(BLANKS_AND_CURRENCY_SIGNS, "")
    return {
        "emails": text.re_search(_EMAIL),
        "phones": text.re_search(_PHONE) & ~text.re_search(_DATE),
        "postcodes": text.re_search(_POSTCODE),
        "dates": text.re_search(_DATE) | text.re_search(_COMPACT_DATE),
        "whole": number.re_search(_WHOLE),
        "point": number.re_search(_POINT),
        "comma": number.re_search(_COMMA),
    }


def read_time(text: ir.StringValue, timestamp_format: str | None) -> ir.TimestampValue:
    """Return the time in UTC; NULL where the text does not fit the format."""
    if timestamp_format is not None:
        return try_strptime(text, timestamp_format).cast("timestamp(6)")
    iso = text.re_search(_ISO).ifelse(text.re_replace(_OFFSET, r"\1\2:\3"), None)
    return iso.try_cast("timestamp('UTC')").cast("timestamp(6)")


def read_number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    """Return the number; NULL where the text is none."""
    bare = text.re_replace(BLANKS_AND_CURRENCY_SIGNS, "")
    bare = bare.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    return bare.try_cast("float64")
